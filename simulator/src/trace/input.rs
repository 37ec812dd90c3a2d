//! The octets below the XML reader: decompressed, counted in lines, and bounded a tag at a time and as a whole.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::error::InputLimit;
use super::limits;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Either the input itself or its decompressed form.
pub(super) enum Plain<R: BufRead> {
    Xml(R),
    Gzip(Box<BufReader<MultiGzDecoder<R>>>),
}

impl<R: BufRead> Plain<R> {
    /// Looks at the first two octets. A buffer that holds only one is no gzip file of any reader we know.
    pub(super) fn detect(mut input: R) -> io::Result<Self> {
        let gzip = input.fill_buf()?.starts_with(&GZIP_MAGIC);
        Ok(if gzip {
            Self::Gzip(Box::new(BufReader::new(MultiGzDecoder::new(input))))
        } else {
            Self::Xml(input)
        })
    }
}

impl<R: BufRead> Read for Plain<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Xml(inner) => inner.read(out),
            Self::Gzip(inner) => inner.read(out),
        }
    }
}

impl<R: BufRead> BufRead for Plain<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Xml(inner) => inner.fill_buf(),
            Self::Gzip(inner) => inner.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        match self {
            Self::Xml(inner) => inner.consume(amount),
            Self::Gzip(inner) => inner.consume(amount),
        }
    }
}

/// Counts lines, and ends the input with an [`InputLimit`] when a tag or the whole grows too long.
pub(super) struct Bounded<R> {
    inner: R,
    line: u64,
    left_in_event: usize,
    left: u64,
}

impl<R: BufRead> Bounded<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, line: 1, left_in_event: limits::MAX_EVENT_OCTETS, left: limits::MAX_XML_OCTETS }
    }

    /// The line that the XML reader has come to.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Grants the next tag its own allowance.
    pub(super) fn next_event(&mut self) {
        self.left_in_event = limits::MAX_EVENT_OCTETS;
    }

    fn allowance(&self) -> io::Result<usize> {
        let limit = match (self.left_in_event, self.left) {
            (0, _) => InputLimit::Event,
            (_, 0) => InputLimit::Whole,
            (event, whole) => return Ok(event.min(usize::try_from(whole).unwrap_or(usize::MAX))),
        };
        Err(io::Error::other(limit))
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let copied = self.fill_buf()?.read(out)?;
        self.consume(copied);
        Ok(copied)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let allowance = match self.allowance() {
            Ok(allowance) => allowance,
            // At the very end of the input no allowance is needed: an empty buffer says so.
            Err(error) => return if self.inner.fill_buf()?.is_empty() { Ok(&[]) } else { Err(error) },
        };
        let buffer = self.inner.fill_buf()?;
        Ok(buffer.get(..allowance).unwrap_or(buffer))
    }

    fn consume(&mut self, amount: usize) {
        if let Some(gone) = self.inner.fill_buf().ok().and_then(|buffer| buffer.get(..amount)) {
            self.line += gone.iter().filter(|&&octet| octet == b'\n').count() as u64;
        }
        self.left_in_event = self.left_in_event.saturating_sub(amount);
        self.left = self.left.saturating_sub(amount as u64);
        self.inner.consume(amount);
    }
}
