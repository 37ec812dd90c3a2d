//! Extended headers, one for each way to address a packet.

use super::position::{GnAddress, LongPositionVector, ShortPositionVector};
use crate::coer::Reader;
use crate::error::{CodecError, ErrorKind};

/// How a packet is addressed: header type and subtype of the common header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeaderType {
    /// A station makes itself known.
    Beacon,
    /// To one station (GUC).
    GeoUnicast,
    /// To any station in an area (GAC).
    GeoAnycast(Shape),
    /// To all stations in an area (GBC).
    GeoBroadcast(Shape),
    /// To all neighbours (SHB).
    SingleHop,
    /// To all stations within some hops (TSB).
    MultiHop,
    /// Who knows where a station is?
    LocationRequest,
    /// Here it is.
    LocationReply,
}

/// The shape of an [`Area`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// With distance a as radius.
    Circle,
    /// With distances a and b from the centre to its sides.
    Rectangle,
    /// With distances a and b as half axes.
    Ellipse,
}

/// A destination area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The shape.
    pub shape: Shape,
    /// Of the centre, in 0.1 microdegrees.
    pub latitude: i32,
    /// Of the centre, in 0.1 microdegrees.
    pub longitude: i32,
    /// In metres.
    pub distance_a: u16,
    /// In metres; 0 for a circle.
    pub distance_b: u16,
    /// Degrees from north to the long side, clockwise; 0 for a circle.
    pub angle: u16,
}

/// The header behind the common header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtendedHeader {
    /// For [`HeaderType::Beacon`].
    Beacon {
        /// The sender.
        source: LongPositionVector,
    },
    /// For [`HeaderType::GeoUnicast`].
    GeoUnicast {
        /// Counts the packets of a source.
        sequence_number: u16,
        /// The sender.
        source: LongPositionVector,
        /// The receiver.
        destination: ShortPositionVector,
    },
    /// For [`HeaderType::GeoAnycast`].
    GeoAnycast {
        /// Counts the packets of a source.
        sequence_number: u16,
        /// The sender.
        source: LongPositionVector,
        /// Where the receiver is.
        area: Area,
    },
    /// For [`HeaderType::GeoBroadcast`].
    GeoBroadcast {
        /// Counts the packets of a source.
        sequence_number: u16,
        /// The sender.
        source: LongPositionVector,
        /// Where the receivers are.
        area: Area,
    },
    /// For [`HeaderType::SingleHop`].
    SingleHop {
        /// The sender.
        source: LongPositionVector,
        /// Media-dependent: congestion control of ITS-G5, for example.
        media: [u8; 4],
    },
    /// For [`HeaderType::MultiHop`].
    MultiHop {
        /// Counts the packets of a source.
        sequence_number: u16,
        /// The sender.
        source: LongPositionVector,
    },
    /// For [`HeaderType::LocationRequest`].
    LocationRequest {
        /// Counts the packets of a source.
        sequence_number: u16,
        /// The sender.
        source: LongPositionVector,
        /// The station that is looked for.
        sought: GnAddress,
    },
    /// For [`HeaderType::LocationReply`].
    LocationReply {
        /// Counts the packets of a source.
        sequence_number: u16,
        /// The sender.
        source: LongPositionVector,
        /// Who asked.
        destination: ShortPositionVector,
    },
}

impl HeaderType {
    /// From type (upper four bits) and subtype (lower four bits).
    pub(super) const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0x10 => Self::Beacon,
            0x20 => Self::GeoUnicast,
            0x30 => Self::GeoAnycast(Shape::Circle),
            0x31 => Self::GeoAnycast(Shape::Rectangle),
            0x32 => Self::GeoAnycast(Shape::Ellipse),
            0x40 => Self::GeoBroadcast(Shape::Circle),
            0x41 => Self::GeoBroadcast(Shape::Rectangle),
            0x42 => Self::GeoBroadcast(Shape::Ellipse),
            0x50 => Self::SingleHop,
            0x51 => Self::MultiHop,
            0x60 => Self::LocationRequest,
            0x61 => Self::LocationReply,
            _ => return None,
        })
    }

    /// Type (upper four bits) and subtype (lower four bits).
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Beacon => 0x10,
            Self::GeoUnicast => 0x20,
            Self::GeoAnycast(shape) => 0x30 | shape.code(),
            Self::GeoBroadcast(shape) => 0x40 | shape.code(),
            Self::SingleHop => 0x50,
            Self::MultiHop => 0x51,
            Self::LocationRequest => 0x60,
            Self::LocationReply => 0x61,
        }
    }
}

impl Shape {
    const fn code(self) -> u8 {
        match self {
            Self::Circle => 0,
            Self::Rectangle => 1,
            Self::Ellipse => 2,
        }
    }
}

impl ExtendedHeader {
    /// Reads the header of a packet of type `header_type`.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`].
    #[inline]
    pub fn read(header_type: HeaderType, reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        // The two shapes of a header: beacon and single hop start with the source, the others with a number.
        if header_type == HeaderType::Beacon {
            return Ok(Self::Beacon { source: LongPositionVector::read(reader)? });
        }
        if header_type == HeaderType::SingleHop {
            let source = LongPositionVector::read(reader)?;
            return Ok(Self::SingleHop { source, media: *reader.array("media-dependent data")? });
        }
        Self::read_numbered(header_type, reader)
    }

    fn read_numbered(header_type: HeaderType, reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let [a, b, _, _] = *reader.array("sequence number")?;
        let sequence_number = u16::from_be_bytes([a, b]);
        let source = LongPositionVector::read(reader)?;
        Ok(match header_type {
            HeaderType::GeoUnicast => {
                Self::GeoUnicast { sequence_number, source, destination: ShortPositionVector::read(reader)? }
            }
            HeaderType::GeoAnycast(shape) => {
                Self::GeoAnycast { sequence_number, source, area: Area::read(shape, reader)? }
            }
            HeaderType::GeoBroadcast(shape) => {
                Self::GeoBroadcast { sequence_number, source, area: Area::read(shape, reader)? }
            }
            HeaderType::MultiHop => Self::MultiHop { sequence_number, source },
            HeaderType::LocationRequest => {
                Self::LocationRequest { sequence_number, source, sought: GnAddress::read(reader)? }
            }
            HeaderType::LocationReply => Self::LocationReply {
                sequence_number,
                source,
                destination: ShortPositionVector::read(reader)?,
            },
            HeaderType::Beacon | HeaderType::SingleHop => {
                return Err(reader.error(ErrorKind::Inconsistent, "extended header"));
            }
        })
    }

    /// Appends the header to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        if let Some(sequence_number) = self.sequence_number() {
            out.extend(sequence_number.to_be_bytes());
            out.extend([0, 0]);
        }
        self.source().encode(out);
        match self {
            Self::Beacon { .. } | Self::MultiHop { .. } => {}
            Self::SingleHop { media, .. } => out.extend(media),
            Self::GeoUnicast { destination, .. } | Self::LocationReply { destination, .. } => {
                destination.encode(out);
            }
            Self::GeoAnycast { area, .. } | Self::GeoBroadcast { area, .. } => area.encode(out),
            Self::LocationRequest { sought, .. } => sought.encode(out),
        }
    }

    /// The type that goes into the common header.
    #[must_use]
    pub const fn header_type(&self) -> HeaderType {
        match self {
            Self::Beacon { .. } => HeaderType::Beacon,
            Self::GeoUnicast { .. } => HeaderType::GeoUnicast,
            Self::GeoAnycast { area, .. } => HeaderType::GeoAnycast(area.shape),
            Self::GeoBroadcast { area, .. } => HeaderType::GeoBroadcast(area.shape),
            Self::SingleHop { .. } => HeaderType::SingleHop,
            Self::MultiHop { .. } => HeaderType::MultiHop,
            Self::LocationRequest { .. } => HeaderType::LocationRequest,
            Self::LocationReply { .. } => HeaderType::LocationReply,
        }
    }

    /// The sender's position vector, which every packet has.
    #[must_use]
    pub const fn source(&self) -> &LongPositionVector {
        match self {
            Self::Beacon { source }
            | Self::GeoUnicast { source, .. }
            | Self::GeoAnycast { source, .. }
            | Self::GeoBroadcast { source, .. }
            | Self::SingleHop { source, .. }
            | Self::MultiHop { source, .. }
            | Self::LocationRequest { source, .. }
            | Self::LocationReply { source, .. } => source,
        }
    }

    /// The sequence number, which packets of more than one hop have.
    #[must_use]
    pub const fn sequence_number(&self) -> Option<u16> {
        match self {
            Self::Beacon { .. } | Self::SingleHop { .. } => None,
            Self::GeoUnicast { sequence_number, .. }
            | Self::GeoAnycast { sequence_number, .. }
            | Self::GeoBroadcast { sequence_number, .. }
            | Self::MultiHop { sequence_number, .. }
            | Self::LocationRequest { sequence_number, .. }
            | Self::LocationReply { sequence_number, .. } => Some(*sequence_number),
        }
    }

    /// The destination area of a geo-broadcast or geo-anycast packet.
    #[must_use]
    pub const fn area(&self) -> Option<&Area> {
        match self {
            Self::GeoAnycast { area, .. } | Self::GeoBroadcast { area, .. } => Some(area),
            Self::Beacon { .. }
            | Self::GeoUnicast { .. }
            | Self::SingleHop { .. }
            | Self::MultiHop { .. }
            | Self::LocationRequest { .. }
            | Self::LocationReply { .. } => None,
        }
    }
}

impl Area {
    fn read(shape: Shape, reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const FIELD: &str = "GeoArea";
        let area = Self {
            shape,
            latitude: reader.i32(FIELD)?,
            longitude: reader.i32(FIELD)?,
            distance_a: reader.u16(FIELD)?,
            distance_b: reader.u16(FIELD)?,
            angle: reader.u16(FIELD)?,
        };
        reader.u16("reserved")?;
        Ok(area)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.latitude.to_be_bytes());
        out.extend(self.longitude.to_be_bytes());
        for field in [self.distance_a, self.distance_b, self.angle, 0] {
            out.extend(field.to_be_bytes());
        }
    }
}
