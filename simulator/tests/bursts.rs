//! Many stations at once that nobody has heard before.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use simulator::fleet::{Fleet, forged, misissued};
use v2x_codec::time::Time64;
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::clock::Clock;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::SignerChoice;
use v2x_security::verifier::Verifier;

const START: Time64 = Time64::from_micros(700_000_000_000_000);
const STATIONS: usize = 5;

/// Packets, and the verdict that each must have.
fn burst(fleet: &Fleet) -> Vec<(Time64, Vec<u8>, &'static str)> {
    let at = |micros| START.saturating_add_micros(micros);
    let mut packets = vec![(at(0), fleet.cam(0, at(0), SignerChoice::Digest).unwrap(), "unknown-signer")];
    let mut add = |micros, packet: Vec<u8>, verdict| packets.push((at(micros), packet, verdict));
    for member in 0..STATIONS {
        let micros = 100 * (member as u64 + 1);
        let cam = |later, signer| fleet.cam(member, at(micros + later), signer).unwrap();
        let first = cam(0, SignerChoice::Certificate);
        // Twice the same certificate that nobody signed, another one, and the right one around a bad message.
        for number in [1, 1, 2] {
            add(micros, misissued(first.clone(), number), "bad-certificate-signature");
        }
        add(micros, forged(first.clone()), "bad-message-signature");
        add(micros + 1, cam(1, SignerChoice::Digest), "verified");
        add(micros + 2, first.clone(), "verified");
        add(micros + 3, first, "replayed");
        add(micros + 4, cam(4, SignerChoice::Certificate), "verified");
    }
    packets
}

#[test]
fn a_burst_of_new_stations_is_verified_and_forged_certificates_harm_no_other() {
    let fleet = Fleet::new(STATIONS, START, Arc::new(AwsLc), 1, || ()).unwrap();
    let packets = burst(&fleet);
    // Cut so that no certificate is parted from what needs it.
    for size in [packets.len(), 9] {
        let replay = ReplayFilter::new(ReplayConfig::new([1, 2]), START);
        let mut verifier = Verifier::new(fleet.trust_store().unwrap(), Policy::STANDARD, replay);
        for batch in packets.chunks(size) {
            let mut expected = batch.iter().map(|(_, _, verdict)| *verdict);
            let heard = batch.iter().map(|(now, packet, _)| (Clock::exact(*now), packet.as_slice()));
            verifier.verify_packets(heard, |outcome| {
                let found = outcome.as_ref().map_or_else(|refusal| refusal.code(), |_| "verified");
                assert_eq!(Some(found), expected.next(), "batches of {size}");
            });
            assert_eq!(expected.next(), None, "every packet has a verdict");
        }
    }
}
