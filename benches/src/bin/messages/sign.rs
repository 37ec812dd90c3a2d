//! Signing an encoded CAM beside the library's bare signature, and encoding one.

use std::hint::black_box;

use anyhow::{Context as _, Result};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use benches::rounds::{self, Contender, timed};
use benches::world::World;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use v2x_crypto::{Curve, PrivateKey};
use v2x_security::permission::Psid;
use v2x_security::sign::{SignRequest, SignedPayload, SignerChoice};
use v2x_security::trust::TrustProfile;
use v2x_station::Kinematics;
use v2x_station::cam_trigger::CamDue;
use v2x_station::router::{Message, Router, position_vector};
use v2x_station::vehicle::{VehicleState, encode_cam};

use crate::report::Table;

/// Signatures of one turn.
const TURN: usize = 512;

const REFERENCE: &str = "aws-lc-rs, bare signature";

const HERE: Kinematics =
    Kinematics { latitude: 523_000_000, longitude: 136_300_000, heading: 900, speed: 1_390 };

const CAR: VehicleState =
    VehicleState { kinematics: HERE, station_type: 5, length: 42, width: 18, emergency: false };

const DUE: CamDue = CamDue { low_frequency: true, special_vehicle: false };

pub(crate) fn measure(world: &World, rounds: usize) -> Result<Table> {
    let (encoded, pdu) = (encode(world)?, pdu(world)?);
    let mut contenders = vec![
        bare()?,
        signing("signing an encoded CAM, digest", world, &pdu, SignerChoice::Digest)?,
        signing("signing an encoded CAM, certificate", world, &pdu, SignerChoice::Certificate)?,
        encoding(world),
    ];
    let figures = rounds::run(&mut contenders, rounds)?;
    let title = format!("Signing CAMs of {} octets", encoded.len());
    Ok(Table { title, figures, against: vec![REFERENCE] })
}

/// A signature of 64 octets, which is what a message's two hashes are.
fn bare() -> Result<Contender<'static>> {
    let key = PrivateKey::generate(Curve::NistP256, &mut ChaCha20Rng::seed_from_u64(2))?;
    let public = key.public_key().as_sec1();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, key.expose_scalar(), public);
    let pair = pair.ok().context("aws-lc-rs refuses a key")?;
    let message = [7; 64];
    Ok(contender(REFERENCE, move || pair.sign(&SystemRandom::new(), black_box(&message)).is_ok()))
}

fn signing<'w>(name: &str, world: &'w World, pdu: &'w [u8], signer: SignerChoice) -> Result<Contender<'w>> {
    let identity = world.fleet.identity(0).context("a station with a ticket")?;
    Ok(contender(name, move || {
        let mut request = SignRequest::new(Psid::CAM, world.start, SignedPayload::Data(black_box(pdu)));
        request.signer = signer;
        identity.sign(TrustProfile::EtsiTs103097, &request).is_ok()
    }))
}

fn encoding(world: &World) -> Contender<'_> {
    contender("encoding the CAM, which is not in it", move || encode(black_box(world)).is_ok())
}

fn contender<'w>(name: &str, mut once: impl FnMut() -> bool + 'w) -> Contender<'w> {
    let turn = move |_| {
        let mut done = 0;
        let time = timed(TURN, || (0..TURN).for_each(|_| done += usize::from(once())));
        anyhow::ensure!(done == TURN, "something was not signed");
        Ok(time)
    };
    Contender { name: name.to_owned(), set: 0, turn: Box::new(turn) }
}

fn encode(world: &World) -> Result<Vec<u8>> {
    Ok(encode_cam(&CAR, 1, world.start, DUE)?)
}

/// The CAM with its network and transport headers: what is signed.
fn pdu(world: &World) -> Result<Vec<u8>> {
    let message = encode(world)?;
    let source = position_vector([2, 0, 0, 0, 0, 1], world.start, &HERE);
    Ok(Router::new().network_pdu(&Message::cam(&message), source, true)?)
}
