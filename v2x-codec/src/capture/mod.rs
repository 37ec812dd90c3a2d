//! GeoNetworking packets in and out of capture files: octets to frames, without I/O.
//!
//! Reads classic pcap and pcapng, either byte order, with Ethernet (also behind IEEE 802.1Q tags), IEEE 802.11 and
//! radiotap link layers. Writes classic pcap with Ethernet. A capture is untrusted input: nothing is allocated for
//! reading, and a damaged record ends it with an error.
//!
//! ```
//! use v2x_codec::capture::{Capture, PcapWriter};
//! use v2x_codec::time::Time64;
//!
//! let mut writer = PcapWriter::new();
//! writer.push(Time64::from_micros(5_000_000), [2, 0, 0, 0, 0, 1], &[0x11, 0, 5, 1])?;
//! let file = writer.into_octets();
//! let frames = Capture::parse(&file)?.collect::<Result<Vec<_>, _>>()?;
//! assert_eq!(frames[0].geonetworking(), Some(&[0x11, 0, 5, 1][..]));
//! # Ok::<(), v2x_codec::CodecError>(())
//! ```

mod link;
mod pcap;
mod pcapng;

use crate::error::{CodecError, ErrorKind};

pub use link::LinkType;
pub use pcap::PcapWriter;

/// A captured frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame<'a> {
    /// When it was captured, in ns of Unix time; `None` where the file does not say.
    pub unix_nanos: Option<u64>,
    /// What its first octets are.
    pub link_type: LinkType,
    /// The frame, as far as it was captured.
    pub octets: &'a [u8],
}

/// The frames of a capture file, in its order. After an error there are none.
#[derive(Clone, Debug)]
pub struct Capture<'a> {
    format: Format<'a>,
}

#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each file; reading allocates nothing")]
enum Format<'a> {
    Pcap(pcap::Records<'a>),
    PcapNg(pcapng::Blocks<'a>),
    Ended,
}

impl<'a> Capture<'a> {
    /// Looks at the head of a capture file.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] when this is no capture file, [`ErrorKind::Truncated`] when its head is cut.
    pub fn parse(file: &'a [u8]) -> Result<Self, CodecError> {
        if let Some(blocks) = pcapng::Blocks::detect(file) {
            return Ok(Self { format: Format::PcapNg(blocks) });
        }
        pcap::Records::detect(file).map(|records| Self { format: Format::Pcap(records) })
    }

    /// Whether `file` starts like a capture file.
    #[must_use]
    pub fn is_capture(file: &'a [u8]) -> bool {
        Self::parse(file).is_ok()
    }
}

impl<'a> Iterator for Capture<'a> {
    type Item = Result<Frame<'a>, CodecError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match &mut self.format {
            Format::Pcap(records) => records.next(),
            Format::PcapNg(blocks) => blocks.next(),
            Format::Ended => None,
        };
        if !matches!(next, Some(Ok(_))) {
            self.format = Format::Ended;
        }
        next
    }
}

impl<'a> Frame<'a> {
    /// The GeoNetworking packet in the frame, with any padding behind it; `None` when there is none.
    #[must_use]
    pub fn geonetworking(&self) -> Option<&'a [u8]> {
        link::geonetworking(self.link_type, self.octets)
    }
}

/// Order of the octets in a capture's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Big,
    Little,
}

/// A bounded cursor over a capture file in one byte order.
#[derive(Clone, Debug)]
struct Cursor<'a> {
    file: &'a [u8],
    position: usize,
    order: Order,
}

impl<'a> Cursor<'a> {
    const fn is_at_end(&self) -> bool {
        self.position >= self.file.len()
    }

    fn octets(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], CodecError> {
        let end = self.position.checked_add(count);
        let found = end.and_then(|end| self.file.get(self.position..end));
        let found = found.ok_or(self.error(ErrorKind::Truncated, field))?;
        self.position += count;
        Ok(found)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], CodecError> {
        let error = self.error(ErrorKind::Truncated, field);
        self.octets(N, field)?.first_chunk::<N>().copied().ok_or(error)
    }

    fn u32(&mut self, field: &'static str) -> Result<u32, CodecError> {
        let octets = self.array(field)?;
        Ok(match self.order {
            Order::Big => u32::from_be_bytes(octets),
            Order::Little => u32::from_le_bytes(octets),
        })
    }

    fn u16(&mut self, field: &'static str) -> Result<u16, CodecError> {
        let octets = self.array(field)?;
        Ok(match self.order {
            Order::Big => u16::from_be_bytes(octets),
            Order::Little => u16::from_le_bytes(octets),
        })
    }

    const fn error(&self, kind: ErrorKind, field: &'static str) -> CodecError {
        CodecError::new(kind, field, self.position)
    }
}
