//! What is to be judged: a packet, signed data or a certificate, told apart by their first octets.

use v2x_codec::view::{Content, Data, Packet, Signed};

use crate::certificate_file::looks_like_certificate;

/// Octets that claim to be something that can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    /// A GeoNetworking packet, padding behind it allowed.
    Packet(&'a [u8]),
    /// An `Ieee1609Dot2Data` without a packet.
    Data(&'a [u8]),
    /// A certificate.
    Certificate(&'a [u8]),
}

impl<'a> Subject<'a> {
    /// What the first octets promise; `None` when they promise nothing that can be verified.
    ///
    /// A packet starts with its version, 0 or 1, and what follows its basic header: anything, a common header or a
    /// secured packet. Data starts with the version of IEEE 1609.2, 3.
    pub(crate) const fn of(octets: &'a [u8]) -> Option<Self> {
        match octets {
            certificate if looks_like_certificate(certificate) => Some(Self::Certificate(certificate)),
            data @ [3, 0x80..=0x84, ..] => Some(Self::Data(data)),
            packet @ [0x00..=0x02 | 0x10..=0x12, ..] => Some(Self::Packet(packet)),
            _ => None,
        }
    }

    /// What it claims to be.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Packet(_) => "packet",
            Self::Data(_) => "data",
            Self::Certificate(_) => "certificate",
        }
    }

    /// The signed data in it, when it decodes and is that.
    pub(crate) fn signed(&self) -> Option<Signed<'a>> {
        let data = match self {
            Self::Packet(octets) => *Packet::parse(octets).ok()?.secured()?,
            Self::Data(octets) => Data::parse(octets).ok()?,
            Self::Certificate(_) => return None,
        };
        match data.content {
            Content::Signed(signed) => Some(signed),
            Content::Unsecured(_) | Content::Encrypted(_) | Content::SignedCertificateRequest(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_octets_tell_what_it_is() {
        let name = |octets: &[u8]| Subject::of(octets).map(|subject| subject.name());
        assert_eq!(name(&[0x80, 3, 0, 0x80]), Some("certificate"));
        assert_eq!(name(&[0x00, 3, 1]), Some("certificate"));
        assert_eq!(name(&[3, 0x81, 0]), Some("data"));
        assert_eq!(name(&[0x12, 0, 5, 1]), Some("packet"));
        assert_eq!(name(b"text"), None);
        assert_eq!(name(&[]), None);
    }
}
