//! A listening roadside unit: the threads that it has, and how they end.
//!
//! | thread | does |
//! | --- | --- |
//! | one for each socket or all captures | takes packets in |
//! | the engine's | verify, and make the lines |
//! | writer | writes lines |
//! | watch, metrics | follow the trust folders, answer scrapers |
//! | main | waits for the end |

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver as Incoming, sync_channel};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use v2x_codec::time::Time64;
use v2x_crypto_key_tables::Config as TableConfig;
use v2x_engine::{Engine, Metrics};
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::verifier::Verifier;

use super::http::Server;
use super::intake::Intake;
use super::line::Form;
use super::listen::Listen;
use super::prometheus::Sources;
use super::report::Summary;
use super::tally::{Lines, Tally};
use super::watch::{Watch, Watched};
use crate::believed::Believed;
use crate::crypto::Crypto;
use crate::input::{self, Input};
use crate::net::Receiver;
use crate::output::{self, Output};
use crate::signals::{Asked, Hangup};
use crate::trust_dir::Fingerprint;
use crate::{random, time};

/// Lines that wait to be written: a second of the fullest channel.
const MAX_LINES: usize = 16_384;
/// How often the main thread looks whether to end.
const PERIOD: Duration = Duration::from_millis(20);

/// All that is there before the first packet is taken.
pub(super) struct Run {
    asked: Asked,
    crypto: Crypto,
    believed: Believed,
    fingerprint: Fingerprint,
    sockets: Vec<Receiver>,
    captures: Vec<Input>,
    server: Option<Server>,
}

impl Run {
    /// Opens everything, so that what cannot be had is said before anything is verified.
    pub(super) fn start(listen: &Listen) -> Result<Self> {
        let asked = Asked::listen(Hangup::Reloads)?;
        let crypto =
            Crypto::new(listen.key_tables, TableConfig { batch: listen.batch(), ..TableConfig::detect() });
        let fingerprint = listen.trust.fingerprint();
        let trust = listen.trust.load_for(&crypto.provider)?;
        output::notes(trust.notes());
        let believed = Believed::of(trust)?;
        let open = |endpoint| Receiver::open(endpoint, listen.receive_buffer);
        let sockets = listen.sockets().map(open).collect::<Result<Vec<_>>>()?;
        let read = |path: &std::path::PathBuf| {
            Ok(Input { name: path.display().to_string(), octets: input::read_raw(path)? })
        };
        let captures = listen.captures().map(read).collect::<Result<Vec<_>>>()?;
        let server = listen.metrics.map(Server::bind).transpose()?;
        Ok(Self { asked, crypto, believed, fingerprint, sockets, captures, server })
    }

    /// Verifies until the end, and says what was found.
    pub(super) fn until_its_end(self, listen: &Listen, output: &mut Output) -> Result<Summary> {
        let form = if output.is_json() { Form::Json } else { Form::Text };
        let (out, incoming) = sync_channel(MAX_LINES);
        let tally = Arc::new(Tally::default());
        let out = (!listen.quiet).then_some(out);
        let lines = Lines { form, out, may_wait: !listen.is_live(), tally: Arc::clone(&tally) };
        let (asked, began, tables) = (self.asked.clone(), Instant::now(), self.crypto.tables.clone());
        let (metrics, dropped) = std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                let written = write(&incoming, output);
                // Nobody reads any more: there is nobody to verify for.
                written.inspect_err(|_| asked.stop())
            });
            let done = self.verify(listen, lines);
            joined(writer)?;
            done
        })?;
        let tables = tables.map(|tables| tables.statistics());
        Ok(Summary::new(began.elapsed().as_secs_f64(), &metrics, &tally, dropped, tables))
    }

    /// Takes packets in until the end; then verifies what waits. Yields the engine's figures and the kernel's drops.
    fn verify(mut self, listen: &Listen, lines: Lines) -> Result<(Metrics, u64)> {
        let engine = self.engine(listen, &lines)?;
        let watched = Watched::default();
        watched.count(&self.believed);
        self.announce();
        let mut sockets = std::mem::take(&mut self.sockets);
        let dropped: Vec<_> =
            sockets.iter().map(|socket| (socket.endpoint().to_string(), AtomicU64::new(0))).collect();
        let tables = self.crypto.tables.clone();
        let sources = Sources {
            engine: &engine,
            tally: Arc::clone(&lines.tally),
            watched: &watched,
            tables,
            dropped: &dropped,
        };
        let tally = Arc::clone(&lines.tally);
        let intake = Intake { engine: &engine, lines, uncertainty: listen.uncertainty() };
        let (asked, captures, server) = (&self.asked, &self.captures, self.server.as_ref());
        let watch = Watch {
            trust: &listen.trust,
            provider: Arc::clone(&self.crypto.provider),
            believed: self.believed,
            fingerprint: self.fingerprint,
            watched: &watched,
        };
        std::thread::scope(|scope| {
            let mut takers: Vec<ScopedJoinHandle<'_, Result<()>>> = Vec::new();
            for (socket, (_, dropped)) in sockets.iter_mut().zip(&dropped) {
                let intake = &intake;
                takers.push(scope.spawn(move || intake.listen(socket, dropped, asked)));
            }
            if !captures.is_empty() {
                takers.push(scope.spawn(|| read_all(&intake, captures, asked)));
            }
            scope.spawn(|| watch.run(&engine, asked));
            if let Some(server) = server {
                scope.spawn(|| server.run(asked, |path| page(&sources, path)));
            }
            wait(listen, &takers, &tally, asked);
            asked.stop();
            takers.into_iter().try_for_each(joined)
        })?;
        drop(intake);
        let dropped = dropped.iter().map(|(_, count)| count.load(Ordering::Relaxed)).sum();
        Ok((engine.finish(), dropped))
    }

    fn engine(&self, listen: &Listen, lines: &Lines) -> Result<Engine> {
        // What came before the start may have been verified before, by a run that this one knows nothing of.
        let start = if listen.is_live() { time::now()? } else { Time64::from_micros(0) };
        let seed = [random::number()?, random::number()?];
        let (provider, mut failed) = (&self.crypto.provider, None);
        let engine = Engine::start(listen.engine(), |_| {
            let replay = ReplayFilter::new(ReplayConfig::new(seed), start);
            let store = self.believed.store(provider).unwrap_or_else(|refusal| {
                failed = Some(refusal);
                self.believed.nobody(provider)
            });
            (Verifier::new(store, Policy::STANDARD, replay), lines.clone())
        })?;
        failed.map_or(Ok(engine), |refusal| Err(refusal.into()))
    }

    /// On the error stream, so that whoever started it knows when to send.
    fn announce(&self) {
        for socket in &self.sockets {
            eprintln!(
                "wayseal: listening at {}, kernel buffer {} octets",
                socket.endpoint(),
                socket.buffer()
            );
        }
        if let Some(address) = self.server.as_ref().and_then(Server::address) {
            eprintln!("wayseal: figures at http://{address}/metrics");
        }
    }
}

/// Waits until the run is to end: somebody asks, the time is over, all captures are read, or a socket fails.
fn wait(listen: &Listen, takers: &[ScopedJoinHandle<'_, Result<()>>], tally: &Tally, asked: &Asked) {
    let began = Instant::now();
    let mut last = (0, began);
    while !asked.is_stopped() && !takers.iter().any(ScopedJoinHandle::is_finished) {
        std::thread::sleep(PERIOD);
        let received = tally.received.load(Ordering::Relaxed);
        if received > last.0 {
            last = (received, Instant::now());
        }
        let is_over = listen.seconds().is_some_and(|seconds| began.elapsed() >= seconds);
        let is_idle = listen.idle().is_some_and(|idle| last.0 > 0 && last.1.elapsed() >= idle);
        if is_over || is_idle {
            break;
        }
    }
}

fn read_all(intake: &Intake<'_>, captures: &[Input], asked: &Asked) -> Result<()> {
    let now = time::now()?;
    captures.iter().try_for_each(|capture| intake.read(capture, now, asked))
}

fn page(sources: &Sources<'_>, path: &str) -> Option<String> {
    match path {
        "/metrics" => Some(sources.scrape()),
        "/healthz" => Some("ok\n".to_owned()),
        _ => None,
    }
}

/// Writes lines until nobody makes any more; what is there goes out at once.
fn write(lines: &Incoming<String>, output: &mut Output) -> Result<()> {
    while let Ok(line) = lines.recv() {
        output.line(line)?;
        lines.try_iter().try_for_each(|line| output.line(line))?;
        output.finish()?;
    }
    Ok(())
}

fn joined<T>(thread: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().map_err(|_| anyhow!("a thread failed"))?
}
