//! Intervals in place of words: arithmetic on all values at once, for proofs of bounds.
//!
//! Every operation gives an interval that holds each result there can be, and panics when one of them could not be kept in
//! 64 bits, as either kind of integer; who knows which kind says so by [`Interval::within`]. Code that is generic over words and
//! runs through on the widest inputs that it is promised therefore never overflows; and what comes out bounds what it
//! gives.

/// All integers from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    least: i128,
    most: i128,
}

impl Interval {
    /// From `least` to `most`, both of which fit into a word.
    pub(crate) fn new(least: i128, most: i128) -> Self {
        let (lowest, highest) = (i128::from(i64::MIN), i128::from(u64::MAX));
        assert!(least <= most && least >= lowest && most <= highest, "{least}..={most} overflows");
        Self { least, most }
    }

    pub(crate) fn exactly(value: i64) -> Self {
        Self::new(value.into(), value.into())
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self::new(self.least + other.least, self.most + other.most)
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self::new(self.least - other.most, self.most - other.least)
    }

    pub(crate) fn times(self, other: Self) -> Self {
        let Self { least, most } = self.times_wide(other);
        Self::new(least, most)
    }

    /// A product that may take more than a word.
    pub(crate) fn times_wide(self, other: Self) -> Self {
        let corners = [self.least, self.most].map(|a| [other.least, other.most].map(|b| a * b));
        let all = || corners.iter().flatten().copied();
        let (least, most) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        Self { least, most }
    }

    pub(crate) fn shifted_down(self, bits: u32) -> Self {
        Self::new(self.least >> bits, self.most >> bits)
    }

    /// The lowest bits: everything there can be, unless nothing is cut off.
    pub(crate) fn lowest(self, bits: u32) -> Self {
        let most = (1i128 << bits) - 1;
        if self.least >= 0 && self.most <= most { self } else { Self::new(0, most) }
    }

    /// Itself, if it is within these bounds.
    pub(crate) fn within(self, least: i128, most: i128) -> Self {
        assert!(self.least >= least && self.most <= most, "{self:?} is not within {least}..={most}");
        self
    }

    pub(crate) fn is_inside(&self, other: &Self) -> bool {
        self.least >= other.least && self.most <= other.most
    }
}

#[test]
#[should_panic(expected = "overflows")]
fn a_sum_that_can_overflow_is_found() {
    let _ = Interval::new(0, u64::MAX.into()).plus(Interval::exactly(1));
}

#[test]
fn a_product_spans_its_corners() {
    let product = Interval::new(-3, 2).times(Interval::new(-5, 7));
    assert_eq!(product, Interval::new(-21, 15));
    assert_eq!(Interval::new(-1, 4).lowest(2), Interval::new(0, 3));
}
