//! Progress: each step's name before it runs and its time after, and what was not run with the reason.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// The steps of one command, in order.
pub(crate) struct Steps {
    begun: Instant,
    done: Vec<(String, Duration)>,
    skipped: Vec<(String, String)>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), done: Vec::new(), skipped: Vec::new() }
    }

    /// Runs a step. Its failure names it, so that the last line a person sees says where it broke.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        eprintln!("\n==> {name}");
        let begun = Instant::now();
        work().with_context(|| format!("step \"{name}\" failed after {}", seconds(begun.elapsed())))?;
        let took = begun.elapsed();
        eprintln!("    done: {name}, {}", seconds(took));
        self.done.push((name.to_owned(), took));
        Ok(())
    }

    /// Says that a step was not run, and why: nothing is left out in silence.
    pub(crate) fn not_run(&mut self, name: &str, reason: &str) {
        eprintln!("\n==> {name}\n    NOT RUN: {reason}");
        self.skipped.push((name.to_owned(), reason.to_owned()));
    }

    /// A table of all steps so far.
    pub(crate) fn summary(&self) {
        eprintln!("\n==> so far, {} in all", seconds(self.begun.elapsed()));
        for (name, took) in &self.done {
            eprintln!("    {:>8}  {name}", seconds(*took));
        }
        for (name, reason) in &self.skipped {
            eprintln!("     not run  {name}: {reason}");
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
