//! Link layers that carry GeoNetworking.

use crate::geonet::ETHERTYPE;

/// What the first octets of a captured frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkType {
    /// Ethernet.
    Ethernet,
    /// IEEE 802.11, as on an ITS-G5 radio.
    Ieee80211,
    /// IEEE 802.11 behind a radiotap header.
    Radiotap,
    /// Something else, which is not looked into; the number is the one in the file.
    Other(u32),
}

impl LinkType {
    pub(super) const fn from_code(code: u32) -> Self {
        match code {
            1 => Self::Ethernet,
            105 => Self::Ieee80211,
            127 => Self::Radiotap,
            other => Self::Other(other),
        }
    }

    pub(super) const fn code(self) -> u32 {
        match self {
            Self::Ethernet => 1,
            Self::Ieee80211 => 105,
            Self::Radiotap => 127,
            Self::Other(code) => code,
        }
    }
}

/// The GeoNetworking packet in a frame, with whatever follows it.
pub(super) fn geonetworking(link_type: LinkType, frame: &[u8]) -> Option<&[u8]> {
    match link_type {
        LinkType::Ethernet => behind_ether_type(frame.get(12..)?),
        LinkType::Ieee80211 => behind_80211(frame),
        LinkType::Radiotap => behind_80211(frame.get(radiotap_length(frame)?..)?),
        LinkType::Other(_) => None,
    }
}

/// Skips any VLAN tags; two are the most that IEEE 802.1Q stacks.
fn behind_ether_type(mut rest: &[u8]) -> Option<&[u8]> {
    for _ in 0..3 {
        let (ether_type, behind) = rest.split_first_chunk::<2>()?;
        match u16::from_be_bytes(*ether_type) {
            ETHERTYPE => return Some(behind),
            0x8100 | 0x88a8 => rest = behind.get(2..)?,
            _ => return None,
        }
    }
    None
}

/// Length of a radiotap header, which its third and fourth octet give.
fn radiotap_length(frame: &[u8]) -> Option<usize> {
    let (_, rest) = frame.split_first_chunk::<2>()?;
    rest.first_chunk().map(|length| usize::from(u16::from_le_bytes(*length)))
}

/// Skips the header of a data frame and the SNAP header behind it.
fn behind_80211(frame: &[u8]) -> Option<&[u8]> {
    let [control, flags, ..] = *frame else { return None };
    let is_data = control & 0x0c == 0x08;
    let is_protected = flags & 0x40 != 0;
    if !is_data || is_protected {
        return None;
    }
    let addresses = if flags & 0x03 == 0x03 { 30 } else { 24 };
    let quality_of_service = if control & 0x80 != 0 { 2 } else { 0 };
    let logical_link = frame.get(addresses + quality_of_service..)?;
    behind_ether_type(logical_link.strip_prefix(&[0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: &[u8] = &[0x11, 0, 5, 1];

    #[test]
    fn vlan_tags_are_skipped() {
        let frame = |tags: &[u8]| [&[0xff; 12][..], tags, &[0x89, 0x47], PACKET].concat();
        for tags in [&[][..], &[0x81, 0, 0, 7], &[0x88, 0xa8, 0, 1, 0x81, 0, 0, 7]] {
            assert_eq!(geonetworking(LinkType::Ethernet, &frame(tags)), Some(PACKET));
        }
        let three = [0x81, 0, 0, 1].repeat(3);
        assert_eq!(geonetworking(LinkType::Ethernet, &frame(&three)), None);
    }

    #[test]
    fn frames_of_a_radio_are_read_with_and_without_radiotap() {
        let snap = [0xaa, 0xaa, 3, 0, 0, 0, 0x89, 0x47];
        let with_qos = [&[0x88, 0][..], &[0; 24], &snap, PACKET].concat();
        let without = [&[0x08, 0][..], &[0; 22], &snap, PACKET].concat();
        assert_eq!(geonetworking(LinkType::Ieee80211, &with_qos), Some(PACKET));
        assert_eq!(geonetworking(LinkType::Ieee80211, &without), Some(PACKET));
        let radiotap = [&[0, 0, 8, 0, 0, 0, 0, 0][..], &with_qos].concat();
        assert_eq!(geonetworking(LinkType::Radiotap, &radiotap), Some(PACKET));
    }

    #[test]
    fn other_frames_hold_no_packet() {
        assert_eq!(geonetworking(LinkType::Ethernet, &[&[0; 12][..], &[8, 0], PACKET].concat()), None);
        assert_eq!(geonetworking(LinkType::Other(147), PACKET), None);
        for length in 0..14 {
            assert_eq!(geonetworking(LinkType::Ethernet, &vec![0x89; length]), None);
            assert_eq!(geonetworking(LinkType::Radiotap, &vec![0; length]), None);
        }
    }
}
