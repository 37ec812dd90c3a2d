//! `appPermissions`, and the check that issue and request permissions are well formed.

use super::primitive::{Preamble, Read, open_type, unknown_choice};
use crate::coer::Reader;
use crate::error::{CodecError, ErrorKind};
use crate::limits::MAX_PERMISSIONS;

/// `SequenceOfPsidSsp`: what the holder of a certificate may sign.
#[derive(Clone, Copy, Debug)]
pub struct AppPermissions<'a> {
    octets: &'a [u8],
    count: usize,
}

/// [`AppPermissions`], read one entry at a time.
#[derive(Clone, Debug)]
pub struct AppPermissionsIter<'a> {
    reader: Reader<'a>,
    left: usize,
}

/// `PsidSsp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppPermission<'a> {
    /// PSID, which ETSI calls ITS-AID.
    pub psid: u64,
    /// The service specific permissions, when there are any.
    pub ssp: Option<Ssp<'a>>,
}

/// `ServiceSpecificPermissions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ssp<'a> {
    /// Octets whose meaning the service defines.
    Opaque(&'a [u8]),
    /// A bitmap of at most 31 octets, the first of which is a version in ETSI's profiles.
    Bitmap(&'a [u8]),
}

impl<'a> AppPermissions<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let count = reader.quantity(3, MAX_PERMISSIONS, "appPermissions")?;
        let start = reader.position();
        for _ in 0..count {
            AppPermission::read(reader)?;
        }
        Ok(Self { octets: reader.since(start), count })
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// One after the other.
    #[must_use]
    pub const fn iter(&self) -> AppPermissionsIter<'a> {
        AppPermissionsIter { reader: Reader::new(self.octets), left: self.count }
    }

    /// The first entry for `psid`.
    #[must_use]
    pub fn find(&self, psid: u64) -> Option<AppPermission<'a>> {
        self.iter().find(|permission| permission.psid == psid)
    }
}

impl<'a> Iterator for AppPermissionsIter<'a> {
    type Item = AppPermission<'a>;

    fn next(&mut self) -> Option<AppPermission<'a>> {
        self.left = self.left.checked_sub(1)?;
        AppPermission::read(&mut self.reader).ok()
    }
}

impl<'a> IntoIterator for AppPermissions<'a> {
    type Item = AppPermission<'a>;
    type IntoIter = AppPermissionsIter<'a>;

    fn into_iter(self) -> AppPermissionsIter<'a> {
        self.iter()
    }
}

impl<'a> AppPermission<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let preamble = Preamble::read(reader, 1, "PsidSsp")?;
        let psid = reader.unsigned("PsidSsp.psid")?;
        let ssp = if preamble.has(0x80) { Some(Ssp::read(reader)?) } else { None };
        Ok(Self { psid, ssp })
    }
}

impl<'a> Ssp<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "ServiceSpecificPermissions";
        match reader.choice(FIELD)? {
            0 => reader.octet_string(FIELD).map(Self::Opaque),
            1 => open_type(reader, FIELD, |inner| sized(inner, 0, 31, "BitmapSsp")).map(Self::Bitmap),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}

/// Reads past `SequenceOfPsidGroupPermissions`.
pub(super) fn read_group_permissions(reader: &mut Reader<'_>, field: &'static str) -> Read<()> {
    for _ in 0..reader.quantity(2, MAX_PERMISSIONS, field)? {
        read_group(reader)?;
    }
    Ok(())
}

/// Reads past one `PsidGroupPermissions`. A DEFAULT that is written out is not canonical.
fn read_group(reader: &mut Reader<'_>) -> Read<()> {
    let preamble = Preamble::read(reader, 3, "PsidGroupPermissions")?;
    read_subject_permissions(reader)?;
    if preamble.has(0x80) {
        read_chain_length(reader, 1, "minChainLength")?;
    }
    if preamble.has(0x40) {
        read_chain_length(reader, 0, "chainLengthRange")?;
    }
    if preamble.has(0x20) {
        read_end_entity_type(reader)?;
    }
    Ok(())
}

fn read_subject_permissions(reader: &mut Reader<'_>) -> Read<()> {
    const FIELD: &str = "SubjectPermissions";
    match reader.choice(FIELD)? {
        0 => (0..reader.quantity(3, MAX_PERMISSIONS, FIELD)?).try_for_each(|_| read_psid_ssp_range(reader)),
        1 => Ok(()),
        other => Err(unknown_choice(reader, other, FIELD)),
    }
}

fn read_psid_ssp_range(reader: &mut Reader<'_>) -> Read<()> {
    let preamble = Preamble::read(reader, 1, "PsidSspRange")?;
    reader.unsigned("PsidSspRange.psid")?;
    if preamble.has(0x80) { read_ssp_range(reader) } else { Ok(()) }
}

fn read_ssp_range(reader: &mut Reader<'_>) -> Read<()> {
    const FIELD: &str = "SspRange";
    match reader.choice(FIELD)? {
        0 => (0..reader.quantity(1, MAX_PERMISSIONS, FIELD)?)
            .try_for_each(|_| reader.octet_string(FIELD).map(|_| ())),
        1 => Ok(()),
        2 => open_type(reader, FIELD, read_bitmap_range),
        other => Err(unknown_choice(reader, other, FIELD)),
    }
}

fn read_bitmap_range(reader: &mut Reader<'_>) -> Read<()> {
    sized(reader, 1, 32, "BitmapSspRange.sspValue")?;
    sized(reader, 1, 32, "BitmapSspRange.sspBitmask")?;
    Ok(())
}

/// An INTEGER without bounds, in two's complement: it must be as short as can be, and not the default.
fn read_chain_length(reader: &mut Reader<'_>, default: u8, field: &'static str) -> Read<()> {
    let error = reader.error(ErrorKind::NonCanonicalValue, field);
    match reader.octet_string(field)? {
        [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => Err(error),
        [only] if *only == default => Err(error),
        digits if digits.len() > 8 => Err(CodecError { kind: ErrorKind::OutOfRange, ..error }),
        _ => Ok(()),
    }
}

/// Two named bits in a fixed octet; app alone is the default, and none at all is not a type.
fn read_end_entity_type(reader: &mut Reader<'_>) -> Read<()> {
    let error = reader.error(ErrorKind::NonCanonicalValue, "EndEntityType");
    match reader.u8("EndEntityType")? {
        0x80 => Err(error),
        0x00 => Err(CodecError { kind: ErrorKind::OutOfRange, ..error }),
        _ => Ok(()),
    }
}

/// An octet string of `least` to `most` octets.
pub(super) fn sized<'a>(
    reader: &mut Reader<'a>,
    least: usize,
    most: usize,
    field: &'static str,
) -> Read<&'a [u8]> {
    let error = reader.error(ErrorKind::OutOfRange, field);
    let octets = reader.octet_string(field)?;
    if (least..=most).contains(&octets.len()) { Ok(octets) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(octets: &[u8]) -> Result<(), ErrorKind> {
        let mut reader = Reader::new(octets);
        read_group(&mut reader).and_then(|()| reader.finish("x")).map_err(|error| error.kind)
    }

    #[test]
    fn defaults_that_are_written_out_are_not_canonical() {
        assert_eq!(group(&[0x80, 0x81, 0x01, 0x02]), Ok(()));
        assert_eq!(group(&[0x80, 0x81, 0x01, 0x01]), Err(ErrorKind::NonCanonicalValue));
        assert_eq!(group(&[0x40, 0x81, 0x01, 0xff]), Ok(()));
        assert_eq!(group(&[0x40, 0x81, 0x01, 0x00]), Err(ErrorKind::NonCanonicalValue));
        assert_eq!(group(&[0x40, 0x81, 0x02, 0xff, 0xff]), Err(ErrorKind::NonCanonicalValue));
        assert_eq!(group(&[0x20, 0x81, 0x40]), Ok(()));
        assert_eq!(group(&[0x20, 0x81, 0x80]), Err(ErrorKind::NonCanonicalValue));
        assert_eq!(group(&[0x20, 0x81, 0x00]), Err(ErrorKind::OutOfRange));
    }

    #[test]
    fn a_bitmap_has_at_most_31_octets() {
        let ssp = |count: u8| {
            let octets = [&[0x81, count + 1, count][..], &vec![0; count.into()]].concat();
            Ssp::read(&mut Reader::new(&octets)).map(|_| ()).map_err(|error| error.kind)
        };
        assert_eq!(ssp(0), Ok(()));
        assert_eq!(ssp(31), Ok(()));
        assert_eq!(ssp(32), Err(ErrorKind::OutOfRange));
    }

    #[test]
    fn permissions_are_found_by_psid() {
        let octets = [0x01, 0x02, 0x80, 0x01, 0x24, 0x81, 0x02, 0x01, 0x01, 0x00, 0x02, 0x40, 0x6b];
        let permissions = AppPermissions::read(&mut Reader::new(&octets)).unwrap();
        assert_eq!(permissions.find(36).unwrap().ssp, Some(Ssp::Bitmap(&[0x01])));
        assert_eq!(permissions.find(16_491).unwrap().ssp, None);
        assert_eq!(permissions.find(37), None);
        assert_eq!(permissions.iter().count(), 2);
    }
}
