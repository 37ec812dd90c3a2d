//! From sockets and captures into the engine.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail};
use v2x_codec::capture::{Capture, Frame};
use v2x_codec::time::Time64;
use v2x_engine::{Engine, Submitted};
use v2x_security::clock::Clock;
use v2x_security::glance::Glance;

use super::tally::{Lines, add};
use crate::input::Input;
use crate::net::Receiver;
use crate::signals::Asked;

/// Packets of a capture that wait at most: far fewer than make an engine leave any out.
const CAPTURE_AHEAD: u64 = 256;

/// How often the kernel is asked what it dropped.
const DROPS_PERIOD: Duration = Duration::from_millis(500);

/// Where packets go, and what is counted and written on the way.
#[derive(Clone)]
pub(super) struct Intake<'e> {
    pub(super) engine: &'e Engine,
    pub(super) lines: Lines,
    /// How far the system's clock may be off.
    pub(super) uncertainty: Duration,
}

impl Intake<'_> {
    /// Takes what a socket hears until somebody asks to stop.
    pub(super) fn listen(&self, receiver: &mut Receiver, dropped: &AtomicU64, asked: &Asked) -> Result<()> {
        let mut looked = Instant::now();
        while !asked.is_stopped() {
            if looked.elapsed() >= DROPS_PERIOD {
                dropped.store(receiver.dropped(), Ordering::Relaxed);
                looked = Instant::now();
            }
            let mut outcome = Ok(());
            let received = receiver.receive(|packet| {
                if outcome.is_ok() {
                    outcome = self.heard_now(packet.octets, packet.at);
                }
            });
            received.with_context(|| receiver.endpoint().to_string())?;
            outcome?;
        }
        dropped.store(receiver.dropped(), Ordering::Relaxed);
        Ok(())
    }

    /// The verifier's clock reads the moment at which the kernel had the packet; its age counts from there.
    fn heard_now(&self, packet: &[u8], at: Option<Duration>) -> Result<()> {
        let (read, now) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH)?);
        let waited = at.map_or(Duration::ZERO, |at| now.saturating_sub(at));
        let heard = now.saturating_sub(waited);
        let micros = i64::try_from(heard.as_micros())?;
        let time = Time64::from_unix_micros(micros).context("the system clock is before 2004")?;
        let arrived = read.checked_sub(waited).unwrap_or(read);
        self.submit(Clock::new(time, self.uncertainty), arrived, packet);
        Ok(())
    }

    fn submit(&self, clock: Clock, arrived: Instant, packet: &[u8]) {
        add(&self.lines.tally.received);
        match self.engine.submit_since(clock, arrived, packet) {
            Submitted::Waiting => {}
            Submitted::Shed(reason) => {
                self.lines.write(|form| form.shed(clock.now(), packet, reason));
                add(&self.lines.tally.settled);
            }
        }
    }

    /// Takes the packets of a capture, each as of when it was captured, no faster than they are verified.
    pub(super) fn read(&self, file: &Input, now: Time64, asked: &Asked) -> Result<()> {
        let capture =
            Capture::parse(&file.octets).map_err(|error| anyhow!("{}: not a capture, {error}", file.name))?;
        let mut packets = 0_u64;
        for (index, frame) in capture.enumerate() {
            if asked.is_stopped() {
                return Ok(());
            }
            let frame = frame.map_err(|error| anyhow!("{} frame {}: {error}", file.name, index + 1))?;
            let Some(packet) = frame.geonetworking() else {
                add(&self.lines.tally.other_frames);
                continue;
            };
            packets += 1;
            self.wait_for_room(asked);
            self.submit(Clock::exact(captured_at(&frame, packet).unwrap_or(now)), Instant::now(), packet);
        }
        if packets == 0 {
            bail!("{}: a capture without any GeoNetworking packet, so there is nothing to verify", file.name);
        }
        Ok(())
    }

    fn wait_for_room(&self, asked: &Asked) {
        let tally = &self.lines.tally;
        let waiting = || tally.received.load(Ordering::Relaxed) - tally.settled.load(Ordering::Relaxed);
        while waiting() >= CAPTURE_AHEAD && !asked.is_stopped() {
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// When a frame was captured; where the file does not say, when its message was made.
fn captured_at(frame: &Frame<'_>, packet: &[u8]) -> Option<Time64> {
    let captured =
        frame.unix_nanos.and_then(|nanos| Time64::from_unix_micros(i64::try_from(nanos / 1_000).ok()?));
    captured.or_else(|| Glance::at(packet)?.generation_time())
}
