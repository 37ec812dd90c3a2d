//! Countries: numbers of the UN's M49 list, and a table of their borders that ships with the crate.
//!
//! `data/boundaries.bin` is described in `data/README.md`. A point is in a country if the table's lines enclose it, or
//! if it is less than [`limits::BORDER_TOLERANCE_METRES`] away from them, or if it is on no country's land and less than
//! [`limits::TERRITORIAL_SEA_METRES`] from the shore.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::inside::Bounds;
use super::{RegionRefusal, TwoDLocation};
use crate::limits;

/// `CountryOnly`: a number of the UN's M49 list, or 65535 for the European Union (TS 103 097 clause 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(pub u16);

impl Country {
    /// The European Union's 27 countries as of 31 January 2020.
    pub const EUROPEAN_UNION: Self = Self(65535);

    /// The numbers in the table that make up this country.
    pub(super) fn parts(&self) -> &[u16] {
        if *self == Self::EUROPEAN_UNION { &EU } else { core::slice::from_ref(&self.0) }
    }
}

/// Austria to Sweden in the order of their numbers, and behind them what M49 numbers apart though it belongs to a member and
/// to the Union: Åland (Finland) and Saint-Martin (France).
const EU: [u16; 29] = [
    40, 56, 100, 191, 196, 203, 208, 233, 246, 250, 276, 300, 348, 372, 380, 428, 440, 442, 470, 528, 616,
    620, 642, 703, 705, 724, 752, 248, 663,
];

pub(super) fn any_contains(countries: &[Country], position: TwoDLocation) -> Result<(), RegionRefusal> {
    let table = Boundaries::shipped()?;
    let mut parts = countries.iter().flat_map(Country::parts);
    if parts.any(|number| table.contains(*number, position)) {
        return Ok(());
    }
    let mut parts = countries.iter().flat_map(Country::parts);
    Err(parts
        .find(|number| !table.knows(**number))
        .map_or(RegionRefusal::Outside, |number| RegionRefusal::UnknownCountry(*number)))
}

/// By number alone: no table is needed to know that a country is itself, or that the Union holds its members.
pub(super) fn all_among(subject: &[Country], issuer: &[Country]) -> bool {
    let granted = |part: &u16| issuer.iter().any(|country| country.parts().contains(part));
    subject.iter().all(|country| issuer.contains(country) || country.parts().iter().all(granted))
}

/// Borders of countries.
#[derive(Debug)]
pub struct Boundaries(BTreeMap<u16, Area>);

/// The table that ships, decoded at first use.
static SHIPPED: LazyLock<Option<Boundaries>> =
    LazyLock::new(|| Boundaries::decode(include_bytes!("../../data/boundaries.bin")));

/// Land that belongs to no number of the list, so that it is nobody's territorial sea either.
const UNNUMBERED: u16 = 0;

impl Boundaries {
    /// The table that ships with this crate.
    ///
    /// # Errors
    /// [`RegionRefusal::Unsupported`] if it does not decode, so that a broken build refuses every country.
    pub fn shipped() -> Result<&'static Self, RegionRefusal> {
        SHIPPED.as_ref().ok_or(RegionRefusal::Unsupported("an identifiedRegion without a boundary table"))
    }

    /// Whether the table has the country of this M49 number.
    #[must_use]
    pub fn knows(&self, number: u16) -> bool {
        number != UNNUMBERED && self.0.contains_key(&number)
    }

    /// The numbers in the table.
    pub fn numbers(&self) -> impl Iterator<Item = u16> {
        self.0.keys().copied().filter(|number| *number != UNNUMBERED)
    }

    /// Whether `position` counts as inside the country, tolerances included.
    #[must_use]
    pub fn contains(&self, number: u16, position: TwoDLocation) -> bool {
        let Some(area) = self.0.get(&number).filter(|_| number != UNNUMBERED) else { return false };
        let point = Point::of(position);
        area.encloses(point)
            || area.nearer_than(point, limits::BORDER_TOLERANCE_METRES)
            || (area.nearer_than(point, limits::TERRITORIAL_SEA_METRES) && !self.is_land(point))
    }

    /// Whether the country's lines enclose the whole box, tolerances aside.
    pub(super) fn encloses_box(&self, number: u16, bounds: &Bounds) -> bool {
        let Some(area) = self.0.get(&number).filter(|_| number != UNNUMBERED) else { return false };
        let frame = Frame {
            south: bounds.south as i32,
            north: bounds.north as i32,
            west: bounds.west as i32,
            east: bounds.east as i32,
        };
        area.encloses(Point { lat: frame.south, lon: frame.west }) && !area.has_border_in(&frame)
    }

    fn is_land(&self, point: Point) -> bool {
        self.0.values().any(|area| area.encloses(point))
    }

    /// Reads the format of `data/README.md`.
    fn decode(octets: &[u8]) -> Option<Self> {
        let mut reader = Varints(octets.strip_prefix(b"M49B1")?);
        let countries = reader.count()?;
        let mut table = BTreeMap::new();
        for _ in 0..countries {
            let number = u16::try_from(reader.unsigned()?).ok()?;
            let rings = (0..reader.count()?).map(|_| reader.ring()).collect::<Option<Vec<_>>>()?;
            table.insert(number, Area::new(&rings)?);
        }
        reader.0.is_empty().then_some(Self(table))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    lat: i32,
    lon: i32,
}

impl Point {
    const fn of(position: TwoDLocation) -> Self {
        Self { lat: position.latitude(), lon: position.longitude() }
    }
}

/// A box on the map.
#[derive(Clone, Copy, Debug)]
struct Frame {
    south: i32,
    north: i32,
    west: i32,
    east: i32,
}

impl Frame {
    fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        points
            .into_iter()
            .map(|Point { lat, lon }| Self { south: lat, north: lat, west: lon, east: lon })
            .reduce(Self::with)
    }

    fn with(self, other: Self) -> Self {
        Self {
            south: self.south.min(other.south),
            north: self.north.max(other.north),
            west: self.west.min(other.west),
            east: self.east.max(other.east),
        }
    }

    const fn touches(&self, other: &Self) -> bool {
        self.south <= other.north
            && other.south <= self.north
            && self.west <= other.east
            && other.west <= self.east
    }

    const fn holds(&self, point: Point) -> bool {
        self.touches(&Self { south: point.lat, north: point.lat, west: point.lon, east: point.lon })
    }
}

/// A piece of border with its box, so that most of a border is passed over.
#[derive(Debug)]
struct Piece {
    frame: Frame,
    points: Box<[Point]>,
}

impl Piece {
    fn segments(&self) -> impl Iterator<Item = (Point, Point)> {
        self.points.iter().copied().zip(self.points.iter().copied().skip(1))
    }
}

/// Segments of one piece.
const PIECE: usize = 24;

/// The land of one country: what an odd number of its rings enclose.
#[derive(Debug)]
struct Area {
    frame: Frame,
    pieces: Vec<Piece>,
}

impl Area {
    fn new(rings: &[Vec<Point>]) -> Option<Self> {
        let frame = Frame::around(rings.iter().flatten().copied())?;
        let pieces = rings.iter().flat_map(|ring| pieces(ring)).collect();
        Some(Self { frame, pieces })
    }

    /// Counts the borders on the meridian north of the point.
    fn encloses(&self, point: Point) -> bool {
        if !self.frame.holds(point) {
            return false;
        }
        let ahead = |piece: &&Piece| {
            piece.frame.west <= point.lon && point.lon <= piece.frame.east && point.lat <= piece.frame.north
        };
        let crossings = self.pieces.iter().filter(ahead).flat_map(Piece::segments);
        crossings.filter(|(a, b)| is_north(*a, *b, point)).count() % 2 == 1
    }

    fn nearer_than(&self, point: Point, metres: f64) -> bool {
        let flat = FlatMap::around(point);
        let reach = flat.frame(metres);
        self.frame.touches(&reach)
            && self
                .pieces
                .iter()
                .filter(|piece| piece.frame.touches(&reach))
                .flat_map(Piece::segments)
                .any(|(a, b)| flat.distance(a, b) <= metres)
    }

    fn has_border_in(&self, frame: &Frame) -> bool {
        let near = self.pieces.iter().filter(|piece| piece.frame.touches(frame));
        near.flat_map(Piece::segments)
            .any(|(a, b)| Frame::around([a, b]).is_some_and(|segment| segment.touches(frame)))
    }
}

/// Cuts a ring, which closes by itself, into pieces that share their ends.
fn pieces(ring: &[Point]) -> impl Iterator<Item = Piece> {
    let closed: Vec<Point> = ring.iter().chain(ring.first()).copied().collect();
    let starts = (0..closed.len().saturating_sub(1)).step_by(PIECE);
    let cut = |start: usize| closed.iter().copied().skip(start).take(PIECE + 1).collect::<Box<[_]>>();
    let cuts: Vec<_> = starts.map(cut).collect();
    cuts.into_iter()
        .filter_map(|points| Some(Piece { frame: Frame::around(points.iter().copied())?, points }))
}

/// Whether the meridian through `point` crosses the segment north of it.
fn is_north(a: Point, b: Point, point: Point) -> bool {
    if (a.lon <= point.lon) == (b.lon <= point.lon) {
        return false;
    }
    let (a, b) = if a.lon < b.lon { (a, b) } else { (b, a) };
    let product =
        |x: i32, y: i32, p: i32, q: i32| (i128::from(x) - i128::from(y)) * (i128::from(p) - i128::from(q));
    product(b.lat, a.lat, point.lon, a.lon) > product(point.lat, a.lat, b.lon, a.lon)
}

/// A flat map around a point, good to a hundredth within some tens of kilometres.
struct FlatMap {
    origin: Point,
    metres_north: f64,
    metres_east: f64,
}

impl FlatMap {
    fn around(origin: Point) -> Self {
        // One degree of latitude has 110.6 to 111.7 km.
        let metres_north = 111_132.0 / 1e7;
        let narrowing = super::geometry::radians(i64::from(origin.lat)).cos().max(1e-3);
        Self { origin, metres_north, metres_east: 111_320.0 / 1e7 * narrowing }
    }

    fn frame(&self, metres: f64) -> Frame {
        let (north, east) = ((metres / self.metres_north) as i32, (metres / self.metres_east) as i32);
        let Point { lat, lon } = self.origin;
        Frame {
            south: lat.saturating_sub(north),
            north: lat.saturating_add(north),
            west: lon.saturating_sub(east),
            east: lon.saturating_add(east),
        }
    }

    fn flat(&self, point: Point) -> (f64, f64) {
        let east = f64::from(point.lon) - f64::from(self.origin.lon);
        let north = f64::from(point.lat) - f64::from(self.origin.lat);
        (east * self.metres_east, north * self.metres_north)
    }

    /// Metres from the origin to the segment.
    fn distance(&self, a: Point, b: Point) -> f64 {
        let ((ax, ay), (bx, by)) = (self.flat(a), self.flat(b));
        let (dx, dy) = (bx - ax, by - ay);
        let length = dx * dx + dy * dy;
        let along = if length > 0.0 { (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
        (ax + along * dx).hypot(ay + along * dy)
    }
}

/// Little-endian base 128 numbers.
struct Varints<'a>(&'a [u8]);

impl Varints<'_> {
    fn unsigned(&mut self) -> Option<u32> {
        let mut value = 0u32;
        for shift in (0..32).step_by(7) {
            let (octet, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u32::from(octet & 0x7f).checked_shl(shift)?;
            if octet & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A quantity of things that take at least one octet each.
    fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.unsigned()?).ok()?;
        (count <= self.0.len()).then_some(count)
    }

    fn signed(&mut self) -> Option<i32> {
        let zigzag = self.unsigned()?;
        Some((zigzag >> 1) as i32 ^ -((zigzag & 1) as i32))
    }

    /// A ring in thousandths of a degree, each point as its difference from the one before.
    fn ring(&mut self) -> Option<Vec<Point>> {
        let count = self.count()?;
        let (mut lon, mut lat) = (0i32, 0i32);
        let point = |_| {
            lon = lon.checked_add(self.signed()?)?;
            lat = lat.checked_add(self.signed()?)?;
            Some(Point { lat: lat.checked_mul(10_000)?, lon: lon.checked_mul(10_000)? })
        };
        (0..count).map(point).collect()
    }
}
