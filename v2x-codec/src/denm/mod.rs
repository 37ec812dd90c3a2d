//! Decentralized Environmental Notification Messages: [`r1::DENM`] and [`r2::DENM`] are the owned types.

pub mod r1;
pub mod r2;

use crate::facility::FacilityMessage;

impl FacilityMessage for r1::DENM {
    const NAME: &'static str = "DENM";
    const MESSAGE_ID: u8 = 1;
    const PROTOCOL_VERSION: u8 = 2;

    fn version_and_id(&self) -> (u8, u8) {
        (self.header.protocol_version.value(), self.header.message_id.value())
    }
}

impl FacilityMessage for r2::DENM {
    const NAME: &'static str = "DENM";
    const MESSAGE_ID: u8 = 1;
    const PROTOCOL_VERSION: u8 = 2;

    fn version_and_id(&self) -> (u8, u8) {
        (self.header.protocol_version.value(), self.header.message_id.value())
    }
}
