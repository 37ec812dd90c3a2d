//! Classic pcap.

use super::link::LinkType;
use super::{Cursor, Frame, Order};
use crate::error::{CodecError, ErrorKind};
use crate::geonet::ETHERTYPE;
use crate::time::Time64;

/// Timestamps with microseconds.
const MAGIC_MICROS: u32 = 0xa1b2_c3d4;
/// Timestamps with nanoseconds.
const MAGIC_NANOS: u32 = 0xa1b2_3c4d;
/// Octets of a frame that are kept, as every capture program sets it.
const SNAP_LENGTH: u32 = 262_144;

/// The records of a file.
#[derive(Clone, Debug)]
pub(super) struct Records<'a> {
    cursor: Cursor<'a>,
    nanos_per_unit: u64,
    link_type: LinkType,
}

impl<'a> Records<'a> {
    pub(super) fn detect(file: &'a [u8]) -> Result<Self, CodecError> {
        let mut cursor = Cursor { file, position: 0, order: Order::Big };
        let magic = cursor.u32("capture file")?;
        let (order, nanos_per_unit) = match (magic, magic.swap_bytes()) {
            (MAGIC_MICROS, _) => (Order::Big, 1000),
            (MAGIC_NANOS, _) => (Order::Big, 1),
            (_, MAGIC_MICROS) => (Order::Little, 1000),
            (_, MAGIC_NANOS) => (Order::Little, 1),
            _ => return Err(CodecError::new(ErrorKind::Unsupported, "capture file", 0)),
        };
        cursor.order = order;
        cursor.octets(16, "pcap file header")?;
        // The upper bits can say how long the frame check sequence is; it then counts as padding.
        let link_type = LinkType::from_code(cursor.u32("pcap link type")? & 0xffff);
        Ok(Self { cursor, nanos_per_unit, link_type })
    }

    pub(super) fn next(&mut self) -> Option<Result<Frame<'a>, CodecError>> {
        (!self.cursor.is_at_end()).then(|| self.read())
    }

    fn read(&mut self) -> Result<Frame<'a>, CodecError> {
        const FIELD: &str = "pcap record";
        let seconds = u64::from(self.cursor.u32(FIELD)?);
        let fraction = u64::from(self.cursor.u32(FIELD)?);
        let captured = self.cursor.u32(FIELD)?;
        self.cursor.u32(FIELD)?;
        let octets = self.cursor.octets(usize::try_from(captured).unwrap_or(usize::MAX), FIELD)?;
        let unix_nanos = Some(seconds * 1_000_000_000 + fraction * self.nanos_per_unit);
        Ok(Frame { unix_nanos, link_type: self.link_type, octets })
    }
}

/// Writes GeoNetworking packets as broadcast Ethernet frames into a classic pcap file.
#[derive(Clone, Debug)]
pub struct PcapWriter {
    file: Vec<u8>,
}

impl PcapWriter {
    /// A file without frames.
    #[must_use]
    pub fn new() -> Self {
        let mut file = Vec::new();
        file.extend(MAGIC_MICROS.to_be_bytes());
        file.extend([0, 2, 0, 4]);
        for field in [0, 0, SNAP_LENGTH, LinkType::Ethernet.code()] {
            file.extend(field.to_be_bytes());
        }
        Self { file }
    }

    /// Appends `packet`, sent at `time` by the station with link-layer address `source`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for a packet longer than a frame of this file, or a time after 2106.
    pub fn push(&mut self, time: Time64, source: [u8; 6], packet: &[u8]) -> Result<(), CodecError> {
        let error = CodecError::new(ErrorKind::OutOfRange, "pcap record", self.file.len());
        let length =
            u32::try_from(packet.len() + 14).ok().filter(|length| *length <= SNAP_LENGTH).ok_or(error)?;
        let unix = u64::try_from(time.unix_micros()).map_err(|_| error)?;
        let seconds = u32::try_from(unix / 1_000_000).map_err(|_| error)?;
        let micros = u32::try_from(unix % 1_000_000).map_err(|_| error)?;
        for field in [seconds, micros, length, length] {
            self.file.extend(field.to_be_bytes());
        }
        self.file.extend([0xff; 6]);
        self.file.extend(source);
        self.file.extend(ETHERTYPE.to_be_bytes());
        self.file.extend(packet);
        Ok(())
    }

    /// Takes what was written since the last call, for a file that grows.
    pub fn take(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.file)
    }

    /// The file.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.file
    }
}

impl Default for PcapWriter {
    fn default() -> Self {
        Self::new()
    }
}
