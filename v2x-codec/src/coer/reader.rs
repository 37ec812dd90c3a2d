//! A cursor over received octets that accepts canonical OER only and never reads, or allocates, past them.

use crate::error::{CodecError, ErrorKind};

/// Result of one read.
type Read<T> = Result<T, CodecError>;

/// Reads canonical OER from a slice; offsets in errors count from the slice's start.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    input: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `input`.
    #[must_use]
    pub const fn new(input: &'a [u8]) -> Self {
        Self { input, position: 0 }
    }

    /// Octets read so far, which is also the offset of the next one.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Octets that are left.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.input.len() - self.position
    }

    /// The octets between an earlier [`position`](Self::position) and here: what signatures cover.
    #[must_use]
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.input.get(start..self.position).unwrap_or_default()
    }

    /// An error of `kind` at the next octet.
    #[must_use]
    pub const fn error(&self, kind: ErrorKind, field: &'static str) -> CodecError {
        CodecError::new(kind, field, self.position)
    }

    /// Ends the reading: nothing may be left over.
    ///
    /// # Errors
    /// [`ErrorKind::TrailingOctets`] when something is.
    pub fn finish(self, field: &'static str) -> Read<()> {
        match self.remaining() {
            0 => Ok(()),
            n => Err(self.error(ErrorKind::TrailingOctets(n), field)),
        }
    }

    /// The next `count` octets.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer are left.
    #[inline]
    pub fn octets(&mut self, count: usize, field: &'static str) -> Read<&'a [u8]> {
        let end = self.position.checked_add(count);
        let found = end.and_then(|end| self.input.get(self.position..end));
        let found = found.ok_or(self.error(ErrorKind::Truncated, field))?;
        self.position += count;
        Ok(found)
    }

    /// The next `N` octets as an array.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer are left.
    #[inline]
    pub fn array<const N: usize>(&mut self, field: &'static str) -> Read<&'a [u8; N]> {
        let rest = self.input.get(self.position..).unwrap_or_default();
        let found = rest.first_chunk::<N>().ok_or(self.error(ErrorKind::Truncated, field))?;
        self.position += N;
        Ok(found)
    }

    /// One octet.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] at the end.
    #[inline]
    pub fn u8(&mut self, field: &'static str) -> Read<u8> {
        self.array::<1>(field).map(|[octet]| *octet)
    }

    /// An unsigned 16-bit integer of fixed width.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer than two octets are left.
    #[inline]
    pub fn u16(&mut self, field: &'static str) -> Read<u16> {
        self.array(field).map(|octets| u16::from_be_bytes(*octets))
    }

    /// An unsigned 32-bit integer of fixed width.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer than four octets are left.
    #[inline]
    pub fn u32(&mut self, field: &'static str) -> Read<u32> {
        self.array(field).map(|octets| u32::from_be_bytes(*octets))
    }

    /// A signed 32-bit integer of fixed width.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer than four octets are left.
    #[inline]
    pub fn i32(&mut self, field: &'static str) -> Read<i32> {
        self.array(field).map(|octets| i32::from_be_bytes(*octets))
    }

    /// An unsigned 64-bit integer of fixed width.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer than eight octets are left.
    #[inline]
    pub fn u64(&mut self, field: &'static str) -> Read<u64> {
        self.array(field).map(|octets| u64::from_be_bytes(*octets))
    }

    /// A BOOLEAN: 00 or FF, as canonical OER has it (X.696 clause 9).
    ///
    /// # Errors
    /// [`ErrorKind::NonCanonicalValue`] for any other octet, [`ErrorKind::Truncated`] at the end.
    pub fn boolean(&mut self, field: &'static str) -> Read<bool> {
        let error = self.error(ErrorKind::NonCanonicalValue, field);
        match self.u8(field)? {
            0x00 => Ok(false),
            0xff => Ok(true),
            _ => Err(error),
        }
    }

    /// A length determinant (X.696 clause 8.6) in its shortest form, checked against what is left.
    ///
    /// # Errors
    /// [`ErrorKind::NonCanonicalLength`] for a longer form than needed, [`ErrorKind::LengthExceedsInput`] when
    /// fewer octets are left than it says, [`ErrorKind::Truncated`] at the end.
    #[inline]
    pub fn length(&mut self, field: &'static str) -> Read<usize> {
        let start = self.position;
        let first = self.u8(field)?;
        let length = if first < 0x80 { usize::from(first) } else { self.long_length(start, first, field)? };
        if length > self.remaining() {
            return Err(CodecError::new(ErrorKind::LengthExceedsInput, field, start));
        }
        Ok(length)
    }

    fn long_length(&mut self, start: usize, first: u8, field: &'static str) -> Read<usize> {
        let not_canonical = CodecError::new(ErrorKind::NonCanonicalLength, field, start);
        let count = usize::from(first & 0x7f);
        let digits = self.octets(count, field)?;
        if digits.first().is_none_or(|digit| *digit == 0) {
            return Err(not_canonical);
        }
        // Four digits already exceed any input that fits a packet or an HTTP body.
        if count > 4 {
            return Err(CodecError::new(ErrorKind::LengthExceedsInput, field, start));
        }
        let length = digits.iter().fold(0_usize, |length, digit| (length << 8) | usize::from(*digit));
        if length < 0x80 { Err(not_canonical) } else { Ok(length) }
    }

    /// A variable-length OCTET STRING or open type: a length and that many octets.
    ///
    /// # Errors
    /// As [`length`](Self::length).
    #[inline]
    pub fn octet_string(&mut self, field: &'static str) -> Read<&'a [u8]> {
        let length = self.length(field)?;
        self.octets(length, field)
    }

    /// An unsigned INTEGER without upper bound (length and shortest content), as far as it fits 64 bits: a PSID,
    /// for example.
    ///
    /// # Errors
    /// [`ErrorKind::NonCanonicalValue`] for needless leading zeros or no content, [`ErrorKind::OutOfRange`] above
    /// 64 bits, and those of [`length`](Self::length).
    #[inline]
    pub fn unsigned(&mut self, field: &'static str) -> Read<u64> {
        let start = self.position;
        match self.octet_string(field)? {
            [digit] => Ok(u64::from(*digit)),
            [] | [0, _, ..] => Err(CodecError::new(ErrorKind::NonCanonicalValue, field, start)),
            digits if digits.len() > 8 => Err(CodecError::new(ErrorKind::OutOfRange, field, start)),
            digits => Ok(digits.iter().fold(0, |value, digit| (value << 8) | u64::from(*digit))),
        }
    }

    /// The quantity of a SEQUENCE OF, never more than `limit` and never more than the octets that are left could
    /// hold at `smallest` octets an entry (at least 1).
    ///
    /// # Errors
    /// [`ErrorKind::LengthExceedsInput`] or [`ErrorKind::TooMany`], and those of [`unsigned`](Self::unsigned).
    pub fn quantity(&mut self, smallest: usize, limit: usize, field: &'static str) -> Read<usize> {
        let start = self.position;
        let quantity = usize::try_from(self.unsigned(field)?).unwrap_or(usize::MAX);
        if quantity.saturating_mul(smallest.max(1)) > self.remaining() {
            return Err(CodecError::new(ErrorKind::LengthExceedsInput, field, start));
        }
        if quantity > limit {
            return Err(CodecError::new(ErrorKind::TooMany, field, start));
        }
        Ok(quantity)
    }

    /// The tag of a CHOICE with context-specific alternatives below 63: its number (X.696 clause 8.7).
    ///
    /// # Errors
    /// [`ErrorKind::UnknownChoice`] for another class or a long tag, [`ErrorKind::Truncated`] at the end.
    #[inline]
    pub fn choice(&mut self, field: &'static str) -> Read<u8> {
        let start = self.position;
        let tag = self.u8(field)?;
        if tag & 0xc0 == 0x80 && tag & 0x3f != 0x3f {
            Ok(tag & 0x3f)
        } else {
            Err(CodecError::new(ErrorKind::UnknownChoice(tag), field, start))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_in_a_longer_form_than_needed_is_refused() {
        for octets in [&[0x81, 0x05][..], &[0x82, 0x00, 0x85], &[0x80]] {
            let padded = [octets, &[0; 200]].concat();
            let error = Reader::new(&padded).length("x").unwrap_err();
            assert_eq!((error.kind, error.offset), (ErrorKind::NonCanonicalLength, 0));
        }
    }

    #[test]
    fn a_length_beyond_the_input_is_refused_before_anything_is_read() {
        let error = Reader::new(&[0x84, 0xff, 0xff, 0xff, 0xff, 0]).octet_string("x").unwrap_err();
        assert_eq!(error.kind, ErrorKind::LengthExceedsInput);
    }

    #[test]
    fn a_quantity_that_cannot_fit_is_refused() {
        let mut reader = Reader::new(&[0x06, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(reader.quantity(1, 10, "x").unwrap_err().kind, ErrorKind::LengthExceedsInput);
    }

    #[test]
    fn integers_keep_no_leading_zero() {
        assert_eq!(Reader::new(&[0x02, 0x01, 0x00]).unsigned("x"), Ok(256));
        assert_eq!(Reader::new(&[0x01, 0x00]).unsigned("x"), Ok(0));
        for octets in [&[0x02, 0x00, 0x01][..], &[0x00]] {
            assert_eq!(Reader::new(octets).unsigned("x").unwrap_err().kind, ErrorKind::NonCanonicalValue);
        }
    }

    #[test]
    fn what_is_left_over_is_counted() {
        let mut reader = Reader::new(&[1, 2, 3]);
        assert_eq!(reader.u8("x"), Ok(1));
        assert_eq!(reader.since(0), &[1]);
        assert_eq!(reader.finish("x").unwrap_err().kind, ErrorKind::TrailingOctets(2));
    }
}
