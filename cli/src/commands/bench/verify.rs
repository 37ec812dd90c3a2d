//! `wayseal bench verify`.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;
use simulator::fleet::{Fleet, forged};
use v2x_codec::time::Time64;
use v2x_codec::view::{Content, Packet};
use v2x_crypto::{Curve, PreparedKey, Provider, Signature, SignatureInput};
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_key_tables::{Building, Config as TableConfig, Statistics};
use v2x_security::clock::Clock;
use v2x_security::limits::MAX_SIGNERS;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::SignerChoice;
use v2x_security::verifier::Verifier;

use crate::crypto::{Crypto, Switch};
use crate::exit::Outcome;
use crate::output::Output;
use crate::{progress, time};

/// Measure how many whole messages a machine verifies
///
/// Stations enrol and get tickets for real, and sign CAMs; each thread verifies those of its share of the stations, from
/// GeoNetworking octets to a verified CAM, with every check of TS 103 097, its content against its permissions, and the
/// replay memory. In between, in the same thread, the library that one would use instead verifies the bare signatures
/// of the same messages, one by one: the ratio of the two is the figure to quote, since absolute times drift. Exits with 1
/// when a verdict is not what it should be.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal bench verify\n  \
    wayseal bench verify --keys 64 --invalid 1 --threads 2 --seconds 10 --json\n  \
    wayseal bench verify --key-tables off   (see docs/PATENTS.md)")]
pub(crate) struct Verify {
    /// Stations that are heard
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    keys: usize,
    /// Messages with a bad signature, in percent
    #[arg(long, value_name = "PCT", default_value_t = 0.0)]
    invalid: f64,
    /// Threads that verify
    #[arg(long, value_name = "T", default_value_t = 1)]
    threads: usize,
    /// How long to measure
    #[arg(long, value_name = "S", default_value_t = 3.0)]
    seconds: f64,
    /// Most messages verified together
    #[arg(long, value_name = "N", default_value_t = 128)]
    batch: usize,
    /// Tables for the keys that are heard often
    #[arg(long, value_name = "ON|OFF", value_enum, default_value_t = Switch::On)]
    key_tables: Switch,
}

/// Rounds of one message from each station: enough that the large tables are built and that messages do not repeat soon.
const WARM_ROUNDS: u64 = 22;
const LEAST_ROUNDS: u64 = 8;
/// Messages that are made at least, so that they do not fit the nearest caches.
const LEAST_MESSAGES: usize = 16_384;
/// A verifier forgets the signers beyond.
const MOST_KEYS: usize = MAX_SIGNERS;
/// Bare signatures verified after each pass over all messages.
const BARE: usize = 256;
/// Between the messages of one station.
const CAM_MICROS: u64 = 100_000;

/// What was measured.
#[derive(Serialize)]
struct Report {
    keys: usize,
    invalid_percent: f64,
    threads: usize,
    batch: usize,
    key_tables: Option<Tables>,
    messages: u64,
    verified: u64,
    refused: u64,
    messages_per_s: f64,
    us_per_message_and_thread: f64,
    us_per_batch: Percentiles,
    library: &'static str,
    us_per_bare_signature: f64,
    ratio_per_thread: f64,
    as_expected: bool,
}

#[derive(Serialize)]
struct Tables {
    kernel: String,
    tables: usize,
    octets: usize,
    hits: u64,
    misses: u64,
}

#[derive(Serialize)]
struct Percentiles {
    p50: f64,
    p99: f64,
    max: f64,
}

impl Verify {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        self.check()?;
        // Built while we warm up, so that no thread builds any while we measure.
        let config = TableConfig { batch: self.batch, building: Building::AtOnce, ..TableConfig::detect() };
        let Crypto { provider, tables } = Crypto::new(self.key_tables, config);
        let start = time::now()?;
        let bar = progress::bar();
        bar.set_message("enrolling");
        bar.set_length(self.keys as u64);
        let fleet = Fleet::new(self.keys, start, provider, 1, || bar.inc(1))?;
        let mut shares = self.shares(&fleet, start, &bar)?;
        bar.set_message("measuring");
        let duration = Duration::from_secs_f64(self.seconds);
        let measured = in_parallel(&mut shares, |share| share.measure(duration))?;
        bar.finish_and_clear();
        let report = self.report(&measured, tables.map(|tables| tables.statistics()));
        if output.is_json() {
            output.document(&report)?
        } else {
            show(output, &report)?
        }
        Ok(if report.as_expected { Outcome::Success } else { Outcome::Refused })
    }

    fn check(&self) -> Result<()> {
        if !(1..=MOST_KEYS).contains(&self.keys) {
            bail!("--keys {}: 1 to {MOST_KEYS}", self.keys);
        }
        if self.threads == 0 || self.threads > self.keys.min(256) {
            bail!("--threads {}: 1 to 256, and no more than there are keys", self.threads);
        }
        if !(0.0..=100.0).contains(&self.invalid) {
            bail!("--invalid {}: a share in percent, 0 to 100", self.invalid);
        }
        if !(0.1..=3_600.0).contains(&self.seconds) {
            bail!("--seconds {}: 0.1 to 3600", self.seconds);
        }
        if !(1..=4_096).contains(&self.batch) {
            bail!("--batch {}: 1 to 4096", self.batch);
        }
        Ok(())
    }

    /// The messages of every thread, verifiers that have heard all stations, and their tables built.
    fn shares(&self, fleet: &Fleet, start: Time64, bar: &ProgressBar) -> Result<Vec<Share>> {
        let rounds = LEAST_ROUNDS.max((LEAST_MESSAGES / self.keys) as u64);
        bar.set_message("signing");
        bar.set_position(0);
        bar.set_length(self.keys as u64);
        let mut shares = Vec::new();
        for thread in 0..self.threads {
            let replay = ReplayFilter::new(ReplayConfig::new([thread as u64, 1]), start);
            let verifier = Verifier::new(fleet.trust_store()?, Policy::STANDARD, replay);
            shares.push(Share { verifier, start, batch: self.batch, messages: Vec::new() });
        }
        let mut sent = 0;
        for round in 0..rounds {
            for member in 0..fleet.len() {
                let now = start.saturating_add_micros(round * CAM_MICROS + member as u64);
                let packet = fleet.cam(member, now, SignerChoice::Digest)?;
                if let Some(share) = shares.get_mut(member % self.threads) {
                    // Counted by thread, so that each has its part of them.
                    let is_forged = is_chosen(share.messages.len() as u64, self.invalid);
                    let packet = if is_forged { forged(packet) } else { packet };
                    share.messages.push(Message { clock: Clock::exact(now), packet, is_forged });
                }
                sent += 1;
                bar.set_position(sent / rounds);
            }
        }
        self.warm(fleet, start, &mut shares)?;
        Ok(shares)
    }

    /// Every station is heard until its key has all that it will get.
    fn warm(&self, fleet: &Fleet, start: Time64, shares: &mut [Share]) -> Result<()> {
        for member in 0..fleet.len() {
            let Some(share) = shares.get_mut(member % self.threads) else { continue };
            for round in 0..WARM_ROUNDS {
                let now = start.saturating_add_micros(round);
                let signer = if round == 0 { SignerChoice::Certificate } else { SignerChoice::Digest };
                let packet = fleet.cam(member, now, signer)?;
                let clock = Clock::exact(now);
                share.verifier.verify_packets([(clock, packet.as_slice())], |_| ());
            }
        }
        Ok(())
    }

    fn report(&self, measured: &[Measured], tables: Option<Statistics>) -> Report {
        let sum = |of: fn(&Measured) -> u64| measured.iter().map(of).sum::<u64>();
        let messages = sum(|share| share.messages);
        let spent: Duration = measured.iter().map(|share| share.spent).sum();
        let bare: Duration = measured.iter().map(|share| share.bare_spent).sum();
        let us_per_message = micros(spent) / (messages as f64).max(1.0);
        let us_per_bare = micros(bare) / (sum(|share| share.bare) as f64).max(1.0);
        let rates = measured.iter().map(|share| share.messages as f64 / share.spent.as_secs_f64().max(1e-9));
        let kernel = || format!("{:?}", v2x_crypto_key_tables::Kernel::detect());
        Report {
            keys: self.keys,
            invalid_percent: self.invalid,
            threads: self.threads,
            batch: self.batch,
            key_tables: tables.map(|tables| Tables {
                kernel: kernel(),
                tables: tables.tables,
                octets: tables.octets,
                hits: tables.hits,
                misses: tables.misses,
            }),
            messages,
            verified: sum(|share| share.verified),
            refused: messages - sum(|share| share.verified),
            messages_per_s: rates.sum::<f64>().round(),
            us_per_message_and_thread: rounded(us_per_message),
            us_per_batch: percentiles(measured),
            library: "aws-lc-rs",
            us_per_bare_signature: rounded(us_per_bare),
            ratio_per_thread: rounded(us_per_bare / us_per_message),
            as_expected: measured.iter().all(|share| share.surprises == 0),
        }
    }
}

/// Whether the n-th message is among those of a share in percent, spread evenly.
fn is_chosen(place: u64, percent: f64) -> bool {
    let before = |count: u64| (count as f64 * percent / 100.0).floor();
    before(place + 1) > before(place)
}

/// One thread's part.
struct Share {
    verifier: Verifier,
    start: Time64,
    batch: usize,
    messages: Vec<Message>,
}

struct Message {
    clock: Clock,
    packet: Vec<u8>,
    is_forged: bool,
}

/// What one thread measured.
#[derive(Default)]
struct Measured {
    messages: u64,
    verified: u64,
    /// Verdicts that are not what they should be.
    surprises: u64,
    spent: Duration,
    batches: Vec<Duration>,
    bare: u64,
    bare_spent: Duration,
}

impl Share {
    fn measure(&mut self, duration: Duration) -> Result<Measured> {
        let bare = self.bare()?;
        let mut measured = Measured::default();
        while measured.spent < duration {
            let replay = ReplayFilter::new(ReplayConfig::new([measured.messages, 3]), self.start);
            self.verifier.replace_replay_filter(replay);
            self.pass(&mut measured);
            let began = Instant::now();
            for claim in &bare {
                measured.bare += 1;
                // Its verdict is not of interest here: forged ones take as long.
                let _ = std::hint::black_box(claim.key.verify(claim.input.as_bytes(), &claim.signature));
            }
            measured.bare_spent += began.elapsed();
        }
        Ok(measured)
    }

    fn pass(&mut self, measured: &mut Measured) {
        for batch in self.messages.chunks(self.batch) {
            let began = Instant::now();
            let mut expected = batch.iter();
            let packets = batch.iter().map(|message| (message.clock, message.packet.as_slice()));
            self.verifier.verify_packets(packets, |outcome| {
                let is_forged = expected.next().is_some_and(|message| message.is_forged);
                let is_right = match &outcome {
                    Ok(_) => !is_forged,
                    Err(refusal) => is_forged && refusal.code() == "bad-message-signature",
                };
                measured.verified += u64::from(outcome.is_ok());
                measured.surprises += u64::from(!is_right);
            });
            let spent = began.elapsed();
            measured.messages += batch.len() as u64;
            measured.spent += spent;
            measured.batches.push(spent);
        }
    }

    /// Signatures of the same messages, ready for the library.
    fn bare(&self) -> Result<Vec<Bare>> {
        let step = (self.messages.len() / BARE).max(1);
        self.messages.iter().step_by(step).map(|message| self.claim(&message.packet)).collect()
    }

    fn claim(&self, packet: &[u8]) -> Result<Bare> {
        let data = Packet::parse(packet)?.secured().copied().context("the packet is secured")?;
        let Content::Signed(signed) = data.content else { bail!("the packet is signed") };
        let v2x_codec::view::Signer::Digest(id) = signed.signer else { bail!("the signer is named") };
        let id = v2x_security::id::HashedId8(id.0);
        let certificate = self.verifier.heard_signer(id).context("the signer was heard")?;
        let key = certificate.key();
        let hash = key.curve().hash();
        let input =
            SignatureInput::from_digests(&hash.digest(signed.to_be_signed), certificate.certificate().hash());
        let r = signed.signature.r.x().context("r is there")?;
        let signature = Signature::new(Curve::NistP256, r, signed.signature.s)?;
        Ok(Bare { key: AwsLc.prepare(key)?, input, signature })
    }
}

/// A signature to verify with nothing around it.
struct Bare {
    key: Box<dyn PreparedKey>,
    input: SignatureInput,
    signature: Signature,
}

fn in_parallel(
    shares: &mut [Share],
    measure: impl Fn(&mut Share) -> Result<Measured> + Sync,
) -> Result<Vec<Measured>> {
    std::thread::scope(|scope| {
        let measure = &measure;
        let threads: Vec<_> = shares.iter_mut().map(|share| scope.spawn(move || measure(share))).collect();
        let joined =
            threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a thread failed")));
        joined.map(|measured| measured?).collect()
    })
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn percentiles(measured: &[Measured]) -> Percentiles {
    let mut batches: Vec<Duration> =
        measured.iter().flat_map(|share| share.batches.iter().copied()).collect();
    batches.sort_unstable();
    let at = |share: f64| {
        let place = (share * batches.len().saturating_sub(1) as f64).round() as usize;
        rounded(batches.get(place).map_or(0.0, |batch| micros(*batch)))
    };
    Percentiles { p50: at(0.5), p99: at(0.99), max: at(1.0) }
}

fn show(output: &mut Output, report: &Report) -> Result<()> {
    output.line(format!(
        "{} keys, {} % invalid, {} thread(s), batches of {}: {} messages, {} verified, {} refused",
        report.keys,
        report.invalid_percent,
        report.threads,
        report.batch,
        report.messages,
        report.verified,
        report.refused
    ))?;
    output.line(format!(
        "{:.0} messages a second; {} µs a message and thread; a batch takes {} µs (99 %: {} µs)",
        report.messages_per_s,
        report.us_per_message_and_thread,
        report.us_per_batch.p50,
        report.us_per_batch.p99
    ))?;
    output.line(format!(
        "{} needs {} µs for the bare signature: {} times as long as we for the whole message",
        report.library, report.us_per_bare_signature, report.ratio_per_thread
    ))?;
    match &report.key_tables {
        Some(tables) => output.line(format!(
            "{} key tables, {:.1} MiB, {} kernel: {} signatures with a table, {} without",
            tables.tables,
            tables.octets as f64 / 1_048_576.0,
            tables.kernel,
            tables.hits,
            tables.misses
        ))?,
        None => output.line("key tables are off")?,
    }
    output.line(if report.as_expected {
        "every verdict is what it should be"
    } else {
        "NOT every verdict is what it should be"
    })
}
