//! The check that a `GeographicRegion` is well formed.

use super::primitive::{Read, unknown_choice};
use crate::coer::Reader;
use crate::error::{CodecError, ErrorKind};
use crate::limits::MAX_REGION_ENTRIES;

/// Latitude in 0.1 microdegrees, with 900 000 001 for unknown.
const LATITUDE: core::ops::RangeInclusive<i32> = -900_000_000..=900_000_001;
/// Longitude in 0.1 microdegrees, with 1 800 000 001 for unknown.
const LONGITUDE: core::ops::RangeInclusive<i32> = -1_799_999_999..=1_800_000_001;

/// Reads past a `GeographicRegion`.
pub(super) fn read_region(reader: &mut Reader<'_>) -> Read<()> {
    const FIELD: &str = "GeographicRegion";
    match reader.choice(FIELD)? {
        0 => read_two_d_location(reader).and_then(|_| reader.u16("CircularRegion.radius")).map(|_| ()),
        1 => read_list(reader, 16, 0, "rectangularRegion", |reader| {
            read_two_d_location(reader).and_then(|_| read_two_d_location(reader))
        }),
        2 => read_list(reader, 8, 3, "polygonalRegion", read_two_d_location),
        3 => read_list(reader, 3, 0, "identifiedRegion", read_identified),
        other => Err(unknown_choice(reader, other, FIELD)),
    }
}

fn read_identified(reader: &mut Reader<'_>) -> Read<()> {
    const FIELD: &str = "IdentifiedRegion";
    let choice = reader.choice(FIELD)?;
    if choice > 2 {
        return Err(unknown_choice(reader, choice, FIELD));
    }
    reader.u16("IdentifiedRegion.country")?;
    match choice {
        1 => read_list(reader, 1, 0, "CountryAndRegions.regions", |reader| reader.u8("region").map(|_| ())),
        2 => read_list(reader, 3, 0, "regionAndSubregions", read_subregions),
        _ => Ok(()),
    }
}

fn read_subregions(reader: &mut Reader<'_>) -> Read<()> {
    reader.u8("RegionAndSubregions.region")?;
    read_list(reader, 2, 0, "RegionAndSubregions.subregions", |reader| reader.u16("subregion").map(|_| ()))
}

fn read_list<'a>(
    reader: &mut Reader<'a>,
    smallest: usize,
    least: usize,
    field: &'static str,
    read: impl Fn(&mut Reader<'a>) -> Read<()>,
) -> Read<()> {
    let error = reader.error(ErrorKind::OutOfRange, field);
    let count = reader.quantity(smallest, MAX_REGION_ENTRIES, field)?;
    if count < least { Err(error) } else { (0..count).try_for_each(|_| read(reader)) }
}

fn read_two_d_location(reader: &mut Reader<'_>) -> Read<()> {
    read_location(reader).map(|_| ())
}

/// Latitude and longitude, in 0.1 microdegrees.
#[inline]
pub(super) fn read_location(reader: &mut Reader<'_>) -> Read<(i32, i32)> {
    let start = reader.position();
    let location = (reader.i32("latitude")?, reader.i32("longitude")?);
    if LATITUDE.contains(&location.0) && LONGITUDE.contains(&location.1) {
        Ok(location)
    } else {
        Err(CodecError::new(ErrorKind::OutOfRange, "TwoDLocation", start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(octets: &[u8]) -> Result<(), ErrorKind> {
        let mut reader = Reader::new(octets);
        read_region(&mut reader).and_then(|()| reader.finish("x")).map_err(|error| error.kind)
    }

    #[test]
    fn every_kind_of_region_is_read_to_its_end() {
        assert_eq!(region(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x27, 0x10]), Ok(()));
        assert_eq!(region(&[&[0x81, 1, 1][..], &[0; 16]].concat()), Ok(()));
        assert_eq!(region(&[&[0x82, 1, 3][..], &[0; 24]].concat()), Ok(()));
        assert_eq!(region(&[0x83, 1, 2, 0x80, 0xff, 0xff, 0x81, 0, 0x4c, 1, 1, 7]), Ok(()));
        assert_eq!(region(&[0x83, 1, 1, 0x82, 0, 0x4c, 1, 1, 7, 1, 1, 0, 9]), Ok(()));
    }

    #[test]
    fn a_polygon_needs_three_corners() {
        assert_eq!(region(&[&[0x82, 1, 2][..], &[0; 16]].concat()), Err(ErrorKind::OutOfRange));
    }

    #[test]
    fn a_latitude_beyond_the_pole_is_refused() {
        let [a, b, c, d] = 900_000_002_i32.to_be_bytes();
        assert_eq!(region(&[0x80, a, b, c, d, 0, 0, 0, 0, 0, 1]), Err(ErrorKind::OutOfRange));
    }
}
