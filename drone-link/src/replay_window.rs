//! Which of the last datagrams came already.

use crate::limits::REPLAY_WINDOW;

const WORDS: usize = (REPLAY_WINDOW / 64) as usize;

/// A sliding window over the numbers of datagrams: each is taken once, and one behind the window never.
#[derive(Clone, Debug)]
pub struct ReplayWindow {
    /// One past the greatest number so far.
    end: u64,
    seen: [u64; WORDS],
}

impl Default for ReplayWindow {
    fn default() -> Self {
        Self { end: 0, seen: [0; WORDS] }
    }
}

impl ReplayWindow {
    /// Whether a datagram of this number is new; from then on it is not.
    pub fn take(&mut self, number: u64) -> bool {
        if number == u64::MAX {
            // Nothing could come after it.
            return false;
        }
        if number >= self.end {
            self.advance(number);
        } else if self.end - number > REPLAY_WINDOW {
            return false;
        }
        let (word, bit) = place(number);
        let Some(word) = self.seen.get_mut(word) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    fn advance(&mut self, number: u64) {
        let fresh = (number - self.end).saturating_add(1).min(REPLAY_WINDOW);
        for offset in 0..fresh {
            let (word, bit) = place(number - offset);
            if let Some(word) = self.seen.get_mut(word) {
                *word &= !bit;
            }
        }
        self.end = number + 1;
    }
}

const fn place(number: u64) -> (usize, u64) {
    let slot = number % REPLAY_WINDOW;
    ((slot / 64) as usize, 1 << (slot % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_number_within_the_window_is_taken_once(
            steps in proptest::collection::vec(prop_oneof![0..40_i64, -1200..1200_i64, 0..5000_i64], 1..400),
        ) {
            let (mut window, mut seen, mut greatest, mut at) = (ReplayWindow::default(), HashSet::new(), None::<u64>, 2000_i64);
            for step in steps {
                at = (at + step).max(0);
                let number = u64::try_from(at).unwrap();
                let behind = greatest.is_some_and(|greatest| greatest + 1 - number.min(greatest + 1) > REPLAY_WINDOW);
                let expected = !behind && !seen.contains(&number);
                prop_assert_eq!(window.take(number), expected, "{}", number);
                if expected { seen.insert(number); }
                greatest = greatest.max(Some(number));
            }
        }
    }

    #[test]
    fn the_last_number_there_is_does_no_harm() {
        let mut window = ReplayWindow::default();
        assert!(window.take(0) && window.take(u64::MAX - 1));
        assert!(!window.take(0) && !window.take(u64::MAX - 1) && !window.take(u64::MAX));
    }
}
