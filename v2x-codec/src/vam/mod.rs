//! Vulnerable road user Awareness Messages (release 2 only).

mod messages;

pub use messages::*;

use crate::facility::FacilityMessage;

impl FacilityMessage for VAM {
    const NAME: &'static str = "VAM";
    const MESSAGE_ID: u8 = 16;
    const PROTOCOL_VERSION: u8 = 3;

    fn version_and_id(&self) -> (u8, u8) {
        (self.header.protocol_version.value(), self.header.message_id.value())
    }
}
