//! Small parts that the views share.

use crate::coer::Reader;
use crate::error::{CodecError, ErrorKind};
use crate::limits::MAX_EXTENSION_ADDITIONS;

/// Result of one read.
pub(super) type Read<T> = Result<T, CodecError>;

/// A supported `HashAlgorithm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl HashAlgorithm {
    #[inline]
    pub(super) fn read(reader: &mut Reader<'_>) -> Read<Self> {
        let (unknown, error) = (reader.error(ErrorKind::Unsupported, "HashAlgorithm"), Err);
        match reader.u8("HashAlgorithm")? {
            0 => Ok(Self::Sha256),
            1 => Ok(Self::Sha384),
            2 => error(unknown),
            other => error(CodecError { kind: ErrorKind::UnknownChoice(other), ..unknown }),
        }
    }
}

/// The preamble of a SEQUENCE (X.696 clause 16.2): which optional parts follow.
#[derive(Clone, Copy)]
pub(super) struct Preamble(u8);

impl Preamble {
    /// Reads the one octet of a preamble whose `used` first bits have a meaning; the others must be zero.
    #[inline]
    pub(super) fn read(reader: &mut Reader<'_>, used: u32, field: &'static str) -> Read<Self> {
        let error = reader.error(ErrorKind::BadPadding, field);
        let octet = reader.u8(field)?;
        let padding = 0xff_u8.checked_shr(used).unwrap_or(0);
        if octet & padding == 0 { Ok(Self(octet)) } else { Err(error) }
    }

    /// Whether the bit `mask` is set; the first bit of the preamble is 0x80.
    #[inline]
    pub(super) const fn has(self, mask: u8) -> bool {
        self.0 & mask != 0
    }
}

/// Reads with `read` when `present`.
#[inline]
pub(super) fn optional<'a, T>(
    present: bool,
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Read<T>,
) -> Read<Option<T>> {
    if present { read(reader).map(Some) } else { Ok(None) }
}

/// Reads an open type with `read`, which must use up its octets. Offsets of errors stay those of `reader`.
pub(super) fn open_type<'a, T>(
    reader: &mut Reader<'a>,
    field: &'static str,
    read: impl FnOnce(&mut Reader<'a>) -> Read<T>,
) -> Read<T> {
    let octets = reader.octet_string(field)?;
    let base = reader.position() - octets.len();
    let mut inner = Reader::new(octets);
    let value = read(&mut inner).and_then(|value| inner.finish(field).map(|()| value));
    value.map_err(|error| CodecError { offset: base + error.offset, ..error })
}

/// Reads past a value with `read` and returns the octets it was made of.
pub(super) fn slice<'a, T>(
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Read<T>,
) -> Read<&'a [u8]> {
    let start = reader.position();
    read(reader)?;
    Ok(reader.since(start))
}

/// Which extension additions of a SEQUENCE are present (X.696 clause 16.4); the first is bit 63.
#[derive(Clone, Copy)]
pub(super) struct Additions(u64);

impl Additions {
    /// Reads the presence bitmap. An all-zero one is refused: the extension bit would have been zero too.
    pub(super) fn read(reader: &mut Reader<'_>, field: &'static str) -> Read<Self> {
        let start = reader.position();
        let error = |kind| CodecError::new(kind, field, start);
        let (unused, bits) = match reader.octet_string(field)? {
            [unused @ 0..=7, bits @ ..] if !bits.is_empty() => (*unused, bits),
            _ => return Err(error(ErrorKind::NonCanonicalValue)),
        };
        if 8 * bits.len() > MAX_EXTENSION_ADDITIONS {
            return Err(error(ErrorKind::TooMany));
        }
        let last = bits.last().copied().unwrap_or_default();
        if last.trailing_zeros() < u32::from(unused) {
            return Err(error(ErrorKind::BadPadding));
        }
        let value = bits.iter().fold(0_u64, |value, octet| (value << 8) | u64::from(*octet));
        if value == 0 {
            return Err(error(ErrorKind::NonCanonicalValue));
        }
        Ok(Self(value << (64 - 8 * bits.len())))
    }

    /// Whether addition `index`, counted from 0, is present.
    pub(super) const fn has(self, index: u32) -> bool {
        self.0 & (1 << 63 >> index) != 0
    }

    /// Skips all additions from `known` on and says whether there were any.
    pub(super) fn skip_unknown(self, known: u32, reader: &mut Reader<'_>, field: &'static str) -> Read<bool> {
        let unknown = (self.0 << known).count_ones();
        for _ in 0..unknown {
            reader.octet_string(field)?;
        }
        Ok(unknown > 0)
    }
}

/// An unknown alternative of `field`, whose tag was the octet before the reader's position.
#[cold]
pub(super) fn unknown_choice(reader: &Reader<'_>, tag: u8, field: &'static str) -> CodecError {
    CodecError::new(ErrorKind::UnknownChoice(tag), field, reader.position().saturating_sub(1))
}

/// A known alternative of `field` that this stack refuses, named by `field`.
#[cold]
pub(super) fn unsupported(reader: &Reader<'_>, field: &'static str) -> CodecError {
    CodecError::new(ErrorKind::Unsupported, field, reader.position().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preamble_keeps_its_unused_bits_zero() {
        let read = |octet, used| Preamble::read(&mut Reader::new(&[octet]), used, "x").map(|p| p.0);
        assert_eq!(read(0x80, 1), Ok(0x80));
        assert_eq!(read(0x81, 8), Ok(0x81));
        assert_eq!(read(0x81, 7).unwrap_err().kind, ErrorKind::BadPadding);
    }

    #[test]
    fn a_presence_bitmap_counts_from_its_first_bit() {
        let mut reader = Reader::new(&[0x02, 0x04, 0b1001_0000, 0x00]);
        let additions = Additions::read(&mut reader, "x").unwrap();
        assert!(additions.has(0) && !additions.has(1) && additions.has(3));
        assert_eq!(additions.skip_unknown(3, &mut reader, "x"), Ok(true));
        assert_eq!(reader.remaining(), 0);
    }

    #[test]
    fn malformed_presence_bitmaps_are_refused() {
        let kind = |octets: &[u8]| Additions::read(&mut Reader::new(octets), "x").err().unwrap().kind;
        assert_eq!(kind(&[0x01, 0x00]), ErrorKind::NonCanonicalValue);
        assert_eq!(kind(&[0x02, 0x04, 0x00]), ErrorKind::NonCanonicalValue);
        assert_eq!(kind(&[0x02, 0x08, 0x80]), ErrorKind::NonCanonicalValue);
        assert_eq!(kind(&[0x02, 0x04, 0x88]), ErrorKind::BadPadding);
        assert_eq!(kind(&[0x0a, 0x00, 1, 1, 1, 1, 1, 1, 1, 1, 1]), ErrorKind::TooMany);
        assert_eq!(kind(&[0x00]), ErrorKind::NonCanonicalValue);
    }

    #[test]
    fn errors_inside_an_open_type_count_from_the_outside() {
        let mut reader = Reader::new(&[0xaa, 0x02, 0x00, 0x05]);
        reader.u8("x").unwrap();
        let error = open_type(&mut reader, "x", |inner| inner.u8("x")).unwrap_err();
        assert_eq!((error.kind, error.offset), (ErrorKind::TrailingOctets(1), 3));
    }
}
