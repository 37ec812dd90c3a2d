//! What an unverified packet says of itself, at a glance: for whoever has to choose which packets to verify first.
//!
//! Anybody can write any of it. It decides in which queue a packet waits, never whether it is believed.

use v2x_codec::ieee1609dot2::canonical::CanonicalCertificate;
use v2x_codec::time::Time64;
use v2x_codec::view::{CertificateView, Content, NetworkPdu, Packet, Signed, Signer};

use crate::id::HashedId8;
use crate::point;
use crate::refusal::Position;

/// What a packet says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'p> {
    signed: Signed<'p>,
    signer: HashedId8,
}

impl<'p> Glance<'p> {
    /// Looks at a secured packet; `None` when it is none, or names no signer: it will be refused at no great cost.
    #[must_use]
    pub fn at(packet: &'p [u8]) -> Option<Self> {
        let Content::Signed(signed) = Packet::parse(packet).ok()?.secured()?.content else { return None };
        let signer = match &signed.signer {
            Signer::Digest(id) => HashedId8(id.0),
            Signer::Certificate(list) => named(&list.first()?)?,
            Signer::SelfSigned => return None,
        };
        Some(Self { signed, signer })
    }

    /// The certificate that is said to have signed.
    #[must_use]
    pub const fn signer(&self) -> HashedId8 {
        self.signer
    }

    /// When the message is said to have been made.
    #[must_use]
    pub const fn generation_time(&self) -> Option<Time64> {
        self.signed.header_info.generation_time
    }

    /// Where its GeoNetworking source says it is.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        let pdu = NetworkPdu::parse(self.signed.payload.unsecured()?).ok()?;
        let source = pdu.header.extended.source();
        Some(Position { latitude: source.latitude, longitude: source.longitude })
    }
}

fn named(certificate: &CertificateView<'_>) -> Option<HashedId8> {
    let canonical = CanonicalCertificate::from_received(certificate.octets).ok()?;
    Some(HashedId8::of_hash(point::certificate_hash(certificate).digest(canonical.octets()).as_bytes()))
}
