//! The basic header: what a forwarder may change.

use crate::coer::Reader;
use crate::error::{CodecError, ErrorKind};

/// The one version that is read and written.
pub const PROTOCOL_VERSION: u8 = 1;

/// The first 4 octets of every packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicHeader {
    /// What follows.
    pub next_header: BasicNextHeader,
    /// How long the packet may be kept.
    pub lifetime: Lifetime,
    /// Hops that are left.
    pub remaining_hop_limit: u8,
}

/// What follows the basic header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BasicNextHeader {
    /// Unspecified.
    Any,
    /// A common header.
    Common,
    /// A secured packet.
    Secured,
}

/// A time in steps of 50 ms, 1 s, 10 s or 100 s: 0 to 6300 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lifetime(u8);

/// The step of a [`Lifetime`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LifetimeBase {
    /// 50 ms.
    FiftyMilliseconds,
    /// 1 s.
    OneSecond,
    /// 10 s.
    TenSeconds,
    /// 100 s.
    HundredSeconds,
}

impl BasicHeader {
    /// Reads the header.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for another version, [`ErrorKind::UnknownChoice`] for an unknown next header,
    /// [`ErrorKind::Truncated`].
    #[inline]
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let unsupported = reader.error(ErrorKind::Unsupported, "GeoNetworking version");
        let [first, _, lifetime, remaining_hop_limit] = *reader.array("BasicHeader")?;
        if first >> 4 != PROTOCOL_VERSION {
            return Err(unsupported);
        }
        let next_header = BasicNextHeader::from_code(first & 0x0f).ok_or(CodecError {
            kind: ErrorKind::UnknownChoice(first & 0x0f),
            field: "BasicHeader.NH",
            ..unsupported
        })?;
        Ok(Self { next_header, lifetime: Lifetime(lifetime), remaining_hop_limit })
    }

    /// Appends the header to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let first = PROTOCOL_VERSION << 4 | self.next_header.code();
        out.extend([first, 0, self.lifetime.0, self.remaining_hop_limit]);
    }
}

impl BasicNextHeader {
    const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Any),
            1 => Some(Self::Common),
            2 => Some(Self::Secured),
            _ => None,
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Any => 0,
            Self::Common => 1,
            Self::Secured => 2,
        }
    }
}

impl Lifetime {
    /// `multiplier` steps of `base`; the multiplier is clipped to 63.
    #[must_use]
    pub const fn new(multiplier: u8, base: LifetimeBase) -> Self {
        let multiplier = if multiplier > 63 { 63 } else { multiplier };
        Self(multiplier << 2 | base as u8)
    }

    /// The field as it is on the wire.
    #[must_use]
    pub const fn from_octet(octet: u8) -> Self {
        Self(octet)
    }

    /// The field as it is on the wire.
    #[must_use]
    pub const fn octet(self) -> u8 {
        self.0
    }

    /// The longest lifetime that is not longer than `millis`, in the finest step that reaches it.
    #[must_use]
    pub fn from_millis(millis: u32) -> Self {
        let reaches = |base: &LifetimeBase| millis < 64 * base.millis();
        let base = LifetimeBase::ALL.into_iter().find(reaches).unwrap_or(LifetimeBase::HundredSeconds);
        let multiplier = (millis / base.millis()).min(63);
        Self::new(u8::try_from(multiplier).unwrap_or(63), base)
    }

    /// The lifetime in ms.
    #[must_use]
    pub fn millis(self) -> u32 {
        u32::from(self.0 >> 2) * self.base().millis()
    }

    /// The step.
    #[must_use]
    pub const fn base(self) -> LifetimeBase {
        match self.0 & 0x03 {
            0 => LifetimeBase::FiftyMilliseconds,
            1 => LifetimeBase::OneSecond,
            2 => LifetimeBase::TenSeconds,
            _ => LifetimeBase::HundredSeconds,
        }
    }
}

impl LifetimeBase {
    const ALL: [Self; 4] = [Self::FiftyMilliseconds, Self::OneSecond, Self::TenSeconds, Self::HundredSeconds];

    /// The step in ms.
    #[must_use]
    pub const fn millis(self) -> u32 {
        match self {
            Self::FiftyMilliseconds => 50,
            Self::OneSecond => 1000,
            Self::TenSeconds => 10_000,
            Self::HundredSeconds => 100_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_never_longer_than_asked_for() {
        for (asked, got) in [(0, 0), (49, 0), (1000, 1000), (3149, 3100), (3200, 3000), (60_000, 60_000)] {
            assert_eq!(Lifetime::from_millis(asked).millis(), got);
        }
        assert_eq!(Lifetime::from_millis(64_000).millis(), 60_000);
        assert_eq!(Lifetime::from_millis(u32::MAX).millis(), 6_300_000);
        assert_eq!(Lifetime::new(200, LifetimeBase::OneSecond).millis(), 63_000);
    }

    #[test]
    fn a_second_is_one_step_of_a_second_on_the_road() {
        // The lifetime field of CAMs heard on the road.
        assert_eq!(Lifetime::from_octet(0x05).millis(), 1000);
        assert_eq!(Lifetime::from_octet(0x50).millis(), 1000);
    }

    #[test]
    fn every_header_reads_back() {
        for next_header in [BasicNextHeader::Any, BasicNextHeader::Common, BasicNextHeader::Secured] {
            let header = BasicHeader { next_header, lifetime: Lifetime(0x1a), remaining_hop_limit: 7 };
            let mut octets = Vec::new();
            header.encode(&mut octets);
            assert_eq!(BasicHeader::read(&mut Reader::new(&octets)), Ok(header));
        }
    }

    #[test]
    fn another_version_is_named() {
        let error = BasicHeader::read(&mut Reader::new(&[0x01, 0, 5, 1])).unwrap_err();
        assert_eq!((error.kind, error.field), (ErrorKind::Unsupported, "GeoNetworking version"));
        let error = BasicHeader::read(&mut Reader::new(&[0x13, 0, 5, 1])).unwrap_err();
        assert_eq!(error.kind, ErrorKind::UnknownChoice(3));
    }
}
