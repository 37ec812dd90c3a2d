//! Addresses and position vectors.

use crate::coer::Reader;
use crate::error::CodecError;
use crate::time::GnTimestamp;

/// `GN_ADDR`: who a station is, for as long as its pseudonym lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GnAddress {
    /// Whether the address was set by hand.
    pub is_manual: bool,
    /// Kind of station, as in CAM: 0 to 31.
    pub station_type: u8,
    /// A country code in older editions, reserved since: 0 to 1023.
    pub reserved: u16,
    /// The link-layer address.
    pub mid: [u8; 6],
}

/// Where a station is and how it moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LongPositionVector {
    /// The station.
    pub address: GnAddress,
    /// When it was there.
    pub timestamp: GnTimestamp,
    /// 0.1 microdegrees, north positive. Any value is read: a range is for whoever uses it.
    pub latitude: i32,
    /// 0.1 microdegrees, east positive. Any value is read: a range is for whoever uses it.
    pub longitude: i32,
    /// The position accuracy indicator.
    pub is_accurate: bool,
    /// 0.01 m/s, backwards negative: −16 384 to 16 383.
    pub speed: i16,
    /// 0.1 degrees from north, clockwise.
    pub heading: u16,
}

/// Where a station is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShortPositionVector {
    /// The station.
    pub address: GnAddress,
    /// When it was there.
    pub timestamp: GnTimestamp,
    /// 0.1 microdegrees, north positive.
    pub latitude: i32,
    /// 0.1 microdegrees, east positive.
    pub longitude: i32,
}

impl GnAddress {
    /// Reads 8 octets.
    ///
    /// # Errors
    /// [`Truncated`](crate::ErrorKind::Truncated).
    #[inline]
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let [a, b, mid @ ..] = *reader.array::<8>("GN_ADDR")?;
        let first = u16::from_be_bytes([a, b]);
        Ok(Self { is_manual: a & 0x80 != 0, station_type: a >> 2 & 0x1f, reserved: first & 0x03ff, mid })
    }

    /// Appends 8 octets to `out`; fields beyond their range lose their upper bits.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let first = u16::from(self.is_manual) << 15
            | u16::from(self.station_type & 0x1f) << 10
            | self.reserved & 0x03ff;
        out.extend(first.to_be_bytes());
        out.extend(self.mid);
    }
}

impl LongPositionVector {
    /// Reads 24 octets.
    ///
    /// # Errors
    /// [`Truncated`](crate::ErrorKind::Truncated).
    #[inline]
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const FIELD: &str = "LongPositionVector";
        let ShortPositionVector { address, timestamp, latitude, longitude } =
            ShortPositionVector::read(reader)?;
        let speed = reader.u16(FIELD)?;
        Ok(Self {
            address,
            timestamp,
            latitude,
            longitude,
            is_accurate: speed & 0x8000 != 0,
            speed: sign_extended(speed),
            heading: reader.u16(FIELD)?,
        })
    }

    /// Appends 24 octets to `out`; a speed beyond its range is clipped.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.short().encode(out);
        let speed = self.speed.clamp(-0x4000, 0x3fff).cast_unsigned() & 0x7fff;
        out.extend((u16::from(self.is_accurate) << 15 | speed).to_be_bytes());
        out.extend(self.heading.to_be_bytes());
    }

    /// Without speed and heading.
    #[must_use]
    pub const fn short(&self) -> ShortPositionVector {
        let Self { address, timestamp, latitude, longitude, .. } = *self;
        ShortPositionVector { address, timestamp, latitude, longitude }
    }
}

/// The lower 15 bits as a signed number.
const fn sign_extended(value: u16) -> i16 {
    (value << 1).cast_signed() >> 1
}

impl ShortPositionVector {
    /// Reads 20 octets.
    ///
    /// # Errors
    /// [`Truncated`](crate::ErrorKind::Truncated).
    #[inline]
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const FIELD: &str = "PositionVector";
        Ok(Self {
            address: GnAddress::read(reader)?,
            timestamp: GnTimestamp::new(reader.u32(FIELD)?),
            latitude: reader.i32(FIELD)?,
            longitude: reader.i32(FIELD)?,
        })
    }

    /// Appends 20 octets to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.address.encode(out);
        out.extend(self.timestamp.value().to_be_bytes());
        out.extend(self.latitude.to_be_bytes());
        out.extend(self.longitude.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_position_vector_reads_back() {
        let address =
            GnAddress { is_manual: true, station_type: 31, reserved: 1023, mid: [1, 2, 3, 4, 5, 6] };
        for speed in [-0x4000, -1, 0, 1, 0x3fff] {
            let vector = LongPositionVector {
                address,
                timestamp: GnTimestamp::new(u32::MAX),
                latitude: i32::MIN,
                longitude: i32::MAX,
                is_accurate: speed & 1 == 0,
                speed,
                heading: 3601,
            };
            let mut octets = Vec::new();
            vector.encode(&mut octets);
            assert_eq!(octets.len(), 24);
            assert_eq!(LongPositionVector::read(&mut Reader::new(&octets)), Ok(vector));
        }
    }

    #[test]
    fn a_speed_beyond_the_field_is_clipped_and_leaves_its_neighbour_alone() {
        for (speed, clipped) in [(i16::MAX, 0x3fff), (i16::MIN, -0x4000)] {
            let mut octets = Vec::new();
            LongPositionVector { speed, ..Default::default() }.encode(&mut octets);
            let read = LongPositionVector::read(&mut Reader::new(&octets)).unwrap();
            assert_eq!((read.speed, read.is_accurate), (clipped, false));
        }
    }
}
