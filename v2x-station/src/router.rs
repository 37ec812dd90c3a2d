//! GeoNetworking between neighbours and into areas: single-hop broadcast, and geo-broadcast with forwarding.
//!
//! Forwarding is contention based, as public routers of EN 302 636-4-1 do it: whoever is farther from the
//! source repeats sooner, and whoever hears the packet repeated stays silent. A packet is repeated inside its area
//! only; towards an area (line forwarding) nothing is sent.
//!
//! Only packets whose security was verified reach this module: nothing forged is repeated.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use v2x_codec::CodecError;
use v2x_codec::btp::{BtpHeader, port};
use v2x_codec::geonet::{
    Area, BasicHeader, BasicNextHeader, ExtendedHeader, GnAddress, Lifetime, LongPositionVector,
    NetworkHeader, TrafficClass,
};
use v2x_codec::time::{GnTimestamp, Time64};

use crate::area;
use crate::kinematics::{Kinematics, offset_m};
use crate::limits::{MAX_PEERS, SEQUENCE_NUMBERS_KEPT};

/// Priority of CAMs.
pub const CAM_CLASS: TrafficClass = TrafficClass::new(2);
/// Hops of a geo-broadcast where the application says nothing else (itsGnDefaultHopLimit).
pub const DEFAULT_HOP_LIMIT: u8 = 10;
/// Lifetime of a packet where the application says nothing else: 60 s (itsGnDefaultPacketLifetime).
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(60);
/// Shortest wait before a packet is repeated (itsGnCbfMinTime).
pub const CONTENTION_MIN: Duration = Duration::from_millis(1);
/// Longest wait before a packet is repeated (itsGnCbfMaxTime).
pub const CONTENTION_MAX: Duration = Duration::from_millis(100);
/// Distance at which the shortest wait applies, in metres (itsGnDefaultMaxCommunicationRange).
pub const RANGE_M: f64 = 1_000.0;
/// Packets that wait to be repeated; beyond that the newest is not repeated, others in range will.
const MAX_WAITING: usize = 64;

/// To whom a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// All neighbours (SHB).
    Neighbours,
    /// All stations in an area (GBC).
    Area(Area),
}

/// A message on its way down.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// To whom it goes.
    pub destination: Destination,
    /// The BTP header in front of it.
    pub btp: BtpHeader,
    /// Priority on the channel.
    pub traffic_class: TrafficClass,
    /// The encoded message.
    pub octets: &'a [u8],
}

impl<'a> Message<'a> {
    /// An encoded CAM for all neighbours.
    #[must_use]
    pub const fn cam(octets: &'a [u8]) -> Self {
        Self {
            destination: Destination::Neighbours,
            btp: BtpHeader::B { destination_port: port::CAM, destination_port_info: 0 },
            traffic_class: CAM_CLASS,
            octets,
        }
    }
}

/// What to do with a packet that was received and verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reception {
    /// Hand it to the application.
    Deliver,
    /// It was handed over before.
    Duplicate,
    /// This station is not in the packet's area, or the packet is for another one.
    NotForUs,
}

/// The routing state of one station.
#[derive(Debug, Default)]
pub struct Router {
    sequence_number: u16,
    heard: BTreeMap<[u8; 8], Heard>,
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Heard {
    last: Time64,
    numbers: VecDeque<u16>,
}

#[derive(Debug)]
struct Waiting {
    due: Time64,
    source: [u8; 8],
    sequence_number: u16,
    packet: Vec<u8>,
}

impl Router {
    /// A router that has heard and sent nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The network PDU that the signature covers: common and extended header, BTP header, message.
    ///
    /// # Errors
    /// When headers and message do not fit one packet.
    pub fn network_pdu(
        &mut self,
        message: &Message<'_>,
        source: LongPositionVector,
        is_mobile: bool,
    ) -> Result<Vec<u8>, CodecError> {
        let mut payload = Vec::with_capacity(message.octets.len() + 4);
        message.btp.encode(&mut payload);
        payload.extend_from_slice(message.octets);
        let (maximum_hop_limit, extended) = match message.destination {
            Destination::Neighbours => (1, ExtendedHeader::SingleHop { source, media: [0; 4] }),
            Destination::Area(area) => {
                let sequence_number = self.next_number();
                (DEFAULT_HOP_LIMIT, ExtendedHeader::GeoBroadcast { sequence_number, source, area })
            }
        };
        let header = NetworkHeader {
            next_header: message.btp.next_header(),
            traffic_class: message.traffic_class,
            is_mobile,
            maximum_hop_limit,
            extended,
        };
        let mut pdu = Vec::with_capacity(payload.len() + 64);
        header.encode(&payload, &mut pdu)?;
        Ok(pdu)
    }

    /// Decides about a verified packet heard at `now` by a station at `here` (10⁻⁷ degree), and keeps it to be
    /// repeated where that is due.
    pub fn receive(
        &mut self,
        now: Time64,
        here: (i32, i32),
        packet: &[u8],
        header: &NetworkHeader,
    ) -> Reception {
        let Some(sequence_number) = header.extended.sequence_number() else {
            return Reception::Deliver;
        };
        let source = address_octets(&header.extended.source().address);
        if !self.is_new(now, source, sequence_number) {
            self.waiting
                .retain(|waiting| (waiting.source, waiting.sequence_number) != (source, sequence_number));
            return Reception::Duplicate;
        }
        let Some(area) = broadcast_area(&header.extended) else { return Reception::NotForUs };
        if !area::contains(area, here.0, here.1) {
            return Reception::NotForUs;
        }
        let sender = header.extended.source();
        let distance = distance_m(here, (sender.latitude, sender.longitude));
        self.repeat_later(
            now,
            distance,
            Waiting { due: now, source, sequence_number, packet: packet.to_vec() },
        );
        Reception::Deliver
    }

    /// The next packet to repeat at `now`, with one hop less.
    pub fn poll_repeat(&mut self, now: Time64) -> Option<Vec<u8>> {
        let index = self.waiting.iter().position(|waiting| waiting.due <= now)?;
        Some(self.waiting.swap_remove(index).packet)
    }

    /// When [`poll_repeat`](Self::poll_repeat) has something next.
    #[must_use]
    pub fn next_repeat(&self) -> Option<Time64> {
        self.waiting.iter().map(|waiting| waiting.due).min()
    }

    /// Forgets the numbers of packets sent: they would connect an old pseudonym with the next.
    pub fn restart_numbers(&mut self, first: u16) {
        self.sequence_number = first;
    }

    const fn next_number(&mut self) -> u16 {
        let number = self.sequence_number;
        self.sequence_number = number.wrapping_add(1);
        number
    }

    /// Notes a packet; whether it was not heard before.
    fn is_new(&mut self, now: Time64, source: [u8; 8], number: u16) -> bool {
        if !self.heard.contains_key(&source) && self.heard.len() >= MAX_PEERS {
            self.forget_longest_silent();
        }
        let heard = self.heard.entry(source).or_insert_with(|| Heard { last: now, numbers: VecDeque::new() });
        heard.last = now;
        if heard.numbers.contains(&number) {
            return false;
        }
        if heard.numbers.len() == SEQUENCE_NUMBERS_KEPT {
            heard.numbers.pop_front();
        }
        heard.numbers.push_back(number);
        true
    }

    fn forget_longest_silent(&mut self) {
        let silent = self.heard.iter().min_by_key(|(_, heard)| heard.last).map(|(source, _)| *source);
        silent.map(|source| self.heard.remove(&source));
    }

    fn repeat_later(&mut self, now: Time64, distance_m: f64, mut waiting: Waiting) {
        if self.waiting.len() < MAX_WAITING && take_hop(&mut waiting.packet) {
            let wait = contention(distance_m).as_micros();
            waiting.due = now.saturating_add_micros(u64::try_from(wait).unwrap_or(u64::MAX));
            self.waiting.push(waiting);
        }
    }
}

/// A packet from its signed data: basic header in front, which no signature covers.
#[must_use]
pub fn secured_packet(signed_data: &[u8], hop_limit: u8) -> Vec<u8> {
    let millis = u32::try_from(DEFAULT_LIFETIME.as_millis()).unwrap_or(u32::MAX);
    let basic = BasicHeader {
        next_header: BasicNextHeader::Secured,
        lifetime: Lifetime::from_millis(millis),
        remaining_hop_limit: hop_limit,
    };
    let mut packet = Vec::with_capacity(signed_data.len() + 4);
    basic.encode(&mut packet);
    packet.extend_from_slice(signed_data);
    packet
}

/// The position vector of a station with this link-layer address that is and moves at `now` as `kinematics` say.
#[must_use]
pub fn position_vector(link_address: [u8; 6], now: Time64, kinematics: &Kinematics) -> LongPositionVector {
    LongPositionVector {
        address: GnAddress { mid: link_address, ..GnAddress::default() },
        timestamp: GnTimestamp::at(now),
        latitude: kinematics.latitude,
        longitude: kinematics.longitude,
        is_accurate: false,
        speed: i16::try_from(kinematics.speed).unwrap_or(i16::MAX),
        heading: kinematics.heading,
    }
}

/// How long a station `distance_m` from the sender waits before it repeats: the farther, the shorter.
fn contention(distance_m: f64) -> Duration {
    let nearness = 1.0 - (distance_m / RANGE_M).clamp(0.0, 1.0);
    CONTENTION_MIN + (CONTENTION_MAX - CONTENTION_MIN).mul_f64(nearness)
}

/// Takes one hop from the basic header's remaining hop limit; whether any is left to travel on.
fn take_hop(packet: &mut [u8]) -> bool {
    const REMAINING_HOP_LIMIT: usize = 3;
    match packet.get_mut(REMAINING_HOP_LIMIT) {
        Some(hops) if *hops > 1 => {
            *hops -= 1;
            true
        }
        _ => false,
    }
}

const fn broadcast_area(extended: &ExtendedHeader) -> Option<&Area> {
    match extended {
        ExtendedHeader::GeoBroadcast { area, .. } => Some(area),
        ExtendedHeader::Beacon { .. }
        | ExtendedHeader::GeoUnicast { .. }
        | ExtendedHeader::GeoAnycast { .. }
        | ExtendedHeader::SingleHop { .. }
        | ExtendedHeader::MultiHop { .. }
        | ExtendedHeader::LocationRequest { .. }
        | ExtendedHeader::LocationReply { .. } => None,
    }
}

fn address_octets(address: &GnAddress) -> [u8; 8] {
    let mut octets = Vec::with_capacity(8);
    address.encode(&mut octets);
    octets.first_chunk().copied().unwrap_or_default()
}

fn distance_m(from: (i32, i32), to: (i32, i32)) -> f64 {
    let (east, north) = offset_m(from, to);
    east.hypot(north)
}

#[cfg(test)]
mod tests {
    use super::*;
    use v2x_codec::geonet::{NextHeader, Shape};

    const NOW: Time64 = Time64::from_micros(700_000_000_000_000);
    const HERE: (i32, i32) = (507_000_000, 69_000_000);

    fn broadcast(sequence_number: u16, radius: u16) -> NetworkHeader {
        let source = LongPositionVector { latitude: HERE.0, longitude: HERE.1, ..Default::default() };
        let area = Area {
            shape: Shape::Circle,
            latitude: HERE.0,
            longitude: HERE.1,
            distance_a: radius,
            distance_b: 0,
            angle: 0,
        };
        NetworkHeader {
            next_header: NextHeader::BtpB,
            traffic_class: TrafficClass::new(1),
            is_mobile: true,
            maximum_hop_limit: DEFAULT_HOP_LIMIT,
            extended: ExtendedHeader::GeoBroadcast { sequence_number, source, area },
        }
    }

    fn after(wait: Duration) -> Time64 {
        NOW.saturating_add_micros(wait.as_micros() as u64)
    }

    #[test]
    fn a_broadcast_is_delivered_once() {
        let mut router = Router::new();
        let packet = secured_packet(&[1, 2, 3], 5);
        assert_eq!(router.receive(NOW, HERE, &packet, &broadcast(1, 300)), Reception::Deliver);
        assert_eq!(router.receive(NOW, HERE, &packet, &broadcast(1, 300)), Reception::Duplicate);
        assert_eq!(router.receive(NOW, HERE, &packet, &broadcast(2, 300)), Reception::Deliver);
    }

    #[test]
    fn outside_its_area_a_broadcast_is_neither_delivered_nor_repeated() {
        let mut router = Router::new();
        let far = (HERE.0 + 100_000, HERE.1);
        let packet = secured_packet(&[1, 2, 3], 5);
        assert_eq!(router.receive(NOW, far, &packet, &broadcast(1, 300)), Reception::NotForUs);
        assert_eq!(router.next_repeat(), None);
    }

    #[test]
    fn a_packet_is_repeated_with_one_hop_less_after_the_contention_time() {
        let mut router = Router::new();
        router.receive(NOW, HERE, &secured_packet(&[1, 2, 3], 5), &broadcast(1, 300));
        assert_eq!(router.poll_repeat(NOW), None);
        assert_eq!(router.next_repeat(), Some(after(CONTENTION_MAX)));
        assert_eq!(router.poll_repeat(after(CONTENTION_MAX)), Some(secured_packet(&[1, 2, 3], 4)));
        assert_eq!(router.poll_repeat(after(CONTENTION_MAX)), None);
    }

    #[test]
    fn a_packet_on_its_last_hop_is_not_repeated() {
        let mut router = Router::new();
        router.receive(NOW, HERE, &secured_packet(&[1, 2, 3], 1), &broadcast(1, 300));
        assert_eq!(router.next_repeat(), None);
    }

    #[test]
    fn whoever_hears_the_packet_repeated_stays_silent() {
        let mut router = Router::new();
        let packet = secured_packet(&[1, 2, 3], 5);
        router.receive(NOW, HERE, &packet, &broadcast(1, 300));
        router.receive(NOW, HERE, &packet, &broadcast(1, 300));
        assert_eq!(router.poll_repeat(after(CONTENTION_MAX)), None);
    }

    #[test]
    fn the_farther_station_repeats_sooner() {
        assert_eq!(contention(0.0), CONTENTION_MAX);
        assert_eq!(contention(5_000.0), CONTENTION_MIN);
        assert!(contention(700.0) < contention(300.0));
    }

    #[test]
    fn senders_beyond_the_limit_push_out_the_longest_silent() {
        let mut router = Router::new();
        for sender in 0..=MAX_PEERS {
            let address = (sender as u64).to_be_bytes();
            assert!(router.is_new(NOW.saturating_add_micros(sender as u64), address, 7));
        }
        assert_eq!(router.heard.len(), MAX_PEERS);
        assert!(!router.is_new(NOW, (MAX_PEERS as u64).to_be_bytes(), 7));
        assert!(router.is_new(NOW, [0; 8], 7));
    }
}
