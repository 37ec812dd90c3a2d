//! A GeoNetworking packet, down to what a facility reads.

use super::data::Data;
use crate::btp::BtpHeader;
use crate::coer::Reader;
use crate::error::{CodecError, ErrorKind};
use crate::geonet::{BasicHeader, BasicNextHeader, NetworkHeader};

/// A packet as it was received, with its frame's padding cut off.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Packet<'a> {
    /// The packet without what followed it.
    pub octets: &'a [u8],
    /// The basic header. No signature covers it.
    pub basic: BasicHeader,
    /// What the basic header announced.
    pub content: PacketContent<'a>,
    /// What followed the packet in its frame: nothing of it was looked at.
    pub padding: &'a [u8],
}

/// What follows the basic header.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "views live on the stack; boxing would allocate for every packet"
)]
pub enum PacketContent<'a> {
    /// Network headers and payload, unsigned.
    Unsecured(NetworkPdu<'a>),
    /// Signed or encrypted data, in which network headers and payload are.
    Secured(Data<'a>),
}

/// Common header, extended header and payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NetworkPdu<'a> {
    /// Both headers.
    pub header: NetworkHeader,
    /// As many octets as the common header said.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet from a frame. Where it ends is known from inside it; what follows is padding.
    ///
    /// # Errors
    /// Those of the headers and of [`Data::read`]; [`ErrorKind::Unsupported`] when the basic header announces
    /// nothing in particular.
    #[inline]
    pub fn parse(frame: &'a [u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(frame);
        let basic = BasicHeader::read(&mut reader)?;
        let content = match basic.next_header {
            BasicNextHeader::Common => PacketContent::Unsecured(NetworkPdu::read(&mut reader)?),
            BasicNextHeader::Secured => PacketContent::Secured(Data::read(&mut reader)?),
            BasicNextHeader::Any => return Err(CodecError::new(ErrorKind::Unsupported, "BasicHeader.NH", 0)),
        };
        let octets = reader.since(0);
        let padding = frame.get(octets.len()..).unwrap_or_default();
        Ok(Self { octets, basic, content, padding })
    }

    /// The secured data, when the packet is secured.
    #[must_use]
    pub const fn secured(&self) -> Option<&Data<'a>> {
        match &self.content {
            PacketContent::Secured(data) => Some(data),
            PacketContent::Unsecured(_) => None,
        }
    }

    /// The network PDU and the padding behind it, when the packet is not secured.
    #[must_use]
    pub const fn into_unsecured(self) -> Option<(NetworkPdu<'a>, &'a [u8])> {
        match self.content {
            PacketContent::Unsecured(pdu) => Some((pdu, self.padding)),
            PacketContent::Secured(_) => None,
        }
    }
}

impl<'a> NetworkPdu<'a> {
    /// Reads headers and payload, which must fill `octets`: what the payload of signed data is.
    ///
    /// # Errors
    /// Those of [`NetworkHeader::read`], [`ErrorKind::LengthExceedsInput`] when the payload ends early, and
    /// [`ErrorKind::TrailingOctets`].
    #[inline]
    pub fn parse(octets: &'a [u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(octets);
        let pdu = Self::read(&mut reader)?;
        reader.finish("GeoNetworking payload").map(|()| pdu)
    }

    /// Reads headers and payload from the octets `reader` is at, and leaves it behind them.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), without the last.
    #[inline]
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, CodecError> {
        let (header, length) = NetworkHeader::read(reader)?;
        let short = reader.error(ErrorKind::LengthExceedsInput, "CommonHeader.PL");
        let payload = reader.octets(length.into(), "payload").map_err(|_| short)?;
        Ok(Self { header, payload })
    }

    /// The BTP header and the facility message behind it; `None` when the payload is something else.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when the payload is shorter than a BTP header.
    #[inline]
    pub fn btp(&self) -> Result<Option<(BtpHeader, &'a [u8])>, CodecError> {
        let mut reader = Reader::new(self.payload);
        let header = BtpHeader::read(self.header.next_header, &mut reader)?;
        let message = self.payload.get(reader.position()..).unwrap_or_default();
        Ok(header.map(|header| (header, message)))
    }
}
