//! What a run puts on the air, judged in another way.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::demo::shipped_trace;
use v2x_crypto::RustCrypto;

const CONFIG: Config = Config {
    vehicles: 12,
    seconds: 20,
    seed: 7,
    attack_share: 0.5,
    start: Time64::from_micros(700_000_000_000_000),
};

/// Everything on the air, in order.
#[derive(Default)]
struct Recorder(Vec<(Time64, Vec<u8>)>);

impl Watcher for Recorder {
    fn phase(&mut self, _: &'static str, _: u64) {}

    fn step(&mut self) {}

    fn packet(&mut self, at: Time64, octets: &[u8]) -> Result<(), String> {
        self.0.push((at, octets.to_vec()));
        Ok(())
    }
}

/// A verifier for the traffic of a run: the same seed founds the same PKI, since the portable provider signs without
/// randomness.
fn receiver(trace: &Trace) -> Verifier {
    let mut rng = ChaCha20Rng::seed_from_u64(CONFIG.seed);
    let cast = cast(&CONFIG, trace).unwrap();
    let world =
        World::found(&CONFIG, &cast, Arc::new(RustCrypto), None, &mut Recorder::default(), &mut rng).unwrap();
    verifier(world.trust, CONFIG.start, &mut rng)
}

fn verdict(outcome: Result<Received<'_>, Refusal>) -> Result<Time64, String> {
    let message = outcome.map_err(|refusal| refusal.to_string())?;
    message.header().generation_time.ok_or_else(|| "no generationTime".to_owned())
}

#[test]
fn a_batch_of_any_size_gives_the_verdicts_of_one_packet_at_a_time() {
    let trace = shipped_trace().unwrap();
    let mut air = Recorder::default();
    run(&CONFIG, &trace, "shipped", Arc::new(RustCrypto), None, &mut air).unwrap();
    let mut alone = receiver(&trace);
    let expected: Vec<_> =
        air.0.iter().map(|(at, packet)| verdict(alone.verify_packet(&Clock::exact(*at), packet))).collect();
    assert!(expected.iter().filter(|verdict| verdict.is_ok()).count() > 200);
    assert!(expected.iter().filter(|verdict| verdict.is_err()).count() > 100);
    for size in [1, 3, 64, usize::MAX] {
        let (mut together, mut found) = (receiver(&trace), Vec::new());
        for batch in air.0.chunks(size) {
            let packets = batch.iter().map(|(at, packet)| (Clock::exact(*at), &**packet));
            together.verify_packets(packets, |outcome| found.push(verdict(outcome)));
        }
        assert_eq!(found, expected, "batches of {size}");
    }
}
