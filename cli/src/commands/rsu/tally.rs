//! What a run counts besides what the engine does, and where its lines go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};

use v2x_engine::{Heard, Sink};

use super::line::Form;

/// Counters of a run.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Packets taken from sockets and captures.
    pub(super) received: AtomicU64,
    /// Packets that were judged, or left out.
    pub(super) settled: AtomicU64,
    /// Frames of captures that carry no GeoNetworking.
    pub(super) other_frames: AtomicU64,
    /// Lines that were not written, because whoever reads them was too slow.
    pub(super) lines_lost: AtomicU64,
}

/// Counts one more.
pub(super) fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The way of lines to where they are written.
#[derive(Clone)]
pub(super) struct Lines {
    /// How they are written.
    pub(super) form: Form,
    /// To the thread that writes; none when they are not wanted.
    pub(super) out: Option<SyncSender<String>>,
    /// Whether to wait for a slow reader rather than lose a line: a capture can wait, a radio cannot.
    pub(super) may_wait: bool,
    /// What is counted.
    pub(super) tally: Arc<Tally>,
}

impl Lines {
    /// Writes a line, which is made only when it is wanted.
    pub(super) fn write(&self, line: impl FnOnce(Form) -> String) {
        let Some(out) = &self.out else { return };
        let line = line(self.form);
        let sent = if self.may_wait {
            out.send(line).map_err(|error| TrySendError::Disconnected(error.0))
        } else {
            out.try_send(line)
        };
        // Who writes them is gone when the reader is, and then the run ends.
        if let Err(TrySendError::Full(_)) = sent {
            add(&self.tally.lines_lost);
        }
    }
}

impl Sink for Lines {
    fn heard(&mut self, heard: Heard<'_>) {
        self.write(|form| form.heard(&heard));
        add(&self.tally.settled);
    }
}
