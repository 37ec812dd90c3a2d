//! Messages of stations that are known, named by digest.

use anyhow::{Result, ensure};
use benches::rounds::{self, Contender, timed};
use benches::world::{Claim, World};
use simulator::fleet::forged;
use v2x_codec::time::Time64;
use v2x_security::clock::Clock;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::SignerChoice;

use crate::libraries::{self, AWS_LC, OPENSSL, slice};
use crate::report::Table;
use crate::tables;

/// Messages of one turn.
const TURN: usize = 4_096;

/// Messages that there are at least, so that they do not fit the nearest caches.
const LEAST_MESSAGES: usize = 16_384;

/// Bare signatures that the libraries have to choose from.
const BARE: usize = 1_024;

/// Between the messages of one station.
const CAM_MICROS: u64 = 100_000;

/// The messages of all stations, in the order in which they are heard.
struct Traffic {
    messages: Vec<(Clock, Vec<u8>)>,
    is_bad: Vec<bool>,
}

/// Whole messages of `keys` stations, at each share of bad signatures in percent, in batches of each size.
pub(crate) fn measure(
    world: &World,
    keys: usize,
    invalid: &[usize],
    batches: &[usize],
    rounds: usize,
) -> Result<Table> {
    let good = Traffic::new(world, keys)?;
    let claims: Vec<Claim> = (0..BARE)
        .map(|place| World::signed(&world.firsts[place % keys].certificate, &good.messages[place].1))
        .collect::<Result<_>>()?;
    let all_good = vec![false; claims.len()];
    let traffic: Vec<(usize, Traffic)> =
        invalid.iter().map(|percent| (*percent, good.with_bad(*percent))).collect();
    let mut contenders = Vec::from(libraries::bare(&claims, &all_good)?);
    for &batch in batches {
        for (percent, traffic) in &traffic {
            let name = format!("whole messages, {percent} % invalid, batches of {batch}");
            contenders.push(whole(&name, world, traffic, keys, batch)?);
        }
    }
    let figures = rounds::run(&mut contenders, rounds)?;
    let title = format!("Messages of {keys} known stations, key tables, 64 KiB each");
    Ok(Table { title, figures, against: vec![OPENSSL, AWS_LC] })
}

impl Traffic {
    fn new(world: &World, keys: usize) -> Result<Self> {
        let mut messages = Vec::new();
        for round in 0..LEAST_MESSAGES.div_ceil(keys).max(2) as u64 {
            for member in 0..keys {
                let now = later(world.start, round * CAM_MICROS + member as u64);
                messages.push((Clock::exact(now), world.fleet.cam(member, now, SignerChoice::Digest)?));
            }
        }
        let is_bad = vec![false; messages.len()];
        Ok(Self { messages, is_bad })
    }

    /// The same, with a share of bad signatures that is spread evenly.
    fn with_bad(&self, percent: usize) -> Self {
        let is_bad = |place: usize| (place + 1) * percent / 100 > place * percent / 100;
        let is_bad: Vec<bool> = (0..self.messages.len()).map(is_bad).collect();
        let messages = self.messages.iter().zip(&is_bad).map(|((clock, packet), is_bad)| {
            (*clock, if *is_bad { forged(packet.clone()) } else { packet.clone() })
        });
        Self { messages: messages.collect(), is_bad }
    }
}

/// Behind the messages by which the verifier came to know the stations.
fn later(start: Time64, micros: u64) -> Time64 {
    start.saturating_add_micros(1_000_000 + micros)
}

fn whole<'w>(
    name: &str,
    world: &World,
    traffic: &'w Traffic,
    keys: usize,
    batch: usize,
) -> Result<Contender<'w>> {
    let (mut verifier, start) = (world.warm_verifier(keys, tables(batch))?, world.start);
    let turn = move |round| {
        let places: Vec<usize> = slice(round, TURN, traffic.messages.len()).collect();
        // Messages come round again, in another memory.
        let replay = ReplayFilter::new(ReplayConfig::new([round as u64, 3]), start);
        verifier.replace_replay_filter(replay);
        let mut wrong = 0;
        let time = timed(TURN, || {
            for places in places.chunks(batch) {
                let mut expected = places.iter().map(|place| traffic.is_bad[*place]);
                let messages = places.iter().map(|place| &traffic.messages[*place]);
                verifier
                    .verify_packets(messages.map(|(clock, packet)| (*clock, packet.as_slice())), |outcome| {
                        wrong += usize::from(expected.next() != Some(outcome.is_err()))
                    });
            }
        });
        ensure!(wrong == 0, "{wrong} verdicts are not what they should be");
        Ok(time)
    };
    Ok(Contender { name: name.to_owned(), set: 0, turn: Box::new(turn) })
}
