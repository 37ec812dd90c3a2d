//! Corpora to start from, made at random from a fixed seed: the same ones each time.
//!
//! Each comes from what the target's parser must accept: the tables of canonical OER, the encoders, or the decoder
//! itself (`uper`); the cores start from what stations and authorities would send. Where `../shared/vectors` is at hand, real messages join them.

mod coer;
mod files;
mod link;
mod network;
mod text;
mod uper;
mod vectors;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use v2x_codec::coer::schema;
use v2x_codec::{cam, denm, vam};

use crate::exchange::exchanges;

pub use vectors::vectors;

/// Seeds of one kind.
const COUNT: usize = 48;

/// The seeds of a target; none for a name that is no target's.
#[must_use]
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let random = &mut Random::new();
    match target {
        "packet" => network::packets(random, COUNT),
        "data" => coer::values(&schema::IEEE1609_DOT2_DATA, random, COUNT),
        "certificate" => coer::values(&schema::CERTIFICATE, random, COUNT),
        "ts102941" => coer::pki(random, COUNT),
        "cam_r1" => uper::messages::<cam::r1::CAM>(random, COUNT),
        "cam_r2" => uper::messages::<cam::r2::CAM>(random, COUNT),
        "denm_r1" => uper::messages::<denm::r1::DENM>(random, COUNT),
        "denm_r2" => uper::messages::<denm::r2::DENM>(random, COUNT),
        "vam" => uper::messages::<vam::VAM>(random, COUNT),
        "services" => uper::services(random, COUNT),
        "inspect" => coer::values(&schema::CTL_FORMAT, random, COUNT),
        "capture" => files::captures(random, COUNT),
        "time" => text::times(random, COUNT),
        "trusted_certificate" => files::certificates(random, COUNT),
        "key_file" => files::keys(random),
        "trace" => text::traces(random, COUNT),
        "traci" => network::steps(random, COUNT),
        "scenario" => text::scenarios(random, COUNT),
        "mavlink" => link::frames(random, COUNT),
        "link_wire" => link::messages(random, COUNT),
        "sealed" => exchanges().sealed.clone(),
        "ea_request" => [&exchanges().enrolments[..], &exchanges().validations].concat(),
        "aa_request" => exchanges().authorizations.clone(),
        "verifier" => [&exchanges().packets[..], &exchanges().messages].concat(),
        "p256_batch" => files::batches(random, COUNT, 32),
        "curve_batch" => files::batches(random, COUNT, 48),
        _ => Vec::new(),
    }
}

/// Randomness with a fixed seed.
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    fn new() -> Self {
        Self(ChaCha8Rng::seed_from_u64(0x5eed))
    }

    /// A number below `bound`; 0 when `bound` is 0.
    fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64().checked_rem(bound).unwrap_or(0)
    }

    fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).unwrap_or(0)
    }

    /// One time in `n`.
    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn octets(&mut self, count: usize) -> Vec<u8> {
        let mut octets = vec![0; count];
        self.0.fill_bytes(&mut octets);
        octets
    }
}
