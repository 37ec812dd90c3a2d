//! A cursor over the bits of a received UPER encoding.

use crate::error::{CodecError, ErrorKind};

/// Result of one read.
type Read<T> = Result<T, CodecError>;

/// Reads UPER from a slice, bit by bit, and never past its end; offsets in errors count octets from its start.
#[derive(Clone, Copy, Debug)]
pub struct BitReader<'a> {
    input: &'a [u8],
    /// Bits read so far.
    position: usize,
    /// Bits that may be read; less than the input has inside an open type.
    end: usize,
}

impl<'a> BitReader<'a> {
    /// A reader at the first bit of `input`.
    #[must_use]
    pub const fn new(input: &'a [u8]) -> Self {
        Self { input, position: 0, end: input.len() * 8 }
    }

    /// Bits that are left.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.end - self.position
    }

    /// An error of `kind` at the next bit.
    #[must_use]
    pub const fn error(&self, kind: ErrorKind, field: &'static str) -> CodecError {
        CodecError::new(kind, field, self.position / 8)
    }

    /// The next `count` bits, at most 56, as a number.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer are left, [`ErrorKind::OutOfRange`] for a larger count.
    #[inline]
    pub fn bits(&mut self, count: u32, field: &'static str) -> Read<u64> {
        if count > 56 {
            return Err(self.error(ErrorKind::OutOfRange, field));
        }
        let next = self.position + count as usize;
        if next > self.end {
            return Err(self.error(ErrorKind::Truncated, field));
        }
        let shifted = self.window() << (self.position % 8);
        self.position = next;
        Ok(shifted.checked_shr(u64::BITS - count).unwrap_or(0))
    }

    /// The eight octets from the current one on, with zeros behind the end.
    #[inline]
    fn window(&self) -> u64 {
        let rest = self.input.get(self.position / 8..).unwrap_or_default();
        rest.first_chunk().map_or_else(|| last_window(rest), |octets| u64::from_be_bytes(*octets))
    }

    /// One bit: a BOOLEAN, a presence or an extension bit.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] at the end.
    #[inline]
    pub fn bit(&mut self, field: &'static str) -> Read<bool> {
        Ok(self.bits(1, field)? == 1)
    }

    /// A whole number from 0 to `max`, in as few bits as hold `max` (X.691 clause 11.5).
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] above `max`, [`ErrorKind::Truncated`] at the end.
    #[inline]
    pub fn up_to(&mut self, max: u64, field: &'static str) -> Read<u64> {
        let refused = self.error(ErrorKind::OutOfRange, field);
        let value = self.bits(u64::BITS - max.leading_zeros(), field)?;
        if value <= max { Ok(value) } else { Err(refused) }
    }

    /// Steps over `count` bits.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when fewer are left.
    #[inline]
    pub fn skip(&mut self, count: usize, field: &'static str) -> Read<()> {
        if count > self.remaining() {
            return Err(self.error(ErrorKind::Truncated, field));
        }
        self.position += count;
        Ok(())
    }

    /// A length without upper bound (X.691 clause 11.9). One of 16,384 and more comes in fragments, which no input
    /// this crate accepts has room for.
    ///
    /// # Errors
    /// [`ErrorKind::LengthExceedsInput`] for a fragment, [`ErrorKind::Truncated`] at the end.
    pub fn length(&mut self, field: &'static str) -> Read<usize> {
        if !self.bit(field)? {
            return Ok(self.bits(7, field)? as usize);
        }
        if self.bit(field)? {
            return Err(self.error(ErrorKind::LengthExceedsInput, field));
        }
        Ok(self.bits(14, field)? as usize)
    }

    /// An open type: its length, and a reader over its octets. This reader goes on behind them.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] when they are not there, and those of [`length`](Self::length).
    pub fn open_type(&mut self, field: &'static str) -> Read<Self> {
        let octets = self.length(field)?;
        let start = *self;
        self.skip(octets * 8, field)?;
        Ok(Self { end: self.position, ..start })
    }

    /// One of the root values of an ENUMERATED, or one of the alternatives of a CHOICE.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for an index behind the last one, [`ErrorKind::Truncated`] at the end.
    #[inline]
    pub fn pick<T: Copy>(&mut self, values: &[T], field: &'static str) -> Read<T> {
        let refused = self.error(ErrorKind::OutOfRange, field);
        let index = self.up_to(values.len().saturating_sub(1) as u64, field)?;
        values.get(index as usize).copied().ok_or(refused)
    }

    /// One of the values that extensions added to an ENUMERATED, behind a set extension bit.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownChoice`] for an addition that is not in `values`, and those of
    /// [`small_number`](Self::small_number).
    pub fn pick_addition<T: Copy>(&mut self, values: &[T], field: &'static str) -> Read<T> {
        let start = *self;
        let index = self.small_number(field)?;
        let known = usize::try_from(index).ok().and_then(|index| values.get(index)).copied();
        let shown = u8::try_from(index).unwrap_or(u8::MAX);
        known.ok_or(start.error(ErrorKind::UnknownChoice(shown), field))
    }

    /// A number that is normally small: six bits, or octets behind a length (X.691 clause 11.6).
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] beyond 64 bits, [`ErrorKind::Truncated`] at the end.
    pub fn small_number(&mut self, field: &'static str) -> Read<u64> {
        if !self.bit(field)? {
            return self.bits(6, field);
        }
        let octets = self.integer_length(field)?;
        let mut number = 0;
        for _ in 0..octets {
            number = (number << 8) | self.bits(8, field)?;
        }
        Ok(number)
    }

    /// Steps over an INTEGER without bounds, as far as it fits 64 bits.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] when it does not, [`ErrorKind::Truncated`] at the end.
    pub fn skip_integer(&mut self, field: &'static str) -> Read<()> {
        let octets = self.integer_length(field)?;
        self.skip(octets * 8, field)
    }

    /// The length of an INTEGER without bounds: one to eight octets, all of them there.
    fn integer_length(&mut self, field: &'static str) -> Read<usize> {
        let refused = self.error(ErrorKind::OutOfRange, field);
        let octets = self.length(field)?;
        if octets * 8 > self.remaining() {
            return Err(self.error(ErrorKind::Truncated, field));
        }
        if (1..=8).contains(&octets) { Ok(octets) } else { Err(refused) }
    }

    /// The presence bits of the extension additions of a SEQUENCE whose extension bit is set (X.691 clause 19.7):
    /// whether the first addition is present, and how many of the others are.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] when there are no bits, [`ErrorKind::Truncated`] at the end.
    pub fn additions(&mut self, field: &'static str) -> Read<(bool, usize)> {
        let refused = self.error(ErrorKind::OutOfRange, field);
        let count = if self.bit(field)? { self.length(field)? } else { self.bits(6, field)? as usize + 1 };
        if count == 0 {
            return Err(refused);
        }
        let first = self.bit(field)?;
        let mut others = 0;
        for _ in 1..count {
            others += usize::from(self.bit(field)?);
        }
        Ok((first, others))
    }

    /// Steps over `count` open types.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] at the end, [`ErrorKind::LengthExceedsInput`] for a fragmented one.
    pub fn skip_open_types(&mut self, count: usize, field: &'static str) -> Read<()> {
        for _ in 0..count {
            self.open_type(field)?;
        }
        Ok(())
    }

    /// Steps over all extension additions, when `extended` (the extension bit) says that there are any.
    ///
    /// # Errors
    /// Those of [`additions`](Self::additions) and [`skip_open_types`](Self::skip_open_types).
    #[inline]
    pub fn skip_additions(&mut self, extended: bool, field: &'static str) -> Read<()> {
        if !extended {
            return Ok(());
        }
        let (first, others) = self.additions(field)?;
        self.skip_open_types(usize::from(first) + others, field)
    }

    /// Ends the reading of a whole message: zero bits up to the next octet, and nothing behind them.
    ///
    /// # Errors
    /// [`ErrorKind::TrailingOctets`] or [`ErrorKind::BadPadding`].
    pub fn finish(mut self, field: &'static str) -> Read<()> {
        let left = self.remaining();
        if left >= 8 {
            return Err(self.error(ErrorKind::TrailingOctets(left / 8), field));
        }
        match self.bits(left as u32, field)? {
            0 => Ok(()),
            _ => Err(self.error(ErrorKind::BadPadding, field)),
        }
    }

    /// Ends the reading of an open type: fewer than eight bits are left, whatever they are (a receiver does not
    /// look at them).
    ///
    /// # Errors
    /// [`ErrorKind::TrailingOctets`].
    pub fn finish_open(self, field: &'static str) -> Read<()> {
        match self.remaining() {
            left if left < 8 => Ok(()),
            left => Err(self.error(ErrorKind::TrailingOctets(left / 8), field)),
        }
    }
}

/// Fewer than eight octets, left-aligned.
#[cold]
fn last_window(rest: &[u8]) -> u64 {
    rest.iter()
        .zip((0..u64::BITS).step_by(8))
        .fold(0, |window, (octet, shift)| window | (u64::from(*octet) << (u64::BITS - 8 - shift)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_read_across_octets_and_up_to_the_last_one() {
        let octets = [0b1010_0101, 0b1100_0011, 0xff, 0, 1, 2, 3, 4, 5, 6];
        let mut reader = BitReader::new(&octets);
        assert_eq!(reader.bits(3, "x"), Ok(0b101));
        assert_eq!(reader.bits(7, "x"), Ok(0b001_0111));
        assert_eq!(reader.bits(14, "x"), Ok(0b00_0011_1111_1111));
        assert_eq!(reader.bits(56, "x"), Ok(0x00_0102_0304_0506));
        assert_eq!(reader.bits(0, "x"), Ok(0));
        assert_eq!(reader.bits(1, "x").map_err(|error| error.kind), Err(ErrorKind::Truncated));
    }

    #[test]
    fn a_number_above_its_maximum_is_refused_where_it_starts() {
        let mut reader = BitReader::new(&[0xff, 0xff]);
        assert_eq!(reader.bits(8, "x"), Ok(0xff));
        let error = reader.up_to(4, "delta").unwrap_err();
        assert_eq!((error.kind, error.field, error.offset), (ErrorKind::OutOfRange, "delta", 1));
    }

    #[test]
    fn an_open_type_cannot_be_read_past() {
        let mut reader = BitReader::new(&[1, 0xab, 0xcd]);
        let mut inside = reader.open_type("x").unwrap();
        assert_eq!(inside.bits(8, "x"), Ok(0xab));
        assert_eq!(inside.bit("x").map_err(|error| error.kind), Err(ErrorKind::Truncated));
        assert_eq!(reader.bits(8, "x"), Ok(0xcd));
        assert!(BitReader::new(&[2, 0xab]).open_type("x").is_err());
    }

    #[test]
    fn a_fragmented_length_is_refused() {
        let error = BitReader::new(&[0xc1, 0, 0]).length("x").unwrap_err();
        assert_eq!(error.kind, ErrorKind::LengthExceedsInput);
    }

    #[test]
    fn padding_is_zero_and_short() {
        let mut reader = BitReader::new(&[0b1000_0000]);
        assert_eq!(reader.bit("x"), Ok(true));
        assert_eq!(reader.finish("x"), Ok(()));
        assert_eq!(BitReader::new(&[1]).finish("x").unwrap_err().kind, ErrorKind::TrailingOctets(1));
        let mut dirty = BitReader::new(&[0b1000_0001]);
        assert_eq!(dirty.bit("x"), Ok(true));
        assert_eq!(dirty.finish("x").unwrap_err().kind, ErrorKind::BadPadding);
    }
}
