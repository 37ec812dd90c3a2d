//! Messages of 25 octets: who, where, by whom (ASTM F3411-22a, message types 0, 1, 4, 5).

/// Octets of every message.
pub const OCTETS: usize = 25;

/// Version of the protocol, in the low bits of the first octet.
const VERSION: u8 = 2;
/// Octets of an identifier.
const ID: usize = 20;
/// What the system message counts its seconds from, in Unix time: 2019-01-01.
pub(crate) const EPOCH_2019: i64 = 1_546_300_800;

/// One message.
pub type Message = [u8; OCTETS];

/// Type 0: who it is. `id` is a session identifier of at most 20 octets, which a pseudonym is.
#[must_use]
pub fn basic_id(id: &[u8]) -> Message {
    /// Specific session ID, multirotor.
    const SESSION_OF_MULTIROTOR: u8 = 4 << 4 | 2;
    let mut writer = Writer::new(0);
    writer.octet(SESSION_OF_MULTIROTOR);
    let mut field = [0; ID];
    field.iter_mut().zip(id).for_each(|(place, octet)| *place = *octet);
    writer.octets(&field);
    writer.message
}

/// Where a drone is and how it moves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Position {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// Metres above the ellipsoid.
    pub altitude: f64,
    /// Metres above where it took off.
    pub height: f64,
    /// m/s over ground.
    pub speed: f64,
    /// m/s up.
    pub climb: f64,
    /// Degrees clockwise from north.
    pub track: f64,
    /// Whether it is in the air.
    pub is_flying: bool,
    /// Tenths of a second since the full hour, UTC.
    pub tenths: u16,
}

/// Type 1: where it is.
#[must_use]
pub fn location(position: &Position) -> Message {
    let mut writer = Writer::new(1);
    let track = position.track.rem_euclid(360.0) as u16;
    let (speed, multiplier) = speed(position.speed);
    let status: u8 = if position.is_flying { 2 } else { 1 };
    writer.octet(status << 4 | u8::from(track >= 180) << 1 | multiplier);
    writer.octet(u8::try_from(track % 180).unwrap_or(0));
    writer.octet(speed);
    writer.octet(((position.climb / 0.5).clamp(-124.0, 124.0) as i8).cast_unsigned());
    writer.octets(&tenth_microdegrees(position.latitude));
    writer.octets(&tenth_microdegrees(position.longitude));
    // No barometer: unknown.
    writer.octets(&[0, 0]);
    writer.octets(&half_metres(position.altitude));
    writer.octets(&half_metres(position.height));
    // Better than 10 m across, 10 m up and down; 1 m/s.
    writer.octets(&[4 << 4 | 10, 3]);
    writer.octets(&position.tenths.to_le_bytes());
    // Within a tenth of a second.
    writer.octet(1);
    writer.message
}

/// Type 4: where its operator is, and when that was said, in Unix seconds.
#[must_use]
pub fn system(latitude: f64, longitude: f64, altitude: f64, unix_seconds: i64) -> Message {
    let mut writer = Writer::new(4);
    // The operator's own position; no classification.
    writer.octet(1);
    writer.octets(&tenth_microdegrees(latitude));
    writer.octets(&tenth_microdegrees(longitude));
    // One drone; no area.
    writer.octets(&[1, 0, 0, 0, 0, 0, 0, 0]);
    writer.octets(&half_metres(altitude));
    let seconds = u32::try_from(unix_seconds.saturating_sub(EPOCH_2019)).unwrap_or(0);
    writer.octets(&seconds.to_le_bytes());
    writer.message
}

/// Type 5: the operator's registration, at most 20 octets.
#[must_use]
pub fn operator_id(id: &[u8]) -> Message {
    let mut writer = Writer::new(5);
    writer.octet(0);
    let mut field = [0; ID];
    field.iter_mut().zip(id).for_each(|(place, octet)| *place = *octet);
    writer.octets(&field);
    writer.message
}

/// The place that a location message says, in 10⁻⁷ degrees; `None` for another message.
#[must_use]
pub fn place(message: &Message) -> Option<(i32, i32)> {
    let (head, rest) = message.split_first()?;
    let number = |at: usize| Some(i32::from_le_bytes(rest.get(at..at + 4)?.try_into().ok()?));
    (head >> 4 == 1).then(|| Some((number(4)?, number(8)?))).flatten()
}

/// Up to 56.25 m/s in quarters, beyond in three quarters.
fn speed(metres: f64) -> (u8, u8) {
    let metres = metres.clamp(0.0, 254.25);
    if metres <= 56.25 { ((metres / 0.25) as u8, 0) } else { (((metres - 56.25) / 0.75) as u8, 1) }
}

fn tenth_microdegrees(degrees: f64) -> [u8; 4] {
    ((degrees * 1e7).round() as i32).to_le_bytes()
}

/// Half metres above −1,000 m.
fn half_metres(metres: f64) -> [u8; 2] {
    (((metres + 1000.0) / 0.5).clamp(0.0, 65_534.0) as u16).to_le_bytes()
}

struct Writer {
    message: Message,
    at: usize,
}

impl Writer {
    fn new(kind: u8) -> Self {
        let mut writer = Self { message: [0; OCTETS], at: 0 };
        writer.octet(kind << 4 | VERSION);
        writer
    }

    fn octet(&mut self, octet: u8) {
        self.octets(&[octet]);
    }

    fn octets(&mut self, octets: &[u8]) {
        let places = self.message.iter_mut().skip(self.at);
        places.zip(octets).for_each(|(place, octet)| *place = *octet);
        self.at += octets.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_lies_where_the_standard_has_it() {
        let position = Position {
            latitude: 48.7665,
            longitude: -11.4257,
            altitude: 420.0,
            height: 50.0,
            speed: 60.0,
            climb: -2.0,
            track: 270.0,
            is_flying: true,
            tenths: 0x1234,
        };
        let message = location(&position);
        assert_eq!(message[..5], [0x12, 0x23, 90, 5, 0xfc]);
        assert_eq!(place(&message), Some((487_665_000, -114_257_000)));
        assert_eq!(message[15..19], [0x18, 0x0b, 0x34, 0x08]);
        assert_eq!(message[21..], [0x34, 0x12, 1, 0]);
        assert_eq!(place(&basic_id(b"x")), None);
    }

    #[test]
    fn identifiers_are_cut_at_their_field() {
        let message = basic_id(&[7; 40]);
        assert_eq!((message[0], message[1], message[21], message[22]), (0x02, 0x42, 7, 0));
        assert_eq!(operator_id(b"FIN87astrdge12k8")[2..5], *b"FIN");
        assert_eq!(system(48.0, 11.0, 370.0, EPOCH_2019 + 5)[20..24], [5, 0, 0, 0]);
    }
}
