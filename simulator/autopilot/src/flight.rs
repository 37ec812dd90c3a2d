//! The flight model: a point that goes where it should, within limits.

/// Metres of a degree of latitude, on a sphere of 6,371 km.
const METRES_PER_DEGREE: f64 = 111_194.926_6;

/// The fastest over ground, in m/s.
pub const MAX_SPEED: f64 = 12.0;
/// The fastest up and down, in m/s.
pub const MAX_CLIMB: f64 = 3.0;
/// How fast its speed changes, in m/s².
const ACCELERATION: f64 = 4.0;
/// Closer than this it has arrived, in metres.
pub const ARRIVED: f64 = 1.0;

/// A place above the ground that it started from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// Metres above where it started.
    pub height: f64,
}

impl Place {
    /// Metres from here to there: north, east, up.
    #[must_use]
    pub fn to(&self, there: &Self) -> [f64; 3] {
        let north = (there.latitude - self.latitude) * METRES_PER_DEGREE;
        let east = (there.longitude - self.longitude) * METRES_PER_DEGREE * self.latitude.to_radians().cos();
        [north, east, there.height - self.height]
    }

    /// Metres over ground from here to there.
    #[must_use]
    pub fn over_ground(&self, there: &Self) -> f64 {
        let [north, east, _] = self.to(there);
        north.hypot(east)
    }

    fn moved(&self, [north, east, up]: [f64; 3]) -> Self {
        Self {
            latitude: self.latitude + north / METRES_PER_DEGREE,
            longitude: self.longitude + east / (METRES_PER_DEGREE * self.latitude.to_radians().cos()),
            height: (self.height + up).max(0.0),
        }
    }
}

/// Where it is and how fast.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flight {
    /// Where it is.
    pub place: Place,
    /// m/s north, east, up.
    pub velocity: [f64; 3],
    /// Degrees clockwise from north: where it flew to last.
    pub heading: f64,
}

impl Flight {
    /// Goes towards a place for some seconds; on the ground it stays where it is unless it is pulled up.
    pub fn step(&mut self, target: &Place, seconds: f64) {
        let wanted = self.wanted(target);
        for (velocity, wanted) in self.velocity.iter_mut().zip(wanted) {
            let change = (wanted - *velocity).clamp(-ACCELERATION * seconds, ACCELERATION * seconds);
            *velocity += change;
        }
        self.place = self.place.moved(self.velocity.map(|speed| speed * seconds));
        let [north, east, up] = self.velocity;
        if north.hypot(east) > 0.5 {
            self.heading = east.atan2(north).to_degrees().rem_euclid(360.0);
        }
        if self.place.height <= 0.0 && up < 0.0 {
            self.velocity = [0.0; 3];
        }
    }

    /// The velocity that leads there: as fast as it may, and slower where it could not stop in time.
    fn wanted(&self, target: &Place) -> [f64; 3] {
        let [north, east, up] = self.place.to(target);
        let distance = north.hypot(east);
        let speed = (distance * ACCELERATION).sqrt().min(MAX_SPEED).min(distance);
        let share = if distance > 0.0 { speed / distance } else { 0.0 };
        [north * share, east * share, up.clamp(-MAX_CLIMB, MAX_CLIMB)]
    }

    /// Whether it is at a place.
    #[must_use]
    pub fn is_at(&self, target: &Place) -> bool {
        self.place.over_ground(target) < ARRIVED && (self.place.height - target.height).abs() < ARRIVED
    }

    /// m/s over ground.
    #[must_use]
    pub fn ground_speed(&self) -> f64 {
        let [north, east, _] = self.velocity;
        north.hypot(east)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_arrives_within_its_limits() {
        let start = Place { latitude: 48.76, longitude: 11.42, height: 0.0 };
        let target = Place { latitude: 48.762, longitude: 11.424, height: 30.0 };
        let mut flight = Flight { place: start, ..Flight::default() };
        let (mut seconds, mut fastest) = (0.0, 0.0_f64);
        while !flight.is_at(&target) {
            flight.step(&target, 0.1);
            fastest = fastest.max(flight.ground_speed());
            seconds += 0.1;
            assert!(seconds < 120.0, "it never arrives: {flight:?}");
        }
        assert!(fastest <= MAX_SPEED + 0.001, "{fastest}");
        assert!(seconds > start.over_ground(&target) / MAX_SPEED);
        assert!((40.0..60.0).contains(&flight.heading), "north-east: {}", flight.heading);
    }

    #[test]
    fn it_does_not_sink_into_the_ground() {
        let mut flight = Flight { place: Place { height: 5.0, ..Place::default() }, ..Flight::default() };
        for _ in 0..100 {
            flight.step(&Place { height: -10.0, ..Place::default() }, 0.1);
        }
        assert_eq!((flight.place.height, flight.velocity), (0.0, [0.0; 3]));
    }
}
