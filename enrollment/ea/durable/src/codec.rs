//! Octets of values: fixed-width numbers in network order, strings behind their length.

use std::fmt;

/// A value that this release did not write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) &'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} cannot be read", self.0)
    }
}

impl std::error::Error for Unreadable {}

/// Writes.
#[derive(Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn fixed(mut self, octets: &[u8]) -> Self {
        self.0.extend_from_slice(octets);
        self
    }

    pub(crate) fn octet(self, value: u8) -> Self {
        self.fixed(&[value])
    }

    /// A string behind its length in two octets; a longer one is none that a value holds.
    pub(crate) fn string(self, what: &'static str, octets: &[u8]) -> Result<Self, Unreadable> {
        let length = u16::try_from(octets.len()).map_err(|_| Unreadable(what))?;
        Ok(self.fixed(&length.to_be_bytes()).fixed(octets))
    }
}

/// Reads what [`Writer`] wrote, and refuses everything else.
pub(crate) struct Reader<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(what: &'static str, octets: &'a [u8]) -> Self {
        Self { what, rest: octets }
    }

    pub(crate) const fn unreadable(&self) -> Unreadable {
        Unreadable(self.what)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (octets, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.unreadable())?;
        self.rest = rest;
        Ok(*octets)
    }

    pub(crate) fn octet(&mut self) -> Result<u8, Unreadable> {
        self.array().map(|[octet]| octet)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Unreadable> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn string(&mut self) -> Result<&'a [u8], Unreadable> {
        let length = usize::from(u16::from_be_bytes(self.array()?));
        let (octets, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.unreadable())?;
        self.rest = rest;
        Ok(octets)
    }

    pub(crate) const fn end(&self) -> Result<(), Unreadable> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.unreadable()) }
    }
}
