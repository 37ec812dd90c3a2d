//! Points, distances and sides on the globe.

use core::f64::consts::PI;

use super::{CircularRegion, PolygonalRegion, RectangularRegion, RegionRefusal, TwoDLocation};

/// One turn in 1/10 000 000 degree.
const TURN: i64 = 3_600_000_000;

/// WGS-84: half the equator's diameter in metres, and the squared eccentricity.
const A: f64 = 6_378_137.0;
const E2: f64 = 6.694_379_990_14e-3;

/// Less than any radius of curvature of the ellipsoid in metres: angles made with it are never too small.
pub(super) const MIN_RADIUS: f64 = 6_335_000.0;

/// Radians within which a point is on a side: 6 mm.
const ON_SIDE: f64 = 1e-9;

pub(super) fn radians(units: i64) -> f64 {
    units as f64 * (PI / 1.8e9)
}

/// The difference of two longitudes, in (−180°, 180°].
pub(super) const fn wrapped(difference: i64) -> i64 {
    let turned = difference.rem_euclid(TURN);
    if turned > TURN / 2 { turned - TURN } else { turned }
}

impl TwoDLocation {
    pub(super) const fn lat(self) -> i64 {
        self.latitude as i64
    }

    pub(super) const fn lon(self) -> i64 {
        self.longitude as i64
    }

    /// Metres from the earth's centre along three axes.
    fn geocentric(self) -> [f64; 3] {
        let (lat, lon) = (radians(self.lat()), radians(self.lon()));
        let n = A / (1.0 - E2 * lat.sin().powi(2)).sqrt();
        [n * lat.cos() * lon.cos(), n * lat.cos() * lon.sin(), n * (1.0 - E2) * lat.sin()]
    }

    /// Metres over the ellipsoid. The arc over a chord is longer by c³/24R², where the third digit of R is enough.
    pub(super) fn distance(self, other: Self) -> f64 {
        let (a, b) = (self.geocentric(), other.geocentric());
        let chord = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        chord * (1.0 + chord.powi(2) / (24.0 * 6.37e6_f64.powi(2)))
    }
}

impl CircularRegion {
    pub(super) fn contains(&self, position: TwoDLocation) -> bool {
        self.center.distance(position) <= f64::from(self.radius)
    }
}

impl RectangularRegion {
    pub(super) const fn contains(&self, position: TwoDLocation) -> bool {
        let north = self.north_west.lat();
        let south = self.south_east.lat();
        let east = wrapped_east(position.lon() - self.north_west.lon());
        south <= position.lat() && position.lat() <= north && east <= self.width()
    }

    pub(super) const fn width(&self) -> i64 {
        wrapped_east(self.south_east.lon() - self.north_west.lon())
    }

    pub(super) const fn corners(&self) -> [TwoDLocation; 4] {
        let (nw, se) = (self.north_west, self.south_east);
        let ne = TwoDLocation { latitude: nw.latitude, longitude: se.longitude };
        let sw = TwoDLocation { latitude: se.latitude, longitude: nw.longitude };
        [nw, ne, se, sw]
    }
}

/// The way eastward, in [0°, 360°).
const fn wrapped_east(difference: i64) -> i64 {
    difference.rem_euclid(TURN)
}

impl PolygonalRegion {
    pub(super) fn corners(&self) -> &[TwoDLocation] {
        &self.0
    }

    pub(super) fn sides(&self) -> impl Iterator<Item = (TwoDLocation, TwoDLocation)> {
        sides(&self.0)
    }

    /// Counts the sides that cross the meridian from `position` to the north pole, which is outside.
    pub(super) fn contains(&self, position: TwoDLocation) -> bool {
        let mut inside = false;
        for (a, b) in self.sides() {
            match side_above(a, b, position) {
                Above::On => return true,
                Above::Yes => inside = !inside,
                Above::No => {}
            }
        }
        inside
    }
}

fn sides(corners: &[TwoDLocation]) -> impl Iterator<Item = (TwoDLocation, TwoDLocation)> {
    corners.iter().copied().zip(corners.iter().copied().cycle().skip(1))
}

enum Above {
    Yes,
    No,
    On,
}

fn side_above(a: TwoDLocation, b: TwoDLocation, position: TwoDLocation) -> Above {
    let to_a = wrapped(a.lon() - position.lon());
    let to_b = to_a + wrapped(b.lon() - a.lon());
    if to_a == 0 && to_b == 0 {
        let between = (a.lat().min(b.lat())..=a.lat().max(b.lat())).contains(&position.lat());
        return if between { Above::On } else { Above::No };
    }
    if to_a.min(to_b) > 0 || to_a.max(to_b) < 0 {
        return Above::No;
    }
    let rise = latitude_at(a, b, to_a, to_b) - radians(position.lat());
    let counted = (to_a <= 0) != (to_b <= 0);
    match rise {
        rise if rise.abs() <= ON_SIDE => Above::On,
        rise if rise > 0.0 && counted => Above::Yes,
        _ => Above::No,
    }
}

/// Latitude of the great circle through `a` and `b` where the longitudes to them are `to_a` and `to_b`.
fn latitude_at(a: TwoDLocation, b: TwoDLocation, to_a: i64, to_b: i64) -> f64 {
    let (tan_a, tan_b) = (radians(a.lat()).tan(), radians(b.lat()).tan());
    let (to_a, to_b) = (radians(to_a), radians(to_b));
    ((tan_a * to_b.sin() - tan_b * to_a.sin()) / (to_b - to_a).sin()).atan()
}

pub(super) fn check_polygon(corners: &[TwoDLocation]) -> Result<(), RegionRefusal> {
    if corners.len() < 3 {
        return Err(RegionRefusal::Malformed("polygonalRegion has less than three corners"));
    }
    if corners.iter().any(|corner| corner.lat().abs() == 900_000_000) {
        return Err(RegionRefusal::Unsupported("a polygonalRegion with a corner on a pole"));
    }
    let line = unrolled(corners)?;
    if crosses_itself(&line) {
        return Err(RegionRefusal::Malformed("sides of the polygonalRegion meet"));
    }
    Ok(())
}

/// The sides with longitudes that go on beyond 180°, so that the polygon lies on one flat map.
fn unrolled(corners: &[TwoDLocation]) -> Result<Vec<Side>, RegionRefusal> {
    let mut line = Vec::with_capacity(corners.len());
    let mut lon = corners.first().map_or(0, |first| first.lon());
    let start = lon;
    for (a, b) in sides(corners) {
        let step = wrapped(b.lon() - a.lon());
        if step.abs() == TURN / 2 {
            return Err(RegionRefusal::Unsupported("a polygonalRegion with a side of half the world"));
        }
        if a == b {
            return Err(RegionRefusal::Malformed("polygonalRegion repeats a corner"));
        }
        line.push(((lon, a.lat()), (lon + step, b.lat())));
        lon += step;
    }
    if lon == start { Ok(line) } else { Err(RegionRefusal::Unsupported("a polygonalRegion around a pole")) }
}

type Point = (i64, i64);
type Side = (Point, Point);

/// Sides that are not neighbours must not touch; neighbours may share their corner only.
fn crosses_itself(line: &[Side]) -> bool {
    let last = line.len().saturating_sub(1);
    line.iter().enumerate().any(|(i, one)| {
        line.iter().enumerate().skip(i + 1).any(|(j, other)| {
            if j == i + 1 {
                folds_back(one.0, one.1, other.1)
            } else if i == 0 && j == last {
                folds_back(other.0, other.1, one.1)
            } else {
                meet(*one, *other)
            }
        })
    })
}

/// Whether the way from `a` over `b` to `c` goes back over itself.
fn folds_back(a: Point, b: Point, c: Point) -> bool {
    let (ab, bc) = ((b.0 - a.0, b.1 - a.1), (c.0 - b.0, c.1 - b.1));
    turn(a, b, c) == 0 && i128::from(ab.0) * i128::from(bc.0) + i128::from(ab.1) * i128::from(bc.1) < 0
}

fn meet((a, b): Side, (c, d): Side) -> bool {
    let (abc, abd, cda, cdb) = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b));
    if abc != abd && cda != cdb && (abc * abd <= 0) && (cda * cdb <= 0) {
        return true;
    }
    [(abc, a, b, c), (abd, a, b, d), (cda, c, d, a), (cdb, c, d, b)]
        .into_iter()
        .any(|(turn, from, to, point)| turn == 0 && in_box(from, to, point))
}

fn in_box(a: Point, b: Point, p: Point) -> bool {
    (a.0.min(b.0)..=a.0.max(b.0)).contains(&p.0) && (a.1.min(b.1)..=a.1.max(b.1)).contains(&p.1)
}

/// 1 if `c` is left of the way from `a` to `b`, −1 if right, 0 if on its line.
fn turn(a: Point, b: Point, c: Point) -> i128 {
    let product = |x: i64, y: i64| i128::from(x) * i128::from(y);
    (product(b.0 - a.0, c.1 - a.1) - product(b.1 - a.1, c.0 - a.0)).signum()
}
