//! Tickets a second: an EA and an AA on durable ledgers, served over loopback HTTP in this process, and as many stations as
//! wait at once, or that send at a rate. Privacy and proof of possession are on, and the EA is asked over HTTP for each ticket.
//!
//! Requests are made before, and answers looked at after the time that is measured: what is measured is the two servers and
//! the carrying of octets.
//!
//! ```console
//! $ cargo run --release --package enrollment-http --example load -- FOLDER 6000 32
//! $ cargo run --release --package enrollment-http --example load -- FOLDER 6000 512 700
//! ```
//! puts the ledgers into FOLDER, whose disk is what is waited for; asks for 6,000 tickets, 32 at a time, or 700 a second with at
//! most 512 on their way, which are then timed from when they should have been sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measurement fails by panicking, and prints"
)]

#[path = "../../tests/common/mod.rs"]
mod common;
mod counting;
mod cpu;

use common::{PROVIDER, Setting, World, now};
use counting::{Counting, Counts};
use enrollment_client::{Client, Protocol};
use enrollment_station::authorization::{Authorization, Privacy, Proof};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};
use v2x_crypto::{Curve, PrivateKey};
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_key_tables::{Config, KeyTables};

/// Tickets that one station may have at once: more stations share a run.
const OF_ONE: usize = common::QUOTA as usize;

/// The threads of the stations; all others serve.
const STATIONS: &str = "stations";

/// What is asked for.
struct Wanted {
    folder: PathBuf,
    tickets: usize,
    at_once: usize,
    /// Requests a second; otherwise each station sends its next when it has its answer.
    rate: Option<f64>,
}

fn main() {
    let wanted = wanted();
    let counts = Arc::new(Counts::default());
    // As `wayseal serve` has it: authorities hear each other for each ticket.
    let inner = KeyTables::new(Arc::new(AwsLc), Config::detect());
    let counting = Counting { inner, counts: Arc::clone(&counts) };
    assert!(PROVIDER.set(Arc::new(counting)).is_ok(), "nobody has computed yet");
    let setting = Setting { workers: 32, places: 512, connections: 1_024, ..Setting::default() };
    let world = World::in_folder(setting, &wanted.folder, wanted.tickets.div_ceil(OF_ONE));
    let asked = prepare(&world, wanted.tickets);
    let stations = Builder::new_multi_thread().thread_name(STATIONS).enable_all().build().unwrap();
    let commits = || {
        let (ea, aa) = (world.registry.ledger().store().counts(), world.of_aa.store().counts());
        (ea.commits + aa.commits, ea.operations + aa.operations)
    };
    let (before, computed, used, began) = (commits(), counts.seen(), cpu::used(), Instant::now());
    let (answers, mut times) = send_all(&world, &stations, &asked, &wanted);
    let (took, used_then, computed_then, after) = (began.elapsed(), cpu::used(), counts.seen(), commits());
    let granted =
        asked.iter().zip(&answers).filter(|(asked, answer)| is_ticket(&world, asked, answer)).count();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{granted} tickets in {took:.2?}: {:.0} a second", granted as f64 / took.as_secs_f64());
    println!("half within {:.1?}, 99 in 100 within {:.1?}, all within {:.1?}", at(0.5), at(0.99), at(1.0));
    println!("{} records in {} commits", after.1 - before.1, after.0 - before.0);
    show_processors(&used, &used_then, granted);
    show_computed(&computed, &computed_then, granted);
}

fn wanted() -> Wanted {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder for the ledgers").into();
    let mut number = || arguments.next().map(|text| text.parse::<f64>().expect("a number"));
    let (tickets, at_once) = (number().unwrap_or(2_000.0) as usize, number().unwrap_or(32.0) as usize);
    Wanted { folder, tickets, at_once, rate: number() }
}

/// Who has used the processors, in microseconds for each ticket.
fn show_processors(before: &cpu::Seconds, after: &cpu::Seconds, tickets: usize) {
    let each = |seconds: f64| seconds * 1e6 / tickets as f64;
    let (mut serving, mut shares) = (0.0, String::new());
    for (kind, seconds) in after {
        let spent = each(seconds - before.get(kind).copied().unwrap_or_default());
        if kind != STATIONS && spent >= 0.5 {
            serving += spent;
            shares += &format!(" {kind} {spent:.0},");
        }
    }
    let stations = each(after[STATIONS] - before.get(STATIONS).copied().unwrap_or_default());
    println!(
        "processor time for a ticket: servers {serving:.0} µs ({}), stations {stations:.0} µs",
        shares.trim_end_matches(',').trim()
    );
}

/// What the servers have computed, beside the keys that they made for it.
fn show_computed(
    before: &[(&'static str, (u64, u64))],
    after: &[(&'static str, (u64, u64))],
    tickets: usize,
) {
    let (mut sum, mut fresh) = (0.0, 0.0);
    for ((name, (times, nanos)), (_, (times_then, nanos_then))) in before.iter().zip(after) {
        let (times, micros) = ((times_then - times) as f64, (nanos_then - nanos) as f64 / 1e3);
        fresh = times / tickets as f64;
        sum += micros / tickets as f64;
        println!(
            "  {name}: {:.2} for a ticket, {:.1} µs each",
            times / tickets as f64,
            micros / times.max(1.0)
        );
    }
    let key = fresh_key_micros();
    sum += fresh * key;
    println!("  make a fresh key: {fresh:.2} for a ticket, {key:.1} µs each");
    println!("asymmetric cryptography of the servers: {sum:.0} µs for a ticket");
}

/// How long it takes to make a key.
fn fresh_key_micros() -> f64 {
    const KEYS: u32 = 2_000;
    let mut rng = enrollment_http::random::generator().unwrap();
    let began = Instant::now();
    (0..KEYS).for_each(|_| drop(PrivateKey::generate(Curve::NistP256, &mut rng).unwrap()));
    began.elapsed().as_secs_f64() * 1e6 / f64::from(KEYS)
}

/// One request of each station after the other, as stations come in.
fn prepare(world: &World, tickets: usize) -> Vec<Authorization> {
    let client = Client::new(Protocol::Http1);
    let stations = tickets.div_ceil(OF_ONE);
    let credentials: Vec<_> = (0..stations).map(|station| world.enrol_as(&client, station)).collect();
    let turns = credentials.iter().cycle().take(tickets);
    turns.map(|credential| world.authorization(credential, Privacy::Hidden, Proof::OfPossession)).collect()
}

/// Each of the stations that are on their way takes the next request when it has its answer, and waits for its time if
/// there is a rate.
fn send_all(
    world: &World,
    stations: &Runtime,
    asked: &[Authorization],
    wanted: &Wanted,
) -> (Vec<Vec<u8>>, Vec<Duration>) {
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(asked.iter().map(|asked| asked.request().to_vec()).collect());
    let (next, client, start) = (Arc::new(AtomicUsize::new(0)), Client::new(Protocol::Http1), Instant::now());
    let rate = wanted.rate;
    let begin = |_| {
        let (requests, next, client, url) =
            (Arc::clone(&requests), Arc::clone(&next), client.clone(), world.url("aa"));
        stations.spawn(async move {
            let mut done = Vec::new();
            while let Some((index, request)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                requests.get(index).map(|request| (index, request))
            } {
                let due = rate.map(|rate| start + Duration::from_secs_f64(index as f64 / rate));
                if let Some(due) = due {
                    tokio::time::sleep_until(due.into()).await;
                }
                let began = due.unwrap_or_else(Instant::now);
                let answer = client.send(&url, request, common::PATIENCE).await.unwrap_or_default();
                done.push((index, answer, began.elapsed()));
            }
            done
        })
    };
    let sending: Vec<_> = (0..wanted.at_once).map(begin).collect();
    let mut done: Vec<_> =
        sending.into_iter().flat_map(|station| stations.block_on(station).unwrap()).collect();
    done.sort_unstable_by_key(|(index, ..)| *index);
    done.into_iter().map(|(_, answer, took)| (answer, took)).unzip()
}

fn is_ticket(world: &World, asked: &Authorization, answer: &[u8]) -> bool {
    asked.answer(answer, &mut world.trust(), now()).is_ok()
}
