//! The autopilot: what it does with what a ground station says, and as time passes.

#![allow(deprecated, reason = "ground stations still send what MAVLink has newer messages for")]
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the dialect has hundreds of messages and commands, and an autopilot says of the rest that it has no use for them"
)]

use drone_link::frame::Frame;
use mavlink::dialects::ardupilotmega::{
    COMMAND_ACK_DATA, COMMAND_LONG_DATA, MISSION_CURRENT_DATA, MISSION_ITEM_INT_DATA,
    MISSION_ITEM_REACHED_DATA, MavCmd, MavMessage, MavMissionType, MavResult,
};
use mavlink::{MavlinkVersion, Message as _};
use num_traits::ToPrimitive as _;
use v2x_codec::time::Time64;

use crate::flight::{Flight, Place};
use crate::mission::Store;
use crate::mode::Mode;
use crate::parameters::Parameters;
use crate::telemetry;

/// `MAV_COMP_ID_AUTOPILOT1`.
const COMPONENT: u8 = 1;
/// The longest step of the flight model: time that passes at once is cut into such pieces.
const STEP_MICROS: u64 = 50_000;
/// No step is longer than this, whatever the clock did.
const MAX_STEP_MICROS: u64 = 10_000_000;

/// Where it starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Home {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// Metres above sea level.
    pub elevation: f64,
}

/// A simulated autopilot and its drone.
#[derive(Clone, Debug)]
pub struct Autopilot {
    system: u8,
    sequence: u8,
    home: Home,
    flight: Flight,
    target: Place,
    mode: Mode,
    armed: bool,
    missions: [Store; 3],
    current: usize,
    parameters: Parameters,
    started: Time64,
    now: Time64,
    said: u64,
    /// Items that it reached and has not told of.
    reached: Vec<u16>,
    /// Commands that were accepted, for who wants to know what ran.
    ran: Vec<u16>,
}

impl Autopilot {
    /// A drone on the ground.
    #[must_use]
    pub fn new(system: u8, home: Home, now: Time64) -> Self {
        let place = Place { latitude: home.latitude, longitude: home.longitude, height: 0.0 };
        Self {
            system,
            sequence: 0,
            home,
            flight: Flight { place, ..Flight::default() },
            target: place,
            mode: Mode::Hold,
            armed: false,
            missions: Default::default(),
            current: 0,
            parameters: Parameters::default(),
            started: now,
            now,
            said: 0,
            reached: Vec::new(),
            ran: Vec::new(),
        }
    }

    /// Where it is and how fast.
    #[must_use]
    pub const fn flight(&self) -> &Flight {
        &self.flight
    }

    /// What it does.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether its motors may turn.
    #[must_use]
    pub const fn is_armed(&self) -> bool {
        self.armed
    }

    /// Whether it is off the ground.
    #[must_use]
    pub fn is_flying(&self) -> bool {
        self.flight.place.height > 0.1
    }

    /// Where it started.
    #[must_use]
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// Numbers of the commands that it accepted, in order.
    #[must_use]
    pub fn ran(&self) -> &[u16] {
        &self.ran
    }

    /// What is stored of its mission.
    #[must_use]
    pub fn mission(&self) -> &[MISSION_ITEM_INT_DATA] {
        let [mission, ..] = &self.missions;
        mission.items()
    }

    pub(crate) fn boot_millis(&self) -> u32 {
        let micros = self.now.micros_since(self.started).unwrap_or(0);
        u32::try_from(micros / 1000).unwrap_or(u32::MAX)
    }

    pub(crate) fn unix_micros(&self) -> u64 {
        u64::try_from(self.now.unix_micros()).unwrap_or(0)
    }

    /// Takes in a frame and gives back what it answers. What it does not understand or is for another it ignores.
    pub fn handle(&mut self, now: Time64, frame: &Frame) -> Vec<Frame> {
        self.advance(now);
        let (system, component) = frame.target();
        if (system != 0 && system != self.system) || (component != 0 && component != COMPONENT) {
            return Vec::new();
        }
        let from = (frame.system, frame.component);
        let answers = match MavMessage::parse(MavlinkVersion::V2, frame.message, &frame.payload) {
            Ok(message) => self.answer(message, from),
            Err(_) => frame.command().map(|command| unsupported(command, from)).into_iter().collect(),
        };
        answers.into_iter().filter_map(|message| self.frame(&message)).collect()
    }

    /// Lets time pass until now, and gives back what it says by itself.
    pub fn step(&mut self, now: Time64) -> Vec<Frame> {
        let before = self.mode;
        self.advance(now);
        let mut said = self.news(before);
        let ticks = self.now.micros_since(self.started).unwrap_or(0) / 100_000 + 1;
        while self.said < ticks {
            self.said = self.said.max(ticks.saturating_sub(10)) + 1;
            said.extend(self.telemetry(self.said));
        }
        said.into_iter().filter_map(|message| self.frame(&message)).collect()
    }

    /// Ten times a second where it is, once a second how it is.
    fn telemetry(&self, tick: u64) -> Vec<MavMessage> {
        let mut said = vec![telemetry::global_position(self), telemetry::attitude(self)];
        match tick % 10 {
            1 => said.push(telemetry::heartbeat(self)),
            2 => said.push(telemetry::system_status()),
            3 => said.push(telemetry::landed_state(self)),
            4 => said.push(telemetry::gps(self)),
            5 => said.push(telemetry::home_position(self)),
            6 => said.push(telemetry::hud(self)),
            7 => said.push(self.mission_current()),
            _ => {}
        }
        said
    }

    fn news(&mut self, before: Mode) -> Vec<MavMessage> {
        let reached = std::mem::take(&mut self.reached).into_iter();
        let mut news: Vec<_> =
            reached.map(|seq| MavMessage::MISSION_ITEM_REACHED(MISSION_ITEM_REACHED_DATA { seq })).collect();
        if !news.is_empty() {
            news.push(self.mission_current());
        }
        if self.mode != before {
            news.push(telemetry::heartbeat(self));
        }
        news
    }

    fn mission_current(&self) -> MavMessage {
        let seq = u16::try_from(self.current.min(self.mission().len().saturating_sub(1))).unwrap_or(u16::MAX);
        let total = u16::try_from(self.mission().len()).unwrap_or(u16::MAX);
        MavMessage::MISSION_CURRENT(MISSION_CURRENT_DATA { seq, total, ..MISSION_CURRENT_DATA::DEFAULT })
    }

    fn frame(&mut self, message: &MavMessage) -> Option<Frame> {
        let mut payload = [0; 255];
        let length = message.ser(MavlinkVersion::V2, &mut payload);
        self.sequence = self.sequence.wrapping_add(1);
        let payload = payload.get(..length)?;
        Some(Frame::new(self.system, COMPONENT, self.sequence, message.message_id(), payload))
    }

    fn answer(&mut self, message: MavMessage, from: (u8, u8)) -> Vec<MavMessage> {
        match message {
            MavMessage::COMMAND_LONG(command) => self.command(&command, from),
            MavMessage::COMMAND_INT(command) => {
                let long = COMMAND_LONG_DATA {
                    param1: command.param1,
                    param2: command.param2,
                    param3: command.param3,
                    param4: command.param4,
                    param5: command.x as f32 / 1e7,
                    param6: command.y as f32 / 1e7,
                    param7: command.z,
                    command: command.command,
                    target_system: command.target_system,
                    target_component: command.target_component,
                    confirmation: 0,
                };
                self.command(&long, from)
            }
            MavMessage::SET_MODE(set) => {
                if let Some(mode) = Mode::of_custom(set.custom_mode) {
                    self.enter(mode);
                }
                Vec::new()
            }
            MavMessage::PARAM_REQUEST_LIST(_) => self.parameters.all(),
            MavMessage::PARAM_REQUEST_READ(asked) => {
                let name = asked.param_id.to_str().unwrap_or_default();
                self.parameters.read(asked.param_index, name).into_iter().collect()
            }
            MavMessage::PARAM_SET(set) => {
                let name = set.param_id.to_str().unwrap_or_default();
                self.parameters.set(name, set.param_value).into_iter().collect()
            }
            other => self.mission_message(other, from),
        }
    }

    fn mission_message(&mut self, message: MavMessage, from: (u8, u8)) -> Vec<MavMessage> {
        let kept = |store: Option<MavMessage>| store.into_iter().collect();
        match message {
            MavMessage::MISSION_COUNT(count) => kept(
                self.store(count.mission_type)
                    .map(|store| store.begin(count.count, count.mission_type, from)),
            ),
            MavMessage::MISSION_ITEM_INT(item) => {
                let taken = self.store(item.mission_type).and_then(|store| store.take(item, from));
                self.current = self.current.min(self.mission().len());
                kept(taken)
            }
            MavMessage::MISSION_REQUEST_LIST(asked) => {
                kept(self.store(asked.mission_type).map(|store| store.count(asked.mission_type, from)))
            }
            MavMessage::MISSION_REQUEST_INT(asked) => kept(
                self.store(asked.mission_type).map(|store| store.item(asked.seq, asked.mission_type, from)),
            ),
            MavMessage::MISSION_CLEAR_ALL(clear) => {
                self.current = 0;
                kept(self.store(clear.mission_type).map(|store| store.clear(clear.mission_type, from)))
            }
            MavMessage::MISSION_SET_CURRENT(set) => {
                self.current = usize::from(set.seq).min(self.mission().len());
                vec![self.mission_current()]
            }
            _ => Vec::new(),
        }
    }

    fn store(&mut self, kind: MavMissionType) -> Option<&mut Store> {
        let [mission, fence, rally] = &mut self.missions;
        match kind {
            MavMissionType::MAV_MISSION_TYPE_MISSION => Some(mission),
            MavMissionType::MAV_MISSION_TYPE_FENCE => Some(fence),
            MavMissionType::MAV_MISSION_TYPE_RALLY => Some(rally),
            MavMissionType::MAV_MISSION_TYPE_ALL => None,
        }
    }

    fn command(&mut self, command: &COMMAND_LONG_DATA, from: (u8, u8)) -> Vec<MavMessage> {
        let (result, more) = self.run(command);
        if result == MavResult::MAV_RESULT_ACCEPTED {
            self.ran.push(command.command.to_u16().unwrap_or(0));
        }
        let ack = COMMAND_ACK_DATA {
            command: command.command,
            result,
            target_system: from.0,
            target_component: from.1,
            ..COMMAND_ACK_DATA::DEFAULT
        };
        std::iter::once(MavMessage::COMMAND_ACK(ack)).chain(more).collect()
    }

    fn run(&mut self, command: &COMMAND_LONG_DATA) -> (MavResult, Option<MavMessage>) {
        let done = match command.command {
            MavCmd::MAV_CMD_COMPONENT_ARM_DISARM => self.arm(command.param1 > 0.5),
            MavCmd::MAV_CMD_NAV_TAKEOFF => self.take_off(command.param7),
            MavCmd::MAV_CMD_NAV_LAND => self.enter(Mode::Land),
            MavCmd::MAV_CMD_NAV_RETURN_TO_LAUNCH => self.enter(Mode::Return),
            MavCmd::MAV_CMD_NAV_LOITER_UNLIM => self.enter(Mode::Hold),
            MavCmd::MAV_CMD_MISSION_START => self.enter(Mode::Mission),
            MavCmd::MAV_CMD_DO_SET_MODE => Mode::of_parts(command.param2 as u8, command.param3 as u8)
                .is_some_and(|mode| self.enter(mode)),
            MavCmd::MAV_CMD_DO_REPOSITION => self.reposition(command),
            MavCmd::MAV_CMD_DO_SET_MISSION_CURRENT => {
                self.current = (command.param1.max(0.0) as usize).min(self.mission().len());
                true
            }
            MavCmd::MAV_CMD_SET_MESSAGE_INTERVAL => true,
            MavCmd::MAV_CMD_REQUEST_MESSAGE => {
                let message = self.requested(command.param1 as u32);
                let result = if message.is_some() {
                    MavResult::MAV_RESULT_ACCEPTED
                } else {
                    MavResult::MAV_RESULT_UNSUPPORTED
                };
                return (result, message);
            }
            _ => return (MavResult::MAV_RESULT_UNSUPPORTED, None),
        };
        let denied = MavResult::MAV_RESULT_TEMPORARILY_REJECTED;
        (if done { MavResult::MAV_RESULT_ACCEPTED } else { denied }, None)
    }

    fn requested(&self, message: u32) -> Option<MavMessage> {
        let said = [
            telemetry::heartbeat(self),
            telemetry::version(self.system),
            telemetry::home_position(self),
            telemetry::landed_state(self),
            telemetry::gps(self),
            telemetry::system_status(),
        ];
        said.into_iter().find(|known| known.message_id() == message)
    }

    fn arm(&mut self, armed: bool) -> bool {
        if !armed && self.is_flying() {
            return false;
        }
        self.armed = armed;
        true
    }

    fn take_off(&mut self, altitude: f32) -> bool {
        if !self.armed {
            return false;
        }
        let usual = f64::from(self.parameters.real("MIS_TAKEOFF_ALT"));
        let above = f64::from(altitude) - self.home.elevation;
        let height = if altitude.is_finite() && above > 1.0 { above } else { usual };
        self.target = Place { height, ..self.flight.place };
        self.mode = Mode::TakeOff;
        true
    }

    fn reposition(&mut self, command: &COMMAND_LONG_DATA) -> bool {
        let there = Place {
            latitude: f64::from(command.param5),
            longitude: f64::from(command.param6),
            height: f64::from(command.param7) - self.home.elevation,
        };
        if !(self.is_flying() && there.latitude.is_finite() && there.longitude.is_finite()) {
            return false;
        }
        let height = if there.height.is_finite() { there.height } else { self.flight.place.height };
        (self.target, self.mode) = (Place { height, ..there }, Mode::Hold);
        true
    }

    /// Goes over to a mode, if it can.
    fn enter(&mut self, mode: Mode) -> bool {
        let here = self.flight.place;
        let start = Place { latitude: self.home.latitude, longitude: self.home.longitude, height: 0.0 };
        match mode {
            Mode::Hold => self.target = here,
            Mode::TakeOff => return self.take_off(f32::NAN),
            Mode::Mission if self.mission().is_empty() => return false,
            Mode::Mission => {}
            Mode::Return => {
                let height = here
                    .height
                    .max(f64::from(self.parameters.real("RTL_RETURN_ALT")).min(here.height + 20.0));
                self.target = Place { height, ..start };
            }
            Mode::Land => self.target = Place { height: 0.0, ..here },
        }
        self.mode = mode;
        true
    }

    fn advance(&mut self, now: Time64) {
        let mut left = now.micros_since(self.now).unwrap_or(0).min(MAX_STEP_MICROS);
        while left > 0 {
            let step = left.min(STEP_MICROS);
            self.fly(step as f64 / 1e6);
            left -= step;
        }
        self.now = now.max(self.now);
    }

    fn fly(&mut self, seconds: f64) {
        if !self.armed {
            return;
        }
        if self.mode == Mode::Mission {
            self.follow_mission();
        }
        self.flight.step(&self.target, seconds);
        self.arrive();
    }

    /// The next item is where it should go; items that are no place are passed over.
    fn follow_mission(&mut self) {
        let Some(item) = self.mission().get(self.current).cloned() else {
            self.enter(Mode::Hold);
            self.current = 0;
            return;
        };
        let here = self.flight.place;
        match item.command {
            MavCmd::MAV_CMD_NAV_WAYPOINT | MavCmd::MAV_CMD_NAV_SPLINE_WAYPOINT => {
                self.target = telemetry::place(item.x, item.y, item.z);
            }
            MavCmd::MAV_CMD_NAV_TAKEOFF => self.target = Place { height: f64::from(item.z), ..here },
            MavCmd::MAV_CMD_NAV_LAND => _ = self.enter(Mode::Land),
            MavCmd::MAV_CMD_NAV_RETURN_TO_LAUNCH => _ = self.enter(Mode::Return),
            _ => self.current += 1,
        }
    }

    fn arrive(&mut self) {
        let is_there = self.flight.is_at(&self.target);
        match self.mode {
            Mode::Mission if is_there => {
                self.reached.push(u16::try_from(self.current).unwrap_or(u16::MAX));
                self.current += 1;
            }
            Mode::TakeOff if is_there => _ = self.enter(Mode::Hold),
            Mode::Return if is_there => _ = self.enter(Mode::Land),
            Mode::Land if !self.is_flying() => {
                self.armed = false;
                self.enter(Mode::Hold);
            }
            Mode::Hold | Mode::TakeOff | Mode::Mission | Mode::Return | Mode::Land => {}
        }
    }
}

fn unsupported(command: u16, (system, component): (u8, u8)) -> MavMessage {
    let command = <MavCmd as num_traits::FromPrimitive>::from_u16(command).unwrap_or_default();
    MavMessage::COMMAND_ACK(COMMAND_ACK_DATA {
        command,
        result: MavResult::MAV_RESULT_UNSUPPORTED,
        target_system: system,
        target_component: component,
        ..COMMAND_ACK_DATA::DEFAULT
    })
}

#[cfg(test)]
mod tests {
    use mavlink::dialects::ardupilotmega::{MISSION_COUNT_DATA, MavFrame};

    use super::*;

    const HOME: Home = Home { latitude: 48.7665, longitude: 11.4257, elevation: 370.0 };

    fn start() -> Time64 {
        Time64::from_micros(722_000_000_000_000)
    }

    fn at(seconds: u64) -> Time64 {
        start().saturating_add_micros(seconds * 1_000_000)
    }

    fn sent(message: &MavMessage) -> Frame {
        let mut payload = [0; 255];
        let length = message.ser(MavlinkVersion::V2, &mut payload);
        Frame::new(255, 190, 0, message.message_id(), &payload[..length])
    }

    fn command(command: MavCmd, first: f32) -> Frame {
        let data = COMMAND_LONG_DATA {
            command,
            param1: first,
            param7: f32::NAN,
            target_system: 1,
            ..COMMAND_LONG_DATA::DEFAULT
        };
        sent(&MavMessage::COMMAND_LONG(data))
    }

    /// What a command is answered with.
    fn result(answers: &[Frame]) -> u8 {
        answers.first().and_then(|ack| ack.payload.get(2)).copied().unwrap_or(0)
    }

    fn item(seq: u16, east: i32) -> Frame {
        sent(&MavMessage::MISSION_ITEM_INT(MISSION_ITEM_INT_DATA {
            seq,
            x: 487_665_000,
            y: 114_257_000 + east,
            z: 20.0,
            command: MavCmd::MAV_CMD_NAV_WAYPOINT,
            frame: MavFrame::MAV_FRAME_GLOBAL_RELATIVE_ALT_INT,
            target_system: 1,
            ..MISSION_ITEM_INT_DATA::DEFAULT
        }))
    }

    #[test]
    fn it_arms_takes_off_flies_its_mission_returns_and_lands() {
        let mut drone = Autopilot::new(1, HOME, start());
        assert_eq!(result(&drone.handle(at(0), &command(MavCmd::MAV_CMD_NAV_TAKEOFF, 0.0))), 1, "not armed");
        let count = MISSION_COUNT_DATA { count: 2, target_system: 1, ..MISSION_COUNT_DATA::DEFAULT };
        let asked = drone.handle(at(0), &sent(&MavMessage::MISSION_COUNT(count)));
        assert_eq!(asked.first().map(Frame::name).as_deref(), Some("MISSION_REQUEST_INT"));
        drone.handle(at(0), &item(0, 10_000));
        let done = drone.handle(at(0), &item(1, 20_000));
        assert_eq!(done.first().map(Frame::name).as_deref(), Some("MISSION_ACK"));
        assert_eq!(result(&drone.handle(at(1), &command(MavCmd::MAV_CMD_COMPONENT_ARM_DISARM, 1.0))), 0);
        drone.handle(at(1), &command(MavCmd::MAV_CMD_NAV_TAKEOFF, 0.0));
        drone.step(at(10));
        assert!(drone.is_flying() && drone.mode() == Mode::Hold, "{drone:?}");
        drone.handle(at(10), &command(MavCmd::MAV_CMD_MISSION_START, 0.0));
        let mut reached = Vec::new();
        for seconds in 11..90 {
            reached.extend(
                drone.step(at(seconds)).into_iter().filter(|frame| frame.name() == "MISSION_ITEM_REACHED"),
            );
        }
        assert_eq!(reached.len(), 2);
        assert!(
            drone.flight().place.over_ground(&Place { latitude: 48.7665, longitude: 11.4277, height: 0.0 })
                < 2.0
        );
        drone.handle(at(90), &command(MavCmd::MAV_CMD_NAV_RETURN_TO_LAUNCH, 0.0));
        for seconds in 91..160 {
            drone.step(at(seconds));
        }
        assert!(!drone.is_flying() && !drone.is_armed());
        assert_eq!(drone.ran(), [400, 22, 300, 20]);
    }

    #[test]
    fn it_says_ten_times_a_second_where_it_is_and_not_more_after_a_pause() {
        let mut drone = Autopilot::new(1, HOME, start());
        let mut heard = 0;
        for millis in 1..=10 {
            let now = start().saturating_add_micros(millis * 100_000);
            heard += drone.step(now).iter().filter(|frame| frame.name() == "GLOBAL_POSITION_INT").count();
        }
        assert!((10..=11).contains(&heard), "{heard}");
        let after = drone.step(at(3600));
        assert!(after.len() < 40, "{}", after.len());
    }

    #[test]
    fn a_parameter_is_set_and_read_back() {
        use mavlink::dialects::ardupilotmega::PARAM_SET_DATA;
        let mut drone = Autopilot::new(1, HOME, start());
        let mut name = [0; 16];
        name[..15].copy_from_slice(b"MIS_TAKEOFF_ALT");
        let set = PARAM_SET_DATA {
            param_value: 25.0,
            target_system: 1,
            param_id: mavlink::types::CharArray::new(name),
            ..PARAM_SET_DATA::DEFAULT
        };
        let answer = drone.handle(at(0), &sent(&MavMessage::PARAM_SET(set)));
        assert_eq!(answer.first().map(Frame::name).as_deref(), Some("PARAM_VALUE"));
        assert_eq!(drone.parameters.real("MIS_TAKEOFF_ALT"), 25.0);
    }

    #[test]
    fn what_is_for_another_or_unknown_does_nothing() {
        let mut drone = Autopilot::new(2, HOME, start());
        assert!(drone.handle(at(0), &command(MavCmd::MAV_CMD_COMPONENT_ARM_DISARM, 1.0)).is_empty());
        assert!(!drone.is_armed());
    }
}
