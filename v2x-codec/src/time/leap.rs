//! The leap seconds since 2004 (IERS Bulletin C), the only place that knows them.

/// Unix seconds of 2004-01-01T00:00:00 UTC.
const EPOCH_UNIX: i64 = 1_072_915_200;

/// Unix seconds at which each inserted leap second has just ended: 2006-01-01, 2009-01-01, 2012-07-01,
/// 2015-07-01 and 2017-01-01.
const LEAPS: [i64; 5] = [1_136_073_600, 1_230_768_000, 1_341_100_800, 1_435_708_800, 1_483_228_800];

/// A TAI second seen from UTC.
pub(super) struct Utc {
    /// Unix seconds as POSIX defines them: a leap second has those of the midnight that follows.
    pub(super) unix: i64,
    /// Whether this second is an inserted one, 23:59:60.
    pub(super) is_leap: bool,
    /// Leap seconds inserted since 2004, until the end of this second.
    pub(super) offset: u64,
}

/// TAI seconds since 2004 at a Unix second; `None` before 2004.
pub(super) fn tai_from_unix(unix: i64) -> Option<u64> {
    let elapsed = u64::try_from(unix.checked_sub(EPOCH_UNIX)?).ok()?;
    let inserted = LEAPS.iter().filter(|leap| unix >= **leap).count();
    elapsed.checked_add(inserted as u64)
}

/// What UTC calls the TAI second `tai` after the epoch.
pub(super) fn utc_from_tai(tai: u64) -> Utc {
    let mut utc = Utc { unix: unix_at(tai, 0), is_leap: false, offset: 0 };
    for leap in LEAPS {
        if utc.unix < leap {
            break;
        }
        // The inserted second is the one that would be called midnight if nothing had been inserted.
        utc.is_leap = utc.unix == leap;
        utc.offset += 1;
        utc.unix = if utc.is_leap { leap } else { unix_at(tai, utc.offset) };
    }
    utc
}

fn unix_at(tai: u64, offset: u64) -> i64 {
    EPOCH_UNIX.saturating_add_unsigned(tai.saturating_sub(offset))
}

/// Whether the second before Unix second `midnight` was preceded by an inserted one, so that 23:59:60 exists.
pub(super) fn ends_at(midnight: i64) -> bool {
    LEAPS.contains(&midnight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_inserted_second_lies_between_its_neighbours() {
        for leap in LEAPS {
            let after = tai_from_unix(leap).unwrap();
            let [before, inserted, following] = [after - 2, after - 1, after].map(utc_from_tai);
            assert_eq!((before.unix, before.is_leap), (leap - 1, false));
            assert_eq!((inserted.unix, inserted.is_leap), (leap, true));
            assert_eq!((following.unix, following.is_leap), (leap, false));
            assert_eq!(following.offset, before.offset + 1);
        }
    }
}
