//! Cooperative Awareness Messages.
//!
//! [`r1::CAM`] and [`r2::CAM`] are the owned types. Both releases share `protocolVersion` 2 and the wire: release 2
//! adds extension containers behind the extension mark that release 1 already has, which a release 1 receiver
//! skips. [`ReceivedCam`] is what the receive path reads: the same checks without allocation.

mod container;
pub mod extension;
pub mod r1;
pub mod r2;
mod received;
mod walk;

pub use received::{
    ReceivedCam, ReceivedCause, ReceivedHighFrequency, ReceivedLowFrequency, ReceivedSpecialVehicle,
    ReceivedVehicle, Release,
};

use crate::facility::FacilityMessage;

impl FacilityMessage for r1::CAM {
    const NAME: &'static str = "CAM";
    const MESSAGE_ID: u8 = 2;
    const PROTOCOL_VERSION: u8 = 2;

    fn version_and_id(&self) -> (u8, u8) {
        (self.header.protocol_version.value(), self.header.message_id.value())
    }
}

impl FacilityMessage for r2::CAM {
    const NAME: &'static str = "CAM";
    const MESSAGE_ID: u8 = 2;
    const PROTOCOL_VERSION: u8 = 2;

    fn version_and_id(&self) -> (u8, u8) {
        (self.header.protocol_version.value(), self.header.message_id.value())
    }
}
