//! Places, directions and speeds in the units of the ETSI messages, and what lies between two of them.

use v2x_station::Kinematics;
use v2x_station::vehicle::VehicleState;

use super::limits;

/// How a vehicle moves at one moment, in the units that a CAM has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Latitude in 0.1 microdegree, −900 000 000 to 900 000 000, of the middle of the front bumper (SUMO's reference).
    pub latitude: i32,
    /// Longitude in 0.1 microdegree, −1 800 000 000 to 1 800 000 000.
    pub longitude: i32,
    /// Direction of travel in 0.1 degree, clockwise from north, 0 to 3599.
    pub heading: u16,
    /// Speed in 0.01 m/s, 0 to 16 381.
    pub speed: u16,
}

impl State {
    /// What a vehicle of this class in this state knows of itself.
    pub const fn of_vehicle(&self, class: VehicleClass) -> VehicleState {
        let (length, width) = class.dimensions();
        VehicleState {
            kinematics: Kinematics {
                latitude: self.latitude,
                longitude: self.longitude,
                heading: self.heading,
                speed: self.speed,
            },
            station_type: class.station_type(),
            length,
            width,
            emergency: false,
        }
    }
}

/// What a vehicle is, for its CAM's station type.
///
/// FCD names the vehicle's *type*, which its scenario's author chose; the words in that name decide. A name that tells
/// nothing is a passenger car.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VehicleClass {
    /// A car, and everything whose type's name tells nothing else.
    PassengerCar,
    /// A bus or coach.
    Bus,
    /// A delivery van.
    LightTruck,
    /// A lorry.
    HeavyTruck,
    /// A motorcycle or motorbike.
    Motorcycle,
    /// A moped.
    Moped,
    /// A bicycle: a vulnerable road user, which sends no CAM of a vehicle.
    Cyclist,
    /// A tram.
    Tram,
    /// An ambulance, fire engine or police car.
    Special,
}

/// Words in the order in which they are tried: `motorbike` before `bike`.
const WORDS: &[(&str, VehicleClass)] = &[
    ("motorcycle", VehicleClass::Motorcycle),
    ("motorbike", VehicleClass::Motorcycle),
    ("moped", VehicleClass::Moped),
    ("bicycle", VehicleClass::Cyclist),
    ("bike", VehicleClass::Cyclist),
    ("emergency", VehicleClass::Special),
    ("ambulance", VehicleClass::Special),
    ("police", VehicleClass::Special),
    ("fire", VehicleClass::Special),
    ("tram", VehicleClass::Tram),
    ("coach", VehicleClass::Bus),
    ("bus", VehicleClass::Bus),
    ("delivery", VehicleClass::LightTruck),
    ("van", VehicleClass::LightTruck),
    ("truck", VehicleClass::HeavyTruck),
    ("trailer", VehicleClass::HeavyTruck),
];

impl VehicleClass {
    /// Every class.
    pub const ALL: [Self; 9] = [
        Self::PassengerCar,
        Self::Bus,
        Self::LightTruck,
        Self::HeavyTruck,
        Self::Motorcycle,
        Self::Moped,
        Self::Cyclist,
        Self::Tram,
        Self::Special,
    ];

    /// Its name in scenarios and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PassengerCar => "passenger-car",
            Self::Bus => "bus",
            Self::LightTruck => "light-truck",
            Self::HeavyTruck => "heavy-truck",
            Self::Motorcycle => "motorcycle",
            Self::Moped => "moped",
            Self::Cyclist => "cyclist",
            Self::Tram => "tram",
            Self::Special => "special",
        }
    }

    /// Length and width in 0.1 m, as usual for the class: neither FCD nor a subscription of positions carries them.
    pub const fn dimensions(self) -> (u16, u8) {
        match self {
            Self::PassengerCar | Self::Special => (45, 18),
            Self::Bus => (120, 25),
            Self::LightTruck => (65, 21),
            Self::HeavyTruck => (140, 25),
            Self::Motorcycle | Self::Moped => (22, 8),
            Self::Cyclist => (18, 6),
            Self::Tram => (300, 24),
        }
    }

    /// The class that a type's name tells, in any case of letters.
    pub fn from_type_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        WORDS.iter().find(|(word, _)| name.contains(word)).map_or(Self::PassengerCar, |&(_, class)| class)
    }

    /// The number of `StationType` (ETSI CDD, module ITS-Container) for it.
    pub const fn station_type(self) -> u8 {
        match self {
            Self::Cyclist => 2,
            Self::Moped => 3,
            Self::Motorcycle => 4,
            Self::PassengerCar => 5,
            Self::Bus => 6,
            Self::LightTruck => 7,
            Self::HeavyTruck => 8,
            Self::Special => 10,
            Self::Tram => 11,
        }
    }
}

/// One record of one vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Milliseconds from the trace's start.
    pub(crate) at: u32,
    pub(crate) state: State,
    /// Whether the record before it leads here without a gap or a jump.
    pub(crate) continues: bool,
}

const FULL_CIRCLE: i64 = 3_600;
const AROUND_THE_EARTH: i64 = 3_600_000_000;

/// The state at a time between two records, each quantity on its straight (shortest) way.
pub(crate) fn between(before: &Sample, after: &Sample, at: u32) -> State {
    let share = Share {
        done: i64::from(at) - i64::from(before.at),
        whole: i64::from(after.at) - i64::from(before.at),
    };
    let (from, to) = (&before.state, &after.state);
    State {
        latitude: share.of(from.latitude, i64::from(to.latitude) - i64::from(from.latitude)),
        longitude: wrap_longitude(share.along(i64::from(from.longitude), longitude_difference(from, to))),
        heading: share.heading(from.heading, to.heading),
        speed: share.speed(from.speed, to.speed),
    }
}

/// How much of the way between two records is done.
struct Share {
    done: i64,
    whole: i64,
}

impl Share {
    fn along(&self, from: i64, difference: i64) -> i64 {
        from + (difference * self.done).div_euclid(self.whole.max(1))
    }

    fn of(&self, from: i32, difference: i64) -> i32 {
        i32::try_from(self.along(i64::from(from), difference)).unwrap_or(from)
    }

    fn heading(&self, from: u16, to: u16) -> u16 {
        let difference = shortest(i64::from(to) - i64::from(from), FULL_CIRCLE);
        u16::try_from(self.along(i64::from(from), difference).rem_euclid(FULL_CIRCLE)).unwrap_or(from)
    }

    fn speed(&self, from: u16, to: u16) -> u16 {
        u16::try_from(self.along(i64::from(from), i64::from(to) - i64::from(from))).unwrap_or(from)
    }
}

/// The way that goes round at most half of the circle.
fn shortest(difference: i64, circle: i64) -> i64 {
    (difference + circle / 2).rem_euclid(circle) - circle / 2
}

fn longitude_difference(from: &State, to: &State) -> i64 {
    shortest(i64::from(to.longitude) - i64::from(from.longitude), AROUND_THE_EARTH)
}

fn wrap_longitude(longitude: i64) -> i32 {
    i32::try_from(shortest(longitude, AROUND_THE_EARTH)).unwrap_or(0)
}

/// How a record follows the one before it.
pub(crate) enum Step {
    Driven,
    Jumped,
    Impossible(f64),
}

/// Judges the distance that lies between two records.
pub(crate) fn step(before: &Sample, at: u32, state: &State) -> Step {
    let metres = distance(&before.state, state);
    let seconds = f64::from(at.saturating_sub(before.at).max(1)) / 1_000.0;
    if metres <= limits::JUMP_SPEED * seconds {
        Step::Driven
    } else if metres <= limits::MAX_JUMP {
        Step::Jumped
    } else {
        Step::Impossible(metres)
    }
}

/// Metres between two places, on a plane through both: good to a part in a thousand at the distances of one step.
fn distance(from: &State, to: &State) -> f64 {
    const METRES_PER_UNIT: f64 = 0.011_131_949; // 6 378 137 m · π / 180 / 10^7
    let north = f64::from(to.latitude) - f64::from(from.latitude);
    let shrink = (f64::from(from.latitude) / 1e7).to_radians().cos();
    // At most half of the way round: exact in an f64.
    let east = longitude_difference(from, to) as f64 * shrink;
    north.hypot(east) * METRES_PER_UNIT
}
