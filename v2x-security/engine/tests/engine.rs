//! The engine on real packets: what it verifies, in which order, and what it leaves out.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use simulator::fleet::{Fleet, forged};
use v2x_codec::time::Time64;
use v2x_crypto::Provider;
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_key_tables::{Config as TableConfig, KeyTables};
use v2x_engine::{Config, Engine, Heard, Shed, Submitted};
use v2x_security::clock::Clock;
use v2x_security::id::HashedId8;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::SignerChoice;
use v2x_security::verifier::Verifier;

const START: Time64 = Time64::from_micros(700_000_000_000_000);

fn at(micros: u64) -> Time64 {
    START.saturating_add_micros(micros)
}

fn fleet(count: usize) -> Fleet {
    let tables = KeyTables::new(Arc::new(AwsLc), TableConfig::detect());
    let provider: Arc<dyn Provider> = Arc::new(tables);
    Fleet::new(count, START, provider, 1, || ()).unwrap()
}

fn verifier(fleet: &Fleet) -> Verifier {
    let replay = ReplayFilter::new(ReplayConfig::new([1, 2]), START);
    Verifier::new(fleet.trust_store().unwrap(), Policy::STANDARD, replay)
}

/// Who was heard, and when its message was made; or why it was refused.
type Verdict = Result<(HashedId8, Time64), &'static str>;

fn verdict(heard: &Heard<'_>) -> Verdict {
    let message = heard.outcome.as_ref().map_err(|refusal| refusal.code())?;
    Ok((message.signer().certificate().hashed_id8(), message.header().generation_time.unwrap()))
}

fn engine(config: Config, fleet: &Fleet) -> (Engine, Arc<Mutex<Vec<Verdict>>>) {
    let verdicts = Arc::new(Mutex::new(Vec::new()));
    let engine = Engine::start(config, |_| {
        let verdicts = Arc::clone(&verdicts);
        (verifier(fleet), move |heard: Heard<'_>| verdicts.lock().unwrap().push(verdict(&heard)))
    });
    (engine.unwrap(), verdicts)
}

fn workers(workers: usize) -> Config {
    Config { workers, ..Config::detect() }
}

/// Rounds of CAMs, one a station each 100 ms; the first with the certificate.
fn rounds(fleet: &Fleet, count: u64) -> impl Iterator<Item = (Time64, Vec<u8>)> {
    (0..count).flat_map(move |round| {
        (0..fleet.len()).map(move |member| {
            let now = at(round * 100_000 + member as u64);
            let signer = if round == 0 { SignerChoice::Certificate } else { SignerChoice::Digest };
            (now, fleet.cam(member, now, signer).unwrap())
        })
    })
}

#[test]
fn every_honest_message_is_verified_and_each_signers_keep_their_order() {
    let fleet = fleet(20);
    let (engine, verdicts) = engine(workers(3), &fleet);
    for (now, packet) in rounds(&fleet, 12) {
        assert_eq!(engine.submit(Clock::exact(now), &packet), Submitted::Waiting);
    }
    let metrics = engine.finish();
    assert_eq!((metrics.verified, metrics.refused_in_all(), metrics.shed_in_all()), (240, 0, 0));
    assert_eq!(metrics.age_micros.count(), 240);
    let mut last: HashMap<HashedId8, Time64> = HashMap::new();
    for heard in verdicts.lock().unwrap().iter() {
        let (signer, made) = heard.unwrap();
        assert!(last.insert(signer, made).is_none_or(|before| before < made), "out of order");
    }
    assert_eq!(last.len(), 20);
}

#[test]
fn forged_and_replayed_messages_are_refused_for_what_they_are() {
    let fleet = fleet(4);
    let (engine, _) = engine(workers(2), &fleet);
    for (now, packet) in rounds(&fleet, 3) {
        for packet in [&forged(packet.clone()), &packet, &packet] {
            assert_eq!(engine.submit(Clock::exact(now), packet), Submitted::Waiting);
        }
    }
    assert_eq!(engine.submit(Clock::exact(START), b"noise"), Submitted::Waiting);
    let metrics = engine.finish();
    let refused: HashMap<_, _> =
        metrics.refused.iter().map(|(code, count)| (code.as_str(), *count)).collect();
    assert_eq!(metrics.verified, 12);
    assert_eq!(
        refused,
        HashMap::from([("bad-message-signature", 12), ("replayed", 12), ("malformed-packet", 1)])
    );
}

/// A sink that holds its worker up until it is let go.
fn held_up(fleet: &Fleet, config: Config) -> (Engine, mpsc::Sender<()>, mpsc::Receiver<Verdict>) {
    let (go, wait) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let mut once = Some((verifier(fleet), move |heard: Heard<'_>| {
        tell.send(verdict(&heard)).unwrap();
        // Once nobody holds the other end any more, nothing is held up.
        let _ = wait.recv();
    }));
    (Engine::start(config, |_| once.take().unwrap()).unwrap(), go, told)
}

#[test]
fn what_does_not_fit_is_left_out_and_counted_and_known_signers_go_first() {
    let fleet = fleet(3);
    let config = Config { unknown_waiting: 4, known_waiting: 8, ..workers(1) };
    let (engine, go, told) = held_up(&fleet, config);
    let cam = |member, micros, signer| fleet.cam(member, at(micros), signer).unwrap();
    let submit = |micros, packet: &[u8]| engine.submit(Clock::exact(at(micros)), packet);
    // Station 0 verifies, and is known from then on; the worker is held up behind it.
    assert_eq!(submit(1, &cam(0, 1, SignerChoice::Certificate)), Submitted::Waiting);
    told.recv_timeout(Duration::from_secs(60)).unwrap().unwrap();
    // Those of unknown stations fill their queue…
    for micros in 2..6 {
        assert_eq!(submit(micros, &cam(1, micros, SignerChoice::Certificate)), Submitted::Waiting);
    }
    assert_eq!(submit(6, &cam(1, 6, SignerChoice::Certificate)), Submitted::Shed(Shed::UnknownFull));
    // …and take no place from known ones. When their queue is half full, old messages are left out.
    for micros in 10..15 {
        assert_eq!(submit(micros, &cam(0, micros, SignerChoice::Digest)), Submitted::Waiting);
    }
    let old = cam(0, 15, SignerChoice::Digest);
    assert_eq!(submit(900_000, &old), Submitted::Shed(Shed::Old));
    assert_eq!(submit(16, &[0; 3_000]), Submitted::Shed(Shed::TooLong));
    drop(go);
    let metrics = engine.finish();
    assert_eq!((metrics.verified, metrics.shed_in_all()), (1 + 4 + 5, 3));
    let order: Vec<Time64> = told.iter().map(|verdict| verdict.unwrap().1).collect();
    assert_eq!(order[..5], [10, 11, 12, 13, 14].map(at), "known ones first");
}

#[test]
fn a_station_in_whose_name_others_flood_loses_its_precedence_and_no_other_does() {
    let fleet = fleet(2);
    let config = Config { signer_budget: 5, unknown_waiting: 8, ..workers(1) };
    let (engine, go, told) = held_up(&fleet, config);
    let submit = |micros, packet: &[u8]| engine.submit(Clock::exact(at(micros)), packet);
    for member in 0..2 {
        go.send(()).unwrap();
        let packet = fleet.cam(member, at(member as u64), SignerChoice::Certificate).unwrap();
        assert_eq!(submit(member as u64, &packet), Submitted::Waiting);
        told.recv_timeout(Duration::from_secs(60)).unwrap().unwrap();
    }
    let packet = fleet.cam(0, at(50), SignerChoice::Digest).unwrap();
    assert_eq!(submit(50, &packet), Submitted::Waiting);
    told.recv_timeout(Duration::from_secs(60)).unwrap().unwrap();
    // The worker is held up. Forgeries in the name of station 0 use up its budget, then the queue for unknown ones.
    let flood: Vec<Submitted> = (100..140)
        .map(|micros| submit(micros, &forged(fleet.cam(0, at(micros), SignerChoice::Digest).unwrap())))
        .collect();
    assert_eq!(flood.iter().filter(|outcome| **outcome == Submitted::Waiting).count(), 4 + 8);
    for micros in 200..205 {
        let packet = fleet.cam(1, at(micros), SignerChoice::Digest).unwrap();
        assert_eq!(submit(micros, &packet), Submitted::Waiting, "station 1 is not harmed");
    }
    drop(go);
    assert_eq!(engine.finish().verified, 3 + 5);
}

#[test]
fn what_is_revoked_reaches_every_worker() {
    let fleet = fleet(6);
    let (engine, _) = engine(workers(2), &fleet);
    let empty = || {
        v2x_security::trust::TrustStore::new(v2x_security::trust::TrustProfile::EtsiTs103097, Arc::new(AwsLc))
    };
    for (now, packet) in rounds(&fleet, 2) {
        assert_eq!(engine.submit(Clock::exact(now), &packet), Submitted::Waiting);
    }
    while engine.metrics().verified < 12 {
        std::thread::sleep(Duration::from_millis(1));
    }
    engine.change(move |verifier| *verifier.trust_mut() = empty());
    for (now, packet) in rounds(&fleet, 4).skip(12) {
        let _ = engine.submit(Clock::exact(now), &packet);
    }
    let metrics = engine.finish();
    assert_eq!((metrics.verified, metrics.refused_in_all()), (12, 12));
}

/// Were batches held back for company, every lone message would wait as long; so one that does not is enough, and a busy
/// machine makes no difference.
#[test]
fn a_lone_message_waits_for_no_other() {
    let fleet = fleet(1);
    let (tell, told) = mpsc::channel();
    let mut sink = Some(move |heard: Heard<'_>| tell.send(heard.outcome.is_ok()).unwrap());
    let engine = Engine::start(workers(1), |_| (verifier(&fleet), sink.take().unwrap())).unwrap();
    let is_quick = |round: u64| {
        let now = at(round * 100_000);
        let packet = fleet.cam(0, now, SignerChoice::Certificate).unwrap();
        let began = std::time::Instant::now();
        assert_eq!(engine.submit(Clock::exact(now), &packet), Submitted::Waiting);
        assert!(told.recv_timeout(Duration::from_secs(60)).unwrap());
        began.elapsed() < Duration::from_millis(1)
    };
    assert!((0..20_000).any(is_quick), "every one of 20,000 lone messages waited for a millisecond");
    assert!(engine.finish().batch.quantile(1.0) <= 2, "each was a batch of its own");
}

#[test]
fn what_the_tables_of_keys_hold_is_among_the_figures() {
    let fleet = fleet(2);
    let (engine, _) = engine(workers(1), &fleet);
    for (now, packet) in rounds(&fleet, 4) {
        assert_eq!(engine.submit(Clock::exact(now), &packet), Submitted::Waiting);
    }
    let metrics = engine.finish();
    let tables = metrics.key_tables.unwrap();
    assert!(tables.hits + tables.misses >= metrics.verified, "{metrics:?}");
}
