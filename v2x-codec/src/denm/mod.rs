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

    fn normalise(&mut self) {
        if let Some(situation) = &mut self.denm.situation {
            absent_if_empty(&mut situation.extension_1);
            absent_if_empty(&mut situation.extension_2);
        }
        if let Some(location) = &mut self.denm.location {
            absent_if_empty(&mut location.extension_1);
        }
        if let Some(alacarte) = &mut self.denm.alacarte {
            absent_if_empty(&mut alacarte.extension_1);
        }
    }
}

fn absent_if_empty<G: Default + PartialEq>(group: &mut Option<G>) {
    if group.as_ref().is_some_and(|group| *group == G::default()) {
        *group = None;
    }
}
