//! Missions, and how they are uploaded and read back (MAVLink, mission protocol).

use mavlink::dialects::ardupilotmega::{
    MISSION_ACK_DATA, MISSION_COUNT_DATA, MISSION_ITEM_INT_DATA, MISSION_REQUEST_INT_DATA, MavMessage,
    MavMissionResult, MavMissionType,
};

/// Items that it takes.
pub const MAX_ITEMS: u16 = 700;

/// What is stored of one kind (mission, fence, rally points), and what is being uploaded.
#[derive(Clone, Debug, Default)]
pub struct Store {
    items: Vec<MISSION_ITEM_INT_DATA>,
    upload: Option<Upload>,
}

#[derive(Clone, Debug)]
struct Upload {
    count: u16,
    items: Vec<MISSION_ITEM_INT_DATA>,
    from: (u8, u8),
}

impl Store {
    /// What is stored.
    #[must_use]
    pub fn items(&self) -> &[MISSION_ITEM_INT_DATA] {
        &self.items
    }

    /// An upload begins.
    pub(crate) fn begin(&mut self, count: u16, kind: MavMissionType, from: (u8, u8)) -> MavMessage {
        self.upload = None;
        if count > MAX_ITEMS {
            return ack(from, kind, MavMissionResult::MAV_MISSION_NO_SPACE);
        }
        if count == 0 {
            self.items.clear();
            return ack(from, kind, MavMissionResult::MAV_MISSION_ACCEPTED);
        }
        self.upload = Some(Upload { count, items: Vec::new(), from });
        request(from, kind, 0)
    }

    /// An item came. Asked for the next, or done; `None` when no upload is going on.
    pub(crate) fn take(&mut self, item: MISSION_ITEM_INT_DATA, from: (u8, u8)) -> Option<MavMessage> {
        let upload = self.upload.as_mut().filter(|upload| upload.from == from)?;
        let (kind, next) = (item.mission_type, u16::try_from(upload.items.len()).unwrap_or(u16::MAX));
        if item.seq == next {
            upload.items.push(item);
        }
        let next = u16::try_from(upload.items.len()).unwrap_or(u16::MAX);
        if next < upload.count {
            return Some(request(from, kind, next));
        }
        self.items = self.upload.take().map(|upload| upload.items).unwrap_or_default();
        Some(ack(from, kind, MavMissionResult::MAV_MISSION_ACCEPTED))
    }

    /// How many there are.
    pub(crate) fn count(&self, kind: MavMissionType, to: (u8, u8)) -> MavMessage {
        let count = u16::try_from(self.items.len()).unwrap_or(u16::MAX);
        MavMessage::MISSION_COUNT(MISSION_COUNT_DATA {
            count,
            target_system: to.0,
            target_component: to.1,
            mission_type: kind,
            ..MISSION_COUNT_DATA::DEFAULT
        })
    }

    /// One of them.
    pub(crate) fn item(&self, seq: u16, kind: MavMissionType, to: (u8, u8)) -> MavMessage {
        match self.items.get(usize::from(seq)) {
            Some(item) => MavMessage::MISSION_ITEM_INT(MISSION_ITEM_INT_DATA {
                target_system: to.0,
                target_component: to.1,
                mission_type: kind,
                ..item.clone()
            }),
            None => ack(to, kind, MavMissionResult::MAV_MISSION_INVALID_SEQUENCE),
        }
    }

    /// Everything is gone.
    pub(crate) fn clear(&mut self, kind: MavMissionType, from: (u8, u8)) -> MavMessage {
        self.items.clear();
        self.upload = None;
        ack(from, kind, MavMissionResult::MAV_MISSION_ACCEPTED)
    }
}

fn request(
    (target_system, target_component): (u8, u8),
    mission_type: MavMissionType,
    seq: u16,
) -> MavMessage {
    let asked = MISSION_REQUEST_INT_DATA { seq, target_system, target_component, mission_type };
    MavMessage::MISSION_REQUEST_INT(asked)
}

fn ack(
    (target_system, target_component): (u8, u8),
    mission_type: MavMissionType,
    result: MavMissionResult,
) -> MavMessage {
    MavMessage::MISSION_ACK(MISSION_ACK_DATA {
        target_system,
        target_component,
        mavtype: result,
        mission_type,
        ..MISSION_ACK_DATA::DEFAULT
    })
}
