//! How long a frame occupies the channel.

/// The 802.11 preamble and signal field at 10 MHz, in microseconds: twice those of 20 MHz.
const PREAMBLE_MICROS: u64 = 40;
/// One OFDM symbol at 10 MHz, in microseconds.
const SYMBOL_MICROS: u64 = 8;
/// Data bits in a symbol at 6 Mbit/s (QPSK, rate 1/2): the default rate of ITS-G5.
const BITS_PER_SYMBOL: u64 = 48;
/// Service field and tail bits.
const SERVICE_AND_TAIL_BITS: u64 = 16 + 6;
/// Octets around a GeoNetworking packet on the air: a QoS data header of 26, LLC and SNAP of 8, the check sequence of 4.
const FRAME_OCTETS: u64 = 26 + 8 + 4;

/// Microseconds on the air of a frame that carries a GeoNetworking packet of so many octets, at 6 Mbit/s.
#[must_use]
pub const fn micros(packet_octets: usize) -> u64 {
    let bits = (packet_octets as u64 + FRAME_OCTETS) * 8 + SERVICE_AND_TAIL_BITS;
    PREAMBLE_MICROS + bits.div_ceil(BITS_PER_SYMBOL) * SYMBOL_MICROS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cam_of_350_octets_takes_a_little_more_than_half_a_millisecond() {
        assert_eq!(micros(350), 40 + 66 * 8);
    }

    #[test]
    fn every_six_octets_take_a_symbol_more() {
        assert_eq!(micros(356) - micros(350), 8);
        assert_eq!(micros(0), 40 + 7 * 8);
    }
}
