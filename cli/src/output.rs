//! Standard output: text for people, one JSON document for machines.

use std::io::{self, IsTerminal, Write};

use anyhow::Result;
use serde::Serialize;

/// Where a command prints what it found.
pub(crate) struct Output {
    json: bool,
    out: io::BufWriter<io::Stdout>,
}

impl Output {
    /// Output as text, or as JSON.
    pub(crate) fn new(json: bool) -> Self {
        Self { json, out: io::BufWriter::new(io::stdout()) }
    }

    /// Whether JSON is wanted.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person may be watching the error stream: progress goes there.
    pub(crate) fn shows_progress(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// One line of text.
    pub(crate) fn line(&mut self, line: impl std::fmt::Display) -> Result<()> {
        Ok(writeln!(self.out, "{line}")?)
    }

    /// One JSON document, indented.
    pub(crate) fn document(&mut self, value: &impl Serialize) -> Result<()> {
        serde_json::to_writer_pretty(&mut self.out, value)?;
        Ok(writeln!(self.out)?)
    }

    /// Brings everything out; errors of the stream surface here.
    pub(crate) fn finish(&mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }
}

/// Whether the reader of our output has gone, which is no fault.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}

/// An error and its causes in one sentence.
pub(crate) fn sentence(error: &anyhow::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.join(": ")
}
