//! TraCI on the wire: big-endian numbers, texts with their length, commands with theirs.

use super::error::TraciError;
use super::limits;

/// Types of values.
pub(super) mod kind {
    pub(crate) const LON_LAT: u8 = 0x00;
    pub(crate) const POSITION_2D: u8 = 0x01;
    pub(crate) const POLYGON: u8 = 0x06;
    pub(crate) const UBYTE: u8 = 0x07;
    pub(crate) const DOUBLE: u8 = 0x0b;
    pub(crate) const TEXT: u8 = 0x0c;
    pub(crate) const TEXTS: u8 = 0x0e;
    pub(crate) const COMPOUND: u8 = 0x0f;
}

/// Variables of vehicles.
pub(super) mod variable {
    pub(crate) const SPEED: u8 = 0x40;
    pub(crate) const POSITION: u8 = 0x42;
    pub(crate) const ANGLE: u8 = 0x43;
    pub(crate) const TYPE: u8 = 0x4f;
}

/// Commands, and what their answers are numbered with.
pub(super) mod command {
    pub(crate) const VERSION: u8 = 0x00;
    pub(crate) const STEP: u8 = 0x02;
    pub(crate) const CLOSE: u8 = 0x7f;
    pub(crate) const SUBSCRIBE_JUNCTION_CONTEXT: u8 = 0x89;
    pub(crate) const JUNCTION_CONTEXT: u8 = 0x99;
    pub(crate) const ASK_VEHICLE: u8 = 0xa4;
    pub(crate) const ASK_JUNCTION: u8 = 0xa9;
    pub(crate) const ASK_SIMULATION: u8 = 0xab;
    /// An answer has the number of its question and this.
    pub(crate) const ANSWER: u8 = 0x10;
}

/// What was seen of a vehicle after a step: metres in the network's plane, degrees clockwise from north, metres a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    /// Metres east.
    pub x: f64,
    /// Metres north.
    pub y: f64,
    /// Degrees clockwise from north.
    pub angle: f64,
    /// Metres a second.
    pub speed: f64,
}

/// Octets that are read from front to back.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads these octets.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// Whether all are read.
    #[must_use]
    pub const fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], TraciError> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or(TraciError::Malformed("it ends too soon"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], TraciError> {
        self.take(N)?.try_into().map_err(|_| TraciError::Malformed("it ends too soon"))
    }

    pub(super) fn octet(&mut self) -> Result<u8, TraciError> {
        self.array().map(|[octet]| octet)
    }

    pub(super) fn int(&mut self) -> Result<i32, TraciError> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn double(&mut self) -> Result<f64, TraciError> {
        let value = self.array().map(f64::from_be_bytes)?;
        if value.is_finite() { Ok(value) } else { Err(TraciError::Malformed("a number is none")) }
    }

    fn count(&mut self, what: &'static str, most: usize) -> Result<usize, TraciError> {
        let count = usize::try_from(self.int()?).map_err(|_| TraciError::Malformed("a negative count"))?;
        if count <= most { Ok(count) } else { Err(TraciError::TooMany(what, most)) }
    }

    pub(super) fn text(&mut self) -> Result<&'a str, TraciError> {
        let length = self.count("octets in a name", limits::MAX_NAME_OCTETS)?;
        core::str::from_utf8(self.take(length)?).map_err(|_| TraciError::Malformed("a text is not UTF-8"))
    }

    pub(super) fn texts(&mut self) -> Result<Vec<String>, TraciError> {
        let count = self.count("names in a list", limits::MAX_NAMES)?;
        (0..count).map(|_| self.text().map(str::to_owned)).collect()
    }

    pub(super) fn kind(&mut self, expected: u8) -> Result<(), TraciError> {
        if self.octet()? == expected {
            Ok(())
        } else {
            Err(TraciError::Malformed("a value has another type"))
        }
    }

    /// The next command: its number and its contents.
    pub fn command(&mut self) -> Result<(u8, Self), TraciError> {
        let (length, head) = match self.octet()? {
            0 => (self.count("octets in a command", limits::MAX_MESSAGE_OCTETS)?, 5),
            short => (usize::from(short), 1),
        };
        let rest =
            length.checked_sub(head).ok_or(TraciError::Malformed("a command is shorter than its head"))?;
        let mut inside = Self(self.take(rest)?);
        Ok((inside.octet()?, inside))
    }

    /// The status that answers a command.
    pub fn status(&mut self, asked: u8) -> Result<(), TraciError> {
        let (command, mut inside) = self.command()?;
        let (result, said) = (inside.octet()?, inside.text()?);
        if command != asked {
            return Err(TraciError::Malformed("the status of another command"));
        }
        if result == 0 { Ok(()) } else { Err(TraciError::Refused { command, said: said.to_owned() }) }
    }

    /// The vehicles of an answer to the context subscription, each handed to `seen`.
    pub fn vehicles(&mut self, mut seen: impl FnMut(&'a str, Seen)) -> Result<(), TraciError> {
        let (_junction, _domain, variables) = (self.text()?, self.octet()?, self.octet()?);
        let count = self.count("vehicles", limits::MAX_VEHICLES)?;
        for _ in 0..count {
            let (name, mut vehicle) = (self.text()?, Seen::default());
            for _ in 0..variables {
                self.value_of(&mut vehicle)?;
            }
            seen(name, vehicle);
        }
        Ok(())
    }

    fn value_of(&mut self, vehicle: &mut Seen) -> Result<(), TraciError> {
        let (variable, status) = (self.octet()?, self.octet()?);
        if status != 0 {
            return Err(TraciError::Malformed("a subscribed value is missing"));
        }
        match variable {
            variable::POSITION => {
                self.kind(kind::POSITION_2D)?;
                (vehicle.x, vehicle.y) = (self.double()?, self.double()?);
            }
            variable::ANGLE => {
                self.kind(kind::DOUBLE)?;
                vehicle.angle = self.double()?;
            }
            variable::SPEED => {
                self.kind(kind::DOUBLE)?;
                vehicle.speed = self.double()?;
            }
            _ => return Err(TraciError::Malformed("a value that was not subscribed")),
        }
        Ok(())
    }

    /// The answer to a step: every vehicle that it moved, handed to `seen`.
    pub fn step(&mut self, mut seen: impl FnMut(&'a str, Seen)) -> Result<(), TraciError> {
        let subscriptions = self.count("subscriptions", 16)?;
        for _ in 0..subscriptions {
            let (command, mut inside) = self.command()?;
            if command != command::JUNCTION_CONTEXT {
                return Err(TraciError::Malformed("an answer to no subscription of ours"));
            }
            inside.vehicles(&mut seen)?;
        }
        Ok(())
    }
}

/// Octets that are written.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn octet(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    pub(super) fn octets(mut self, values: &[u8]) -> Self {
        self.0.extend_from_slice(values);
        self
    }

    pub(super) fn int(self, value: i32) -> Self {
        self.octets(&value.to_be_bytes())
    }

    pub(super) fn double(self, value: f64) -> Self {
        self.octets(&value.to_be_bytes())
    }

    pub(super) fn text(self, value: &str) -> Self {
        self.int(i32::try_from(value.len()).unwrap_or(i32::MAX)).octets(value.as_bytes())
    }

    /// A whole message with these contents as its one command.
    pub(super) fn message(self, command: u8) -> Vec<u8> {
        // Length of the message, the long form of a command's length, the command's number.
        let inside = u32::try_from(self.0.len()).unwrap_or(u32::MAX).saturating_add(1 + 4 + 1);
        let mut message = Vec::with_capacity(self.0.len() + 10);
        message.extend_from_slice(&inside.saturating_add(4).to_be_bytes());
        message.push(0);
        message.extend_from_slice(&inside.to_be_bytes());
        message.push(command);
        message.extend(self.0);
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A command in its short form.
    fn short(number: u8, inside: &[u8]) -> Vec<u8> {
        [&[inside.len() as u8 + 2, number][..], inside].concat()
    }

    fn one_vehicle() -> Vec<u8> {
        let double = |value: f64| [&[kind::DOUBLE][..], &value.to_be_bytes()].concat();
        let position = [&[kind::POSITION_2D][..], &1.5f64.to_be_bytes(), &2.5f64.to_be_bytes()].concat();
        let values = [
            [&[variable::POSITION, 0][..], &position].concat(),
            [&[variable::ANGLE, 0][..], &double(90.0)].concat(),
            [&[variable::SPEED, 0][..], &double(13.5)].concat(),
        ];
        Writer::default().text("J1").octets(&[0xa4, 3]).int(1).text("veh0").octets(&values.concat()).0
    }

    #[test]
    fn a_step_s_answer_yields_its_vehicles() -> Result<(), TraciError> {
        let answer = [1i32.to_be_bytes().to_vec(), short(command::JUNCTION_CONTEXT, &one_vehicle())].concat();
        let mut seen = Vec::new();
        Reader::new(&answer).step(|name, vehicle| seen.push((name.to_owned(), vehicle)))?;
        assert_eq!(seen, [("veh0".to_owned(), Seen { x: 1.5, y: 2.5, angle: 90.0, speed: 13.5 })]);
        Ok(())
    }

    #[test]
    fn an_answer_cut_anywhere_is_malformed_and_never_a_panic() {
        let answer = [1i32.to_be_bytes().to_vec(), short(command::JUNCTION_CONTEXT, &one_vehicle())].concat();
        for length in 0..answer.len() {
            let outcome = Reader::new(&answer[..length]).step(|_, _| ());
            assert!(matches!(outcome, Err(TraciError::Malformed(_))), "{length}");
        }
    }

    #[test]
    fn counts_beyond_every_bound_are_refused_before_anything_is_kept() {
        let many = Writer::default().text("J1").octets(&[0xa4, 3]).int(i32::MAX).0;
        assert!(matches!(Reader::new(&many).vehicles(|_, _| ()), Err(TraciError::TooMany("vehicles", _))));
        let negative = Writer::default().int(-1).0;
        assert!(matches!(Reader::new(&negative).texts(), Err(TraciError::Malformed(_))));
        let long = Writer::default().int(1 << 30).0;
        assert!(matches!(Reader::new(&long).text(), Err(TraciError::TooMany(..))));
    }

    #[test]
    fn a_refusal_carries_sumo_s_own_words() {
        let status = short(0xa4, &Writer::default().octet(0xff).text("Vehicle 'x' is not known").0);
        let outcome = Reader::new(&status).status(0xa4);
        assert!(matches!(outcome, Err(TraciError::Refused { said, .. }) if said.contains("not known")));
    }

    #[test]
    fn numbers_that_are_none_are_malformed() {
        assert!(Reader::new(&f64::NAN.to_be_bytes()).double().is_err());
        assert!(Reader::new(&f64::INFINITY.to_be_bytes()).double().is_err());
    }

    #[test]
    fn a_message_says_its_length_and_that_of_its_command() {
        let message = Writer::default().double(0.0).message(command::STEP);
        assert_eq!(message[..4], 18u32.to_be_bytes());
        assert_eq!(message[4..10], [0, 0, 0, 0, 14, command::STEP]);
        let (number, inside) = Reader::new(&message[4..]).command().unwrap_or((0, Reader::new(&[])));
        assert_eq!((number, inside.0.len()), (command::STEP, 8));
    }
}
