//! Common and extended header together: neither can be right without the other.

use super::extended::{ExtendedHeader, HeaderType};
use crate::coer::Reader;
use crate::error::{CodecError, ErrorKind};

/// Common header and extended header. The header type is that of `extended`, the payload length that of the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkHeader {
    /// What the payload is.
    pub next_header: NextHeader,
    /// The traffic class.
    pub traffic_class: TrafficClass,
    /// Whether the sender is mobile.
    pub is_mobile: bool,
    /// Hops that the source allowed. The basic header counts down; this stays, and is signed.
    pub maximum_hop_limit: u8,
    /// The extended header.
    pub extended: ExtendedHeader,
}

/// What the payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextHeader {
    /// Unspecified; packets without payload have this.
    Any,
    /// BTP-A, with a source port.
    BtpA,
    /// BTP-B, with destination port information.
    BtpB,
    /// An IPv6 packet.
    Ipv6,
}

/// How a packet may be sent and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TrafficClass(u8);

impl NetworkHeader {
    /// Reads both headers, and the length of the payload that follows them.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownChoice`] for an unknown next header or header type, [`ErrorKind::Truncated`].
    #[inline]
    pub fn read(reader: &mut Reader<'_>) -> Result<(Self, u16), CodecError> {
        let unknown = |code, field, error: CodecError| CodecError {
            kind: ErrorKind::UnknownChoice(code),
            field,
            ..error
        };
        let start = reader.error(ErrorKind::Unsupported, "CommonHeader");
        let [first, kind, class, flags, a, b, maximum_hop_limit, _] = *reader.array("CommonHeader")?;
        let next_header =
            NextHeader::from_code(first >> 4).ok_or_else(|| unknown(first >> 4, "CommonHeader.NH", start))?;
        let header_type =
            HeaderType::from_code(kind).ok_or_else(|| unknown(kind, "CommonHeader.HT and HST", start))?;
        let extended = ExtendedHeader::read(header_type, reader)?;
        let (traffic_class, is_mobile) = (TrafficClass(class), flags & 0x80 != 0);
        let header = Self { next_header, traffic_class, is_mobile, maximum_hop_limit, extended };
        Ok((header, u16::from_be_bytes([a, b])))
    }

    /// Appends both headers and `payload` to `out`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] when the payload is longer than 65 535 octets; `out` is then unchanged.
    pub fn encode(&self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), CodecError> {
        let too_long = CodecError::new(ErrorKind::OutOfRange, "CommonHeader.PL", 4);
        let [a, b] = u16::try_from(payload.len()).map_err(|_| too_long)?.to_be_bytes();
        let (first, kind) = (self.next_header.code() << 4, self.extended.header_type().code());
        let flags = u8::from(self.is_mobile) << 7;
        out.extend([first, kind, self.traffic_class.0, flags, a, b, self.maximum_hop_limit, 0]);
        self.extended.encode(out);
        out.extend(payload);
        Ok(())
    }

    /// How the packet is addressed.
    #[must_use]
    pub const fn header_type(&self) -> HeaderType {
        self.extended.header_type()
    }
}

impl NextHeader {
    const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Any),
            1 => Some(Self::BtpA),
            2 => Some(Self::BtpB),
            3 => Some(Self::Ipv6),
            _ => None,
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Any => 0,
            Self::BtpA => 1,
            Self::BtpB => 2,
            Self::Ipv6 => 3,
        }
    }
}

impl TrafficClass {
    /// Class `id` (0 to 63, upper bits are dropped), neither stored and carried forward nor offloaded.
    #[must_use]
    pub const fn new(id: u8) -> Self {
        Self(id & 0x3f)
    }

    /// The field as it is on the wire.
    #[must_use]
    pub const fn from_octet(octet: u8) -> Self {
        Self(octet)
    }

    /// The field as it is on the wire.
    #[must_use]
    pub const fn octet(self) -> u8 {
        self.0
    }

    /// The class, 0 to 63; 0 to 3 are the profiles DP0 to DP3 of congestion control.
    #[must_use]
    pub const fn id(self) -> u8 {
        self.0 & 0x3f
    }

    /// Whether the packet is to be kept until there is a neighbour.
    #[must_use]
    pub const fn store_carry_forward(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Whether the packet may go to another channel.
    #[must_use]
    pub const fn channel_offload(self) -> bool {
        self.0 & 0x40 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geonet::{Area, GnAddress, LongPositionVector, Shape};

    const SOURCE: LongPositionVector = LongPositionVector {
        address: GnAddress { is_manual: false, station_type: 5, reserved: 0, mid: [1, 2, 3, 4, 5, 6] },
        timestamp: crate::time::GnTimestamp::new(77),
        latitude: 1,
        longitude: -2,
        is_accurate: true,
        speed: -3,
        heading: 4,
    };

    fn every_extended_header() -> Vec<ExtendedHeader> {
        let (sequence_number, source, destination) = (0x1234, SOURCE, SOURCE.short());
        let area = |shape| Area { shape, latitude: 5, longitude: 6, distance_a: 7, distance_b: 8, angle: 9 };
        let mut headers: Vec<_> = [Shape::Circle, Shape::Rectangle, Shape::Ellipse]
            .into_iter()
            .flat_map(|shape| {
                [
                    ExtendedHeader::GeoAnycast { sequence_number, source, area: area(shape) },
                    ExtendedHeader::GeoBroadcast { sequence_number, source, area: area(shape) },
                ]
            })
            .collect();
        headers.extend([
            ExtendedHeader::Beacon { source },
            ExtendedHeader::GeoUnicast { sequence_number, source, destination },
            ExtendedHeader::SingleHop { source, media: [1, 2, 3, 4] },
            ExtendedHeader::MultiHop { sequence_number, source },
            ExtendedHeader::LocationRequest { sequence_number, source, sought: destination.address },
            ExtendedHeader::LocationReply { sequence_number, source, destination },
        ]);
        headers
    }

    fn header(extended: ExtendedHeader) -> NetworkHeader {
        let traffic_class = TrafficClass::from_octet(0xc2);
        NetworkHeader {
            next_header: NextHeader::Ipv6,
            traffic_class,
            is_mobile: true,
            maximum_hop_limit: 9,
            extended,
        }
    }

    #[test]
    fn every_kind_of_header_reads_back() {
        for extended in every_extended_header() {
            let mut octets = Vec::new();
            header(extended).encode(b"payload", &mut octets).unwrap();
            let mut reader = Reader::new(&octets);
            assert_eq!(NetworkHeader::read(&mut reader), Ok((header(extended), 7)));
            assert_eq!(reader.remaining(), 7);
        }
    }

    #[test]
    fn every_header_that_ends_early_is_refused() {
        for extended in every_extended_header() {
            let mut octets = Vec::new();
            header(extended).encode(b"", &mut octets).unwrap();
            for length in 0..octets.len() {
                let error = NetworkHeader::read(&mut Reader::new(&octets[..length])).unwrap_err();
                assert_eq!(error.kind, ErrorKind::Truncated);
            }
        }
    }

    #[test]
    fn extended_headers_have_the_lengths_of_the_standard() {
        for extended in every_extended_header() {
            let mut octets = Vec::new();
            extended.encode(&mut octets);
            let expected = match extended {
                ExtendedHeader::Beacon { .. } => 24,
                ExtendedHeader::SingleHop { .. } | ExtendedHeader::MultiHop { .. } => 28,
                ExtendedHeader::LocationRequest { .. } => 36,
                ExtendedHeader::GeoAnycast { .. } | ExtendedHeader::GeoBroadcast { .. } => 44,
                ExtendedHeader::GeoUnicast { .. } | ExtendedHeader::LocationReply { .. } => 48,
            };
            assert_eq!(octets.len(), expected, "{extended:?}");
        }
    }

    #[test]
    fn a_payload_that_no_length_field_holds_is_refused() {
        let mut out = vec![1];
        let header = header(ExtendedHeader::Beacon { source: SOURCE });
        assert_eq!(header.encode(&[0; 65_536], &mut out).unwrap_err().kind, ErrorKind::OutOfRange);
        assert_eq!(out, [1]);
    }

    #[test]
    fn a_traffic_class_keeps_its_flags_apart() {
        let class = TrafficClass::from_octet(0b1000_0011);
        assert!(class.store_carry_forward() && !class.channel_offload());
        assert_eq!((class.id(), TrafficClass::new(0xff).octet()), (3, 0x3f));
    }
}
