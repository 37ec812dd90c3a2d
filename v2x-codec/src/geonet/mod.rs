//! GeoNetworking, version 1 (EN 302 636-4-1): owned headers, read and written.
//!
//! A packet is a [`BasicHeader`], which no signature covers, and behind it either a [`NetworkHeader`] with its
//! payload, or `Ieee1609Dot2Data` in whose payload those two are. [`crate::view::Packet`] reads whole packets without
//! allocation; writing goes from the inside out:
//!
//! ```
//! use v2x_codec::btp::{BtpHeader, port};
//! use v2x_codec::geonet::{
//!     BasicHeader, BasicNextHeader, ExtendedHeader, GnAddress, Lifetime, LongPositionVector, NetworkHeader,
//!     NextHeader, TrafficClass,
//! };
//! use v2x_codec::time::GnTimestamp;
//!
//! let source = LongPositionVector {
//!     address: GnAddress { is_manual: false, station_type: 5, reserved: 0, mid: [2, 0, 0, 0, 0, 1] },
//!     timestamp: GnTimestamp::new(0),
//!     latitude: 481_234_567,
//!     longitude: 115_678_901,
//!     is_accurate: true,
//!     speed: 1389,
//!     heading: 900,
//! };
//! let header = NetworkHeader {
//!     next_header: NextHeader::BtpB,
//!     traffic_class: TrafficClass::new(2),
//!     is_mobile: true,
//!     maximum_hop_limit: 1,
//!     extended: ExtendedHeader::SingleHop { source, media: [0; 4] },
//! };
//! let mut pdu = Vec::new();
//! BtpHeader::B { destination_port: port::CAM, destination_port_info: 0 }.encode(&mut pdu);
//! pdu.extend(b"facility message");
//! let mut packet = Vec::new();
//! BasicHeader {
//!     next_header: BasicNextHeader::Common,
//!     lifetime: Lifetime::from_millis(1000),
//!     remaining_hop_limit: 1,
//! }
//! .encode(&mut packet);
//! header.encode(&pdu, &mut packet)?;
//!
//! let (network, padding) = v2x_codec::view::Packet::parse(&packet)?.into_unsecured().unwrap();
//! assert_eq!((network.header, network.payload, padding), (header, &pdu[..], &[][..]));
//! # Ok::<(), v2x_codec::CodecError>(())
//! ```
//!
//! Reserved fields are ignored when read and zero when written.

mod basic;
mod extended;
mod network;
mod position;

pub use basic::{BasicHeader, BasicNextHeader, Lifetime, LifetimeBase, PROTOCOL_VERSION};
pub use extended::{Area, ExtendedHeader, HeaderType, Shape};
pub use network::{NetworkHeader, NextHeader, TrafficClass};
pub use position::{GnAddress, LongPositionVector, ShortPositionVector};

/// EtherType of GeoNetworking in Ethernet and IEEE 802.11 frames.
pub const ETHERTYPE: u16 = 0x8947;
