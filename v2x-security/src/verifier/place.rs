//! Where a message was made, against the region of its signer.

use v2x_codec::view::{self, NetworkPdu};

use crate::chain::Chain;
use crate::id::HashedId8;
use crate::observer::Observer;
use crate::refusal::{Position, Refusal};
use crate::region::{RegionRefusal, TwoDLocation};
use crate::rule::Rule;

pub(super) fn location(header: &view::HeaderInfo<'_>) -> Option<Position> {
    let location = header.generation_location?;
    Some(Position { latitude: location.latitude, longitude: location.longitude })
}

/// A signer bound to a region must have been inside it; one that is not may be anywhere.
pub(super) fn check_region(
    chain: &Chain,
    position: Option<Position>,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    let Some(region) = chain.region() else { return Ok(()) };
    let certificate = chain.certificate().hashed_id8();
    let inside = |position: Position| {
        let judged = TwoDLocation::new(position.latitude, position.longitude)
            .and_then(|location| region.contains(location));
        judged.map_err(|reason| out_of_region(certificate, position, reason))
    };
    let result = position.ok_or(Refusal::NoPosition(certificate)).and_then(inside);
    let text = || match position {
        Some(position) => format!("{position} in {region}"),
        None => format!("no position for {region}"),
    };
    observer.note(Rule::GenerationRegion, text, result)
}

fn out_of_region(certificate: HashedId8, position: Position, reason: RegionRefusal) -> Refusal {
    match reason {
        RegionRefusal::Outside => Refusal::OutsideRegion { certificate, position },
        RegionRefusal::PositionUnknown => Refusal::NoPosition(certificate),
        reason @ (RegionRefusal::PositionOutOfRange { .. }
        | RegionRefusal::Malformed(_)
        | RegionRefusal::TooMany { .. }
        | RegionRefusal::Unsupported(_)
        | RegionRefusal::UnknownCountry(_)
        | RegionRefusal::NotInside) => Refusal::UnsupportedRegion { certificate, reason },
    }
}

/// Where the GeoNetworking source says it is: signed, since the network headers are inside the payload.
pub(super) fn source_position(pdu: &NetworkPdu<'_>) -> Position {
    let source = pdu.header.extended.source();
    Position { latitude: source.latitude, longitude: source.longitude }
}
