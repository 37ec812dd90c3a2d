//! pcapng: as much of it as frames need.

use super::link::LinkType;
use super::{Cursor, Frame, Order};
use crate::error::{CodecError, ErrorKind};

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const BYTE_ORDER: u32 = 0x1a2b_3c4d;
const INTERFACE_DESCRIPTION: u32 = 1;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
/// Option of an interface: resolution of its timestamps.
const IF_TSRESOL: u16 = 9;

/// Interfaces of one section. Captures have one a radio; a table on the stack bounds it.
const MAX_INTERFACES: usize = 16;

/// The blocks of a file.
#[derive(Clone, Debug)]
pub(super) struct Blocks<'a> {
    cursor: Cursor<'a>,
    interfaces: [Option<Interface>; MAX_INTERFACES],
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link_type: LinkType,
    /// Timestamp units in a second.
    units_per_second: u64,
}

impl<'a> Blocks<'a> {
    pub(super) fn detect(file: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor { file, position: 0, order: Order::Big };
        let kind = cursor.u32("capture file").ok()?;
        cursor.position = 0;
        (kind == SECTION_HEADER).then_some(Self { cursor, interfaces: [None; MAX_INTERFACES] })
    }

    pub(super) fn next(&mut self) -> Option<Result<Frame<'a>, CodecError>> {
        while !self.cursor.is_at_end() {
            match self.read_block() {
                Ok(None) => {}
                Ok(Some(frame)) => return Some(Ok(frame)),
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }

    fn read_block(&mut self) -> Result<Option<Frame<'a>>, CodecError> {
        let kind = self.cursor.u32("pcapng block type")?;
        if kind == SECTION_HEADER {
            self.start_section()?;
        }
        let body = self.read_body()?;
        match kind {
            INTERFACE_DESCRIPTION => self.add_interface(body).map(|()| None),
            ENHANCED_PACKET => self.enhanced_packet(body).map(Some),
            SIMPLE_PACKET => self.simple_packet(body).map(Some),
            _ => Ok(None),
        }
    }

    /// A section brings its own byte order, which stands behind the block's length, and its own interfaces.
    fn start_section(&mut self) -> Result<(), CodecError> {
        let mut ahead = Cursor { order: Order::Big, ..self.cursor.clone() };
        ahead.u32("pcapng section length")?;
        let unsupported = ahead.error(ErrorKind::Unsupported, "pcapng byte order");
        let magic = ahead.u32("pcapng byte order")?;
        self.cursor.order = match (magic, magic.swap_bytes()) {
            (BYTE_ORDER, _) => Order::Big,
            (_, BYTE_ORDER) => Order::Little,
            _ => return Err(unsupported),
        };
        self.interfaces = [None; MAX_INTERFACES];
        Ok(())
    }

    /// The body between the two lengths of a block, which must agree.
    fn read_body(&mut self) -> Result<Cursor<'a>, CodecError> {
        const FIELD: &str = "pcapng block length";
        let error = self.cursor.error(ErrorKind::Inconsistent, FIELD);
        let length = self.cursor.u32(FIELD)?;
        let body = usize::try_from(length).ok().and_then(|length| length.checked_sub(12)).ok_or(error)?;
        if body % 4 != 0 {
            return Err(error);
        }
        let start = self.cursor.position;
        self.cursor.octets(body, "pcapng block")?;
        let end = self.cursor.position;
        if self.cursor.u32(FIELD)? != length {
            return Err(error);
        }
        let file = self.cursor.file.get(..end).unwrap_or_default();
        Ok(Cursor { file, position: start, order: self.cursor.order })
    }

    fn add_interface(&mut self, mut body: Cursor<'a>) -> Result<(), CodecError> {
        const FIELD: &str = "pcapng interface";
        let too_many = body.error(ErrorKind::TooMany, FIELD);
        let link_type = LinkType::from_code(body.u16(FIELD)?.into());
        body.octets(6, FIELD)?;
        let units_per_second = read_resolution(&mut body)?;
        let free = self.interfaces.iter_mut().find(|interface| interface.is_none()).ok_or(too_many)?;
        *free = Some(Interface { link_type, units_per_second });
        Ok(())
    }

    fn enhanced_packet(&self, mut body: Cursor<'a>) -> Result<Frame<'a>, CodecError> {
        const FIELD: &str = "pcapng enhanced packet";
        let unknown = body.error(ErrorKind::OutOfRange, "pcapng interface id");
        let id = usize::try_from(body.u32(FIELD)?).unwrap_or(usize::MAX);
        let interface = self.interfaces.get(id).copied().flatten().ok_or(unknown)?;
        let stamp = u64::from(body.u32(FIELD)?) << 32 | u64::from(body.u32(FIELD)?);
        let captured = body.u32(FIELD)?;
        body.u32(FIELD)?;
        let octets = body.octets(usize::try_from(captured).unwrap_or(usize::MAX), FIELD)?;
        let unix_nanos = nanos(stamp, interface.units_per_second);
        Ok(Frame { unix_nanos, link_type: interface.link_type, octets })
    }

    fn simple_packet(&self, mut body: Cursor<'a>) -> Result<Frame<'a>, CodecError> {
        const FIELD: &str = "pcapng simple packet";
        let unknown = body.error(ErrorKind::OutOfRange, "pcapng interface id");
        let interface = self.interfaces.first().copied().flatten().ok_or(unknown)?;
        let original = usize::try_from(body.u32(FIELD)?).unwrap_or(usize::MAX);
        // Only the original length is given; a shorter frame fills the block.
        let left = body.file.len() - body.position;
        let octets = body.octets(original.min(left), FIELD)?;
        Ok(Frame { unix_nanos: None, link_type: interface.link_type, octets })
    }
}

/// Timestamp units in a second, from the options of an interface: microseconds unless they say otherwise.
fn read_resolution(body: &mut Cursor<'_>) -> Result<u64, CodecError> {
    const FIELD: &str = "pcapng option";
    while !body.is_at_end() {
        let error = body.error(ErrorKind::OutOfRange, "pcapng if_tsresol");
        let (code, length) = (body.u16(FIELD)?, usize::from(body.u16(FIELD)?));
        if code == 0 {
            break;
        }
        let value = body.octets(length, FIELD)?;
        body.octets(length.next_multiple_of(4) - length, FIELD)?;
        if let (IF_TSRESOL, [resolution]) = (code, value) {
            let base: u64 = if resolution & 0x80 == 0 { 10 } else { 2 };
            return base.checked_pow(u32::from(resolution & 0x7f)).ok_or(error);
        }
    }
    Ok(1_000_000)
}

/// Nanoseconds of `stamp`; `None` beyond the year 2554.
fn nanos(stamp: u64, units_per_second: u64) -> Option<u64> {
    let nanos = u128::from(stamp) * 1_000_000_000 / u128::from(units_per_second.max(1));
    u64::try_from(nanos).ok()
}

#[cfg(test)]
mod tests {
    use super::super::Capture;
    use super::*;

    fn block(kind: u32, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 12).unwrap().to_le_bytes();
        [&kind.to_le_bytes()[..], &length, body, &length].concat()
    }

    fn section() -> Vec<u8> {
        block(SECTION_HEADER, &[&BYTE_ORDER.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat())
    }

    fn interface(options: &[u8]) -> Vec<u8> {
        block(INTERFACE_DESCRIPTION, &[&[1, 0, 0, 0, 0, 0, 0, 0][..], options].concat())
    }

    fn packet(stamp: u32, octets: &[u8; 16]) -> Vec<u8> {
        let fields = [0, 0, stamp, 16, 16].map(u32::to_le_bytes).concat();
        block(ENHANCED_PACKET, &[&fields[..], octets].concat())
    }

    #[test]
    fn a_packet_is_read_with_the_resolution_of_its_interface() {
        let nanos = [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0];
        for (options, expected) in [(&[][..], 7000), (&nanos, 7)] {
            let file = [section(), interface(options), packet(7, &[0xab; 16])].concat();
            let frame = Capture::parse(&file).unwrap().next().unwrap().unwrap();
            assert_eq!((frame.unix_nanos, frame.octets), (Some(expected), &[0xab; 16][..]));
            assert_eq!(frame.link_type, LinkType::Ethernet);
        }
    }

    #[test]
    fn unknown_blocks_are_passed_over_and_a_new_section_forgets_interfaces() {
        let file = [section(), block(77, &[0; 8]), interface(&[]), section(), packet(0, &[0; 16])].concat();
        let mut capture = Capture::parse(&file).unwrap();
        assert_eq!(capture.next().unwrap().unwrap_err().field, "pcapng interface id");
        assert!(capture.next().is_none());
    }

    #[test]
    fn a_block_whose_lengths_disagree_is_refused() {
        let mut file = [section(), interface(&[])].concat();
        let last = file.len() - 4;
        file[last] ^= 4;
        let error = Capture::parse(&file).unwrap().next().unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Inconsistent);
    }

    #[test]
    fn every_file_that_is_cut_inside_a_block_ends_with_an_error() {
        let file = [section(), interface(&[]), packet(7, &[0xab; 16])].concat();
        let whole = [0, section().len(), section().len() + interface(&[]).len()];
        for cut in (5..file.len()).filter(|cut| !whole.contains(cut)) {
            let frames: Vec<_> = Capture::parse(&file[..cut]).unwrap().collect();
            assert!(matches!(frames[..], [Err(_)]), "cut to {cut}");
        }
    }
}
