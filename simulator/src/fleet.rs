//! Many stations with a ticket each, and the packets that they send: load for verifiers, signed for real.

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use thiserror::Error;
use v2x_ca::CaError;
use v2x_ca::lab::{Lab, Plan};
use v2x_codec::CodecError;
use v2x_codec::time::Time64;
use v2x_crypto::{CryptoRng, Provider};
use v2x_security::permission::Psid;
use v2x_security::refusal::{Position, Refusal};
use v2x_security::sign::{Identity, SignRequest, SignedPayload, SignerChoice};
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_station::Kinematics;
use v2x_station::cam_trigger::CamDue;
use v2x_station::router::{Message, Router, position_vector, secured_packet};
use v2x_station::vehicle::{VehicleState, encode_cam};

use crate::pki::{self, Pki, PkiError, TicketWish, usual_profile};

/// Where the fleet drives: its stations stand in a grid with its corner here.
pub const CORNER: Position = Position { latitude: 523_000_000, longitude: 136_300_000 };

/// How old the PKI is when the fleet starts.
const PKI_AGE_MICROS: u64 = 86_400_000_000;
/// Stations in a row of the grid, and their distance: about 11 m.
const ROW: usize = 64;
const STEP: i32 = 1_000;

/// Stations with a ticket each, issued over TS 102 941 messages.
pub struct Fleet {
    lab: Arc<Lab>,
    provider: Arc<dyn Provider>,
    members: Vec<Member>,
}

struct Member {
    identity: Identity,
    station_id: u32,
    kinematics: Kinematics,
}

/// Why a fleet was not made, or a packet not sent.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FleetError {
    /// The PKI did not give what was asked for.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// The authorities could not be made.
    #[error(transparent)]
    Authority(#[from] CaError),
    /// A message could not be made.
    #[error(transparent)]
    Message(#[from] CodecError),
    /// A message could not be signed.
    #[error(transparent)]
    Sign(#[from] Refusal),
    /// A time or a number that cannot be.
    #[error("{0}")]
    Setting(&'static str),
}

impl Fleet {
    /// A fleet of `count` stations under a PKI of its own, whose tickets are valid at `start`. `progress` is told of each
    /// station. Keys come from `seed`, under a root that nobody else trusts.
    ///
    /// # Errors
    /// [`FleetError`] for a time beyond those of certificates, or what fails that must not.
    pub fn new(
        count: usize,
        start: Time64,
        provider: Arc<dyn Provider>,
        seed: u64,
        mut progress: impl FnMut(),
    ) -> Result<Self, FleetError> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let pki = found_pki(start, provider, &mut rng)?;
        Self::under(pki, count, start, &mut rng, &mut progress)
    }

    /// A fleet of `count` stations that get their tickets from `pki`.
    ///
    /// # Errors
    /// [`FleetError`] for what fails that must not.
    pub fn under(
        mut pki: Pki,
        count: usize,
        start: Time64,
        rng: &mut dyn CryptoRng,
        mut progress: impl FnMut(),
    ) -> Result<Self, FleetError> {
        let mut members = Vec::with_capacity(count);
        for place in 0..count {
            members.push(Member::enrol(&mut pki, place, start, rng)?);
            progress();
        }
        let (lab, provider) = pki.into_parts();
        Ok(Self { lab, provider, members })
    }

    /// How many stations it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The ticket of one station, with its key.
    #[must_use]
    pub fn identity(&self, member: usize) -> Option<&Identity> {
        self.members.get(member).map(|member| &member.identity)
    }

    /// A trust store that holds its root and authorities.
    ///
    /// # Errors
    /// [`PkiError::Trust`], which a whole PKI does not meet.
    pub fn trust_store(&self) -> Result<TrustStore, PkiError> {
        pki::trust_store(&self.lab, &self.provider)
    }

    /// The CAM of one station at `now`, as a packet on the air. Every microsecond gives another one.
    ///
    /// # Errors
    /// [`FleetError::Setting`] for a station that is not there.
    pub fn cam(&self, member: usize, now: Time64, signer: SignerChoice) -> Result<Vec<u8>, FleetError> {
        let member = self.members.get(member).ok_or(FleetError::Setting("no such station"))?;
        let pdu = member.network_pdu(now)?;
        let mut request = SignRequest::new(Psid::CAM, now, SignedPayload::Data(&pdu));
        request.signer = signer;
        let signed = member.identity.sign(TrustProfile::EtsiTs103097, &request)?;
        Ok(secured_packet(&signed, 1))
    }
}

/// The PKI of a fleet that starts at `start`: a day old then, its keys from `rng`.
///
/// # Errors
/// [`FleetError::Setting`] for a time beyond those of certificates; what fails that must not.
pub fn found_pki(
    start: Time64,
    provider: Arc<dyn Provider>,
    rng: &mut dyn CryptoRng,
) -> Result<Pki, FleetError> {
    let founded = start.saturating_sub_micros(PKI_AGE_MICROS).time32();
    let founded = founded.ok_or(FleetError::Setting("the start is beyond the times of certificates"))?;
    let lab = Lab::new(&Plan::new("wayseal fleet", founded), &*provider, rng)?;
    Ok(Pki::new(lab, provider)?)
}

impl Member {
    fn enrol(pki: &mut Pki, place: usize, now: Time64, rng: &mut dyn CryptoRng) -> Result<Self, FleetError> {
        let credential = pki.newcomer(usual_profile(None), now, rng)?;
        let ticket = pki.ticket(&credential, &TicketWish::ordinary(), now, rng)?;
        let step = |count: usize| i32::try_from(count).unwrap_or(0).saturating_mul(STEP);
        let kinematics = Kinematics {
            latitude: CORNER.latitude + step(place / ROW),
            longitude: CORNER.longitude + step(place % ROW),
            heading: 900,
            speed: 1_389,
        };
        Ok(Self { identity: pki.identity(ticket)?, station_id: rng.next_u32(), kinematics })
    }

    fn network_pdu(&self, now: Time64) -> Result<Vec<u8>, FleetError> {
        let state = VehicleState {
            kinematics: self.kinematics,
            station_type: 5,
            length: 45,
            width: 18,
            emergency: false,
        };
        let due = CamDue { low_frequency: true, special_vehicle: false };
        let octets = encode_cam(&state, self.station_id, now, due)?;
        let message = Message::cam(&octets);
        let [a, b, c, d] = self.station_id.to_be_bytes();
        let source = position_vector([2, 0, a, b, c, d], now, &self.kinematics);
        Ok(Router::new().network_pdu(&message, source, true)?)
    }
}

/// The same packet with another signature: well formed, and wrong.
#[must_use]
pub fn forged(mut packet: Vec<u8>) -> Vec<u8> {
    // The signature's s ends the packet; its low octet may have any value.
    if let Some(last) = packet.last_mut() {
        *last ^= 1;
    }
    packet
}

/// The same packet with an attached certificate that no authority signed: well formed, and wrong. Each number makes it
/// another unknown station's.
#[must_use]
pub fn misissued(mut packet: Vec<u8>, number: u64) -> Vec<u8> {
    /// What follows the certificate: the choices of `Signature` and `rSig`, r and s.
    const SIGNATURE: usize = 2 + 32 + 32;
    // The certificate ends with its signature's s, of which low octets may have any value.
    let end = packet.len().saturating_sub(SIGNATURE);
    if let Some(low) = end.checked_sub(8).and_then(|start| packet.get_mut(start..end)) {
        low.iter_mut().zip(number.to_be_bytes()).for_each(|(octet, other)| *octet ^= other);
    }
    packet
}
