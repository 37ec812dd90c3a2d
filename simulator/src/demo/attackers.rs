//! The attackers of the demo: each kind builds its packet with real keys, certificates and signatures, as far as a
//! real attacker could get at them.

use std::sync::Arc;

use v2x_ca::lab::{Lab, Plan};
use v2x_ca::services::{self, DENM, permission};
use v2x_codec::geonet::{BasicHeader, BasicNextHeader, Lifetime};
use v2x_codec::ieee1609dot2::{
    GeographicRegion, IdentifiedRegion, SequenceOfIdentifiedRegion, UnCountryId, encode,
};
use v2x_codec::time::{Duration, Time64, ValidityPeriod};
use v2x_codec::view::{Packet, Signer as ViewSigner};
use v2x_crypto::CryptoRng;
use v2x_security::certificate::Certificate;
use v2x_security::id::HashedId8;
use v2x_security::permission::Psid;
use v2x_security::sign::{
    CertificateIssuer, Identity, SignRequest, SignedPayload, SignerChoice, sign_certificate,
};
use v2x_security::trust::TrustStore;
use v2x_station::cam_trigger::CamDue;
use v2x_station::router::{Message, Router, position_vector, secured_packet};
use v2x_station::vehicle::{VehicleState, encode_cam};

use super::attack::AttackKind;
use super::error::DemoError;
use crate::pki::{Held, Pki, TicketWish, ordinary_ticket, usual_profile};

/// How far back a stale message was made, and how far ahead one from the future: beyond every window.
const TIME_LIE_MICROS: u64 = 600_000_000;
/// An attacker's identifiers on the air: nobody checks them.
const STATION_ID: u32 = 666;
const LINK_ADDRESS: [u8; 6] = [0x02, 0, 0, 0, 0x06, 0x66];
const DAY_MICROS: u64 = 86_400_000_000;

/// The attackers' certificates and keys: an insider's, stolen ones, and home-made ones.
pub(crate) struct Attackers {
    insider: Identity,
    expired: Identity,
    early: Identity,
    without_cam: Identity,
    elsewhere: Identity,
    of_revoked_authority: Identity,
    self_made: Identity,
    forged: Identity,
    greedy: Identity,
    unknown: Identity,
    revoked_authority: Certificate,
}

/// What an attacker has before it: the vehicle that it rides with, and that vehicle's last packet.
pub(crate) struct Scene<'a> {
    /// Now.
    pub(crate) now: Time64,
    /// The vehicle's state.
    pub(crate) state: &'a VehicleState,
    /// The vehicle's packet, which the roadside unit has accepted.
    pub(crate) heard: &'a [u8],
}

impl Attackers {
    /// Gets everything that the attacks need. `now` is the start of the run; the PKI is at least 30 days old.
    pub(crate) fn new(pki: &mut Pki, now: Time64, rng: &mut dyn CryptoRng) -> Result<Self, DemoError> {
        let long_ago = now.saturating_sub_micros(20 * DAY_MICROS);
        let station = pki.newcomer(usual_profile(None), long_ago, rng)?;
        let mut get =
            |wish: TicketWish, at: Time64, rng: &mut dyn CryptoRng| ticket(pki, &station, &wish, at, rng);
        let expired = get(TicketWish::ordinary(), long_ago, rng)?;
        let insider = get(TicketWish::ordinary(), now, rng)?;
        let tomorrow = now.saturating_add_micros(DAY_MICROS);
        let early =
            get(TicketWish { validity: Some(a_day_from(tomorrow)?), ..TicketWish::ordinary() }, now, rng)?;
        let denm_only = TicketWish::new(vec![permission(DENM, &[1, 0, 0, 0])]);
        let without_cam = get(denm_only, now, rng)?;
        let abroad = pki.newcomer(usual_profile(Some(antipodes())), now, rng)?;
        let elsewhere = ticket(pki, &abroad, &TicketWish::ordinary(), now, rng)?;
        let (of_revoked_authority, revoked_authority) = of_revoked_authority(pki, now, rng)?;
        let provider = Arc::clone(pki.provider());
        let mut home =
            Pki::new(Lab::new(&Plan::new("self-made", start_of(now)?), &*provider, rng)?, provider)?;
        let at_home = home.newcomer(usual_profile(None), now, rng)?;
        Ok(Self {
            insider,
            expired,
            early,
            without_cam,
            elsewhere,
            of_revoked_authority,
            self_made: ticket(&mut home, &at_home, &TicketWish::ordinary(), now, rng)?,
            forged: forged(pki, &home, now, rng)?,
            greedy: greedy(pki, now, rng)?,
            unknown: ticket(&mut home, &at_home, &TicketWish::ordinary(), now, rng)?,
            revoked_authority,
        })
    }

    /// A valid ticket of their own.
    pub(crate) const fn insider(&self) -> &Identity {
        &self.insider
    }

    /// Tells a receiver of the second authority, and that it is revoked.
    pub(super) fn revoke_second_authority(&self, trust: &mut TrustStore) -> Result<(), DemoError> {
        trust.add(self.revoked_authority.clone())?;
        Ok(trust.revoke(self.revoked_authority.hashed_id8())?)
    }

    /// One packet of an attack.
    pub(crate) fn packet(&self, kind: AttackKind, scene: &Scene<'_>) -> Result<Vec<u8>, DemoError> {
        let (now, state) = (scene.now, scene.state);
        match kind {
            AttackKind::Replayed => Ok(scene.heard.to_vec()),
            AttackKind::TamperedContent => tampered(scene.heard),
            AttackKind::Unsecured => unsecured(state, now),
            AttackKind::ForgedSignature => {
                let own = cam(&self.insider, state, now, SignerChoice::Digest)?;
                Ok(renamed(own, self.insider.certificate().hashed_id8(), signer_of(scene.heard)?))
            }
            AttackKind::UnknownSigner => cam(&self.unknown, state, now, SignerChoice::Digest),
            AttackKind::Stale => whole(&self.insider, state, now.saturating_sub_micros(TIME_LIE_MICROS)),
            AttackKind::FromTheFuture => {
                whole(&self.insider, state, now.saturating_add_micros(TIME_LIE_MICROS))
            }
            AttackKind::WithoutPermission => {
                whole(&self.insider, &VehicleState { emergency: true, ..*state }, now)
            }
            AttackKind::ExpiredTicket => whole(&self.expired, state, now),
            AttackKind::EarlyTicket => whole(&self.early, state, now),
            AttackKind::WrongPsid => whole(&self.without_cam, state, now),
            AttackKind::OutsideRegion => whole(&self.elsewhere, state, now),
            AttackKind::RevokedIssuer => whole(&self.of_revoked_authority, state, now),
            AttackKind::SelfMadePki => whole(&self.self_made, state, now),
            AttackKind::ForgedTicket => whole(&self.forged, state, now),
            AttackKind::GreedyTicket => whole(&self.greedy, state, now),
        }
    }
}

fn ticket(
    pki: &mut Pki,
    station: &Held,
    wish: &TicketWish,
    at: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<Identity, DemoError> {
    let ticket = pki.ticket(station, wish, at, rng)?;
    Ok(pki.identity(ticket)?)
}

fn of_revoked_authority(
    pki: &Pki,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<(Identity, Certificate), DemoError> {
    let (start, year) = (start_of(now)?, Duration::Years(1));
    let second = pki.second_authority(ValidityPeriod { start, duration: year }, start, rng)?;
    let key = pki.new_signer(rng)?;
    Ok((second.ticket(key, a_day_from(now)?, start)?, second.certificate))
}

/// A ticket signed by the attacker's own AA and renamed, so that it points to the true one.
fn forged(pki: &Pki, home: &Pki, now: Time64, rng: &mut dyn CryptoRng) -> Result<Identity, DemoError> {
    let key = pki.new_signer(rng)?;
    let own = &home.lab().authorization_authority;
    let contents = encode(&ordinary_ticket(&*key, a_day_from(now)?).to_be_signed()?)?;
    let signer = home.provider().signer(&own.signing)?;
    let ticket = sign_certificate(&contents, CertificateIssuer::By(&own.certificate), &*signer)?;
    let named = pki.lab().authorization_authority.certificate.hashed_id8();
    let octets = renamed(ticket.octets().to_vec(), own.certificate.hashed_id8(), named);
    Ok(Identity::new(Certificate::parse(&octets)?, key)?)
}

/// A ticket that somebody inside the true AA signed, past its lints: it claims a right that the AA cannot give.
fn greedy(pki: &Pki, now: Time64, rng: &mut dyn CryptoRng) -> Result<Identity, DemoError> {
    let key = pki.new_signer(rng)?;
    let mut template = ordinary_ticket(&*key, a_day_from(now)?);
    template.app_permissions.push(permission(services::CTL, &services::TLM_CTL_SSP));
    let contents = encode(&template.to_be_signed()?)?;
    let authority = &pki.lab().authorization_authority;
    let signer = pki.provider().signer(&authority.signing)?;
    let ticket = sign_certificate(&contents, CertificateIssuer::By(&authority.certificate), &*signer)?;
    Ok(Identity::new(ticket, key)?)
}

fn start_of(time: Time64) -> Result<v2x_codec::time::Time32, DemoError> {
    time.time32().ok_or(DemoError::Setting("the start of the run is beyond the times of certificates"))
}

fn a_day_from(time: Time64) -> Result<ValidityPeriod, DemoError> {
    Ok(ValidityPeriod { start: start_of(time)?, duration: Duration::Hours(24) })
}

/// New Zealand, where no trace of ours was recorded.
fn antipodes() -> GeographicRegion {
    const NEW_ZEALAND: u16 = 554;
    let country = IdentifiedRegion::CountryOnly(UnCountryId(NEW_ZEALAND));
    GeographicRegion::IdentifiedRegion(SequenceOfIdentifiedRegion(vec![country]))
}

/// A CAM with the whole certificate.
fn whole(identity: &Identity, state: &VehicleState, made: Time64) -> Result<Vec<u8>, DemoError> {
    whole_cam(identity, state, made, STATION_ID)
}

/// The same of a station with this number.
pub(crate) fn whole_cam(
    identity: &Identity,
    state: &VehicleState,
    made: Time64,
    station_id: u32,
) -> Result<Vec<u8>, DemoError> {
    signed_cam(identity, (state, station_id), made, SignerChoice::Certificate)
}

fn cam(
    identity: &Identity,
    state: &VehicleState,
    made: Time64,
    signer: SignerChoice,
) -> Result<Vec<u8>, DemoError> {
    signed_cam(identity, (state, STATION_ID), made, signer)
}

fn signed_cam(
    identity: &Identity,
    sender: (&VehicleState, u32),
    made: Time64,
    signer: SignerChoice,
) -> Result<Vec<u8>, DemoError> {
    let pdu = network_pdu(sender, made)?;
    let mut request = SignRequest::new(Psid::CAM, made, SignedPayload::Data(&pdu));
    request.signer = signer;
    Ok(secured_packet(&identity.sign_unchecked(&request)?, 1))
}

fn network_pdu((state, station_id): (&VehicleState, u32), made: Time64) -> Result<Vec<u8>, DemoError> {
    let octets = encode_cam(state, station_id, made, CamDue { low_frequency: false, special_vehicle: true })?;
    let message = Message::cam(&octets);
    let source = position_vector(LINK_ADDRESS, made, &state.kinematics);
    Ok(Router::new().network_pdu(&message, source, true)?)
}

fn unsecured(state: &VehicleState, now: Time64) -> Result<Vec<u8>, DemoError> {
    let mut packet = Vec::new();
    let (next_header, lifetime) = (BasicNextHeader::Common, Lifetime::from_millis(1_000));
    BasicHeader { next_header, lifetime, remaining_hop_limit: 1 }.encode(&mut packet);
    packet.extend(network_pdu((state, STATION_ID), now)?);
    Ok(packet)
}

/// The packet with one bit of its signed latitude turned over.
fn tampered(packet: &[u8]) -> Result<Vec<u8>, DemoError> {
    /// Where the lowest octet of the latitude is behind the start of the network PDU: common header 8, address 8,
    /// timestamp 4, latitude 4.
    const LATITUDE: usize = 23;
    let payload = signed(packet)?.payload.data.and_then(|data| data.unsecured());
    let start = payload.and_then(|payload| find(packet, payload)).ok_or(NO_CAM)?;
    let mut packet = packet.to_vec();
    packet.get_mut(start + LATITUDE).map(|octet| *octet ^= 1).ok_or(NO_CAM)?;
    Ok(packet)
}

/// The name of the certificate that signed an honest packet.
fn signer_of(packet: &[u8]) -> Result<HashedId8, DemoError> {
    match signed(packet)?.signer {
        ViewSigner::Digest(id) => Ok(id),
        ViewSigner::Certificate(list) => {
            let certificate = list.first().ok_or(NO_CAM)?;
            Ok(Certificate::parse(certificate.octets)?.hashed_id8())
        }
        ViewSigner::SelfSigned => Err(NO_CAM),
    }
}

const NO_CAM: DemoError = DemoError::Setting("an attacker heard a packet that is no signed CAM");

fn signed(packet: &[u8]) -> Result<v2x_codec::view::Signed<'_>, DemoError> {
    let packet = Packet::parse(packet)?;
    packet.secured().and_then(|data| data.content.signed().copied()).ok_or(NO_CAM)
}

/// `octets` with the first occurrence of one name replaced by another.
fn renamed(mut octets: Vec<u8>, from: HashedId8, to: HashedId8) -> Vec<u8> {
    if let Some(start) = find(&octets, from.as_bytes()) {
        let place = octets.iter_mut().skip(start);
        place.zip(to.as_bytes()).for_each(|(octet, new)| *octet = *new);
    }
    octets
}

fn find(within: &[u8], sought: &[u8]) -> Option<usize> {
    within.windows(sought.len()).position(|window| window == sought)
}
