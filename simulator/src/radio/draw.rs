//! Chance by name: the same names under the same seed draw the same number, whoever asks and when.

/// A number in 0…1 (1 excluded) for these names.
#[must_use]
pub fn unit(seed: u64, names: [u64; 2]) -> f64 {
    /// One in 2⁵³, the resolution of an `f64` below 1.
    const STEP: f64 = 1.0 / (1u64 << 53) as f64;
    (number(seed, names) >> 11) as f64 * STEP
}

/// A number of 64 bits for these names.
#[must_use]
pub const fn number(seed: u64, [first, second]: [u64; 2]) -> u64 {
    mixed(mixed(mixed(seed) ^ first) ^ second)
}

/// A number for a text: the name of a vehicle, say.
#[must_use]
pub fn of_text(seed: u64, text: &str) -> u64 {
    let octets = text.bytes().map(u64::from);
    octets.fold(mixed(seed ^ text.len() as u64), |state, octet| mixed(state ^ octet))
}

/// The finaliser of the public-domain generator SplitMix64: every bit of the input reaches every bit of the output.
const fn mixed(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_draw_the_same_and_others_draw_others() {
        assert_eq!(number(1, [2, 3]), number(1, [2, 3]));
        for other in [number(2, [2, 3]), number(1, [3, 2]), number(1, [2, 4])] {
            assert_ne!(other, number(1, [2, 3]));
        }
        assert_ne!(of_text(1, "veh1"), of_text(1, "veh2"));
    }

    #[test]
    fn draws_are_spread_evenly() {
        let drawn = (0..100_000).map(|name| unit(7, [name, name / 3]));
        let mut tenths = [0u32; 10];
        drawn.for_each(|value| tenths[(value * 10.0) as usize] += 1);
        assert!(tenths.iter().all(|count| (9_500..10_500).contains(count)), "{tenths:?}");
    }
}
