//! Facility messages, by the names of their ASN.1.

use rasn::Encode;
use serde_json::Value;

use crate::facility::{FacilityMessage, decode};
use crate::{cam, denm, vam};

/// The message, by what its header says; the newer release first, which reads what it knows of the older.
pub(super) fn message(octets: &[u8]) -> Option<(&'static str, Value)> {
    fields::<cam::r2::CAM>(octets)
        .or_else(|| fields::<cam::r1::CAM>(octets))
        .or_else(|| fields::<denm::r2::DENM>(octets))
        .or_else(|| fields::<denm::r1::DENM>(octets))
        .or_else(|| fields::<vam::VAM>(octets))
}

fn fields<M: FacilityMessage + Encode>(octets: &[u8]) -> Option<(&'static str, Value)> {
    let message: M = decode(octets).ok()?;
    let text = rasn::jer::encode(&message).ok()?;
    Some((M::NAME, serde_json::from_str(&text).ok()?))
}
