//! Facility messages, by the names of their ASN.1.

use serde_json::Value;

use crate::btp::port;
use crate::facility::{FacilityMessage, decode};
use crate::{cam, denm, vam};

/// Reads octets as one kind of message; its name and its fields.
type Read = fn(&[u8]) -> Option<(&'static str, Value)>;

/// Every kind of message by its port; the newer release first, which reads what it knows of the older.
static KINDS: &[(u16, Read)] = &[
    (port::CAM, fields::<cam::r2::CAM>),
    (port::CAM, fields::<cam::r1::CAM>),
    (port::DENM, fields::<denm::r2::DENM>),
    (port::DENM, fields::<denm::r1::DENM>),
    (port::VAM, fields::<vam::VAM>),
    #[cfg(feature = "services")]
    (port::SPATEM, service::<{ port::SPATEM }>),
    #[cfg(feature = "services")]
    (port::MAPEM, service::<{ port::MAPEM }>),
    #[cfg(feature = "services")]
    (port::IVIM, service::<{ port::IVIM }>),
    #[cfg(feature = "services")]
    (port::SREM, service::<{ port::SREM }>),
    #[cfg(feature = "services")]
    (port::SSEM, service::<{ port::SSEM }>),
    #[cfg(feature = "services")]
    (port::CPM, service::<{ port::CPM }>),
];

/// The message, by what its header says; one that came to a known port is a message of that port's service.
pub(super) fn message(octets: &[u8], came_to: Option<u16>) -> Option<(&'static str, Value)> {
    let is_known = KINDS.iter().any(|(port, _)| came_to == Some(*port));
    let mut candidates = KINDS.iter().filter(|(port, _)| !is_known || came_to == Some(*port));
    candidates.find_map(|(_, read)| read(octets))
}

fn fields<M: FacilityMessage>(octets: &[u8]) -> Option<(&'static str, Value)> {
    let message: M = decode(octets).ok()?;
    Some((M::NAME, message.to_json().ok()?))
}

#[cfg(feature = "services")]
fn service<const PORT: u16>(octets: &[u8]) -> Option<(&'static str, Value)> {
    use crate::services::{Service, ServiceMessage};
    let service = Service::of_header(octets).ok().filter(|service| service.port() == PORT)?;
    Some((service.name(), ServiceMessage::decode(octets).ok()?.to_json().ok()?))
}
