//! Tickets a second: an EA and an AA on durable ledgers, served over loopback HTTP in this process, and as many stations as
//! wait at once. Privacy and proof of possession are on, and the EA is asked over HTTP for each ticket.
//!
//! Requests are made before, and answers looked at after the time that is measured: what is measured is the two servers and
//! the carrying of octets.
//!
//! ```console
//! $ cargo run --release --package enrollment-http --example load -- FOLDER 2000 64
//! ```
//! puts the ledgers into FOLDER, whose disk is what is waited for; asks for 2,000 tickets, 64 at a time.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measurement fails by panicking, and prints"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Setting, World, now};
use enrollment_client::{Client, Protocol};
use enrollment_station::authorization::{Authorization, Privacy, Proof};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Tickets that one station may have at once: more stations share a run.
const OF_ONE: usize = common::QUOTA as usize;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder for the ledgers");
    let mut number = |usual: usize| arguments.next().map_or(usual, |text| text.parse().expect("a number"));
    let (tickets, at_once) = (number(2_000), number(64));
    let setting = Setting { workers: 32, places: 512, connections: 1_024, ..Setting::default() };
    let world = World::in_folder(setting, folder.as_ref(), tickets.div_ceil(OF_ONE));
    let asked = prepare(&world, tickets);
    println!("{tickets} requests made; {at_once} at a time");
    let commits = || {
        let (ea, aa) = (world.registry.ledger().store().counts(), world.of_aa.store().counts());
        (ea.commits + aa.commits, ea.operations + aa.operations)
    };
    let (before, began) = (commits(), Instant::now());
    let (answers, mut times) = send_all(&world, &asked, at_once);
    let took = began.elapsed();
    let after = commits();
    let granted =
        asked.iter().zip(&answers).filter(|(asked, answer)| is_ticket(&world, asked, answer)).count();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{granted} tickets in {took:?}: {:.0} a second", granted as f64 / took.as_secs_f64());
    println!("half within {:?}, 99 in 100 within {:?}, all within {:?}", at(0.5), at(0.99), at(1.0));
    println!("{} records in {} commits", after.1 - before.1, after.0 - before.0);
}

/// One request of each station after the other, as stations come in.
fn prepare(world: &World, tickets: usize) -> Vec<Authorization> {
    let client = Client::new(Protocol::Http1);
    let stations = tickets.div_ceil(OF_ONE);
    let credentials: Vec<_> = (0..stations).map(|station| world.enrol_as(&client, station)).collect();
    let turns = credentials.iter().cycle().take(tickets);
    turns.map(|credential| world.authorization(credential, Privacy::Hidden, Proof::OfPossession)).collect()
}

/// Each of the stations that wait sends its next request when it has its answer.
fn send_all(world: &World, asked: &[Authorization], at_once: usize) -> (Vec<Vec<u8>>, Vec<Duration>) {
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(asked.iter().map(|asked| asked.request().to_vec()).collect());
    let (next, client) = (Arc::new(AtomicUsize::new(0)), Client::new(Protocol::Http1));
    let start = |_| {
        let (requests, next, client, url) =
            (Arc::clone(&requests), Arc::clone(&next), client.clone(), world.url("aa"));
        world.runtime.spawn(async move {
            let mut done = Vec::new();
            while let Some((index, request)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                requests.get(index).map(|request| (index, request))
            } {
                let began = Instant::now();
                let answer = client.send(&url, request, common::PATIENCE).await.unwrap_or_default();
                done.push((index, answer, began.elapsed()));
            }
            done
        })
    };
    let stations: Vec<_> = (0..at_once).map(start).collect();
    let mut done: Vec<_> =
        stations.into_iter().flat_map(|station| world.runtime.block_on(station).unwrap()).collect();
    done.sort_unstable_by_key(|(index, ..)| *index);
    done.into_iter().map(|(_, answer, took)| (answer, took)).unzip()
}

fn is_ticket(world: &World, asked: &Authorization, answer: &[u8]) -> bool {
    asked.answer(answer, &mut world.trust(), now()).is_ok()
}
