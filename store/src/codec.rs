//! Octets of records and entries: fixed-width numbers in network order, strings behind their length.

use crate::{error::Damage, record::Digest};

/// Writes. Lengths were checked by the types that come here.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn number(mut self, value: u64) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    pub(crate) fn octet(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    pub(crate) fn fixed(mut self, octets: &[u8]) -> Self {
        self.0.extend(octets);
        self
    }

    /// A string behind its length in four octets.
    pub(crate) fn string(self, octets: &[u8]) -> Self {
        let length = u32::try_from(octets.len()).unwrap_or(u32::MAX);
        self.fixed(&length.to_be_bytes()).fixed(octets)
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}

/// Reads what [`Writer`] wrote, and refuses everything else.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(what: &'static str, octets: &'a [u8]) -> Self {
        Self { rest: octets, what }
    }

    const fn unreadable(&self) -> Damage {
        Damage::Unreadable(self.what)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let (octets, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| self.unreadable())?;
        self.rest = rest;
        Ok(*octets)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Damage> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn octet(&mut self) -> Result<u8, Damage> {
        self.array::<1>().map(|[octet]| octet)
    }

    pub(crate) fn digest(&mut self) -> Result<Digest, Damage> {
        self.array()
    }

    /// A string of at most `most` octets.
    pub(crate) fn string(&mut self, most: usize) -> Result<&'a [u8], Damage> {
        let length = usize::try_from(u32::from_be_bytes(self.array()?)).unwrap_or(usize::MAX);
        if length > most {
            return Err(self.unreadable());
        }
        let (octets, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.unreadable())?;
        self.rest = rest;
        Ok(octets)
    }

    /// Everything that is left.
    pub(crate) const fn rest(self) -> &'a [u8] {
        self.rest
    }

    /// That nothing is left.
    pub(crate) const fn end(self) -> Result<(), Damage> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.unreadable()) }
    }
}
