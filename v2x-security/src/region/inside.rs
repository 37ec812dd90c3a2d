//! When a subject's region is certainly inside its issuer's.

use super::country::{self, Boundaries};
use super::geometry::{MIN_RADIUS, radians, wrapped};
use super::{
    CircularRegion, Country, GeographicRegion, PolygonalRegion, RectangularRegion, RegionRefusal,
    TwoDLocation,
};

/// Latitudes beyond which bounding boxes are not made, in 1/10 000 000 degree: close to a pole they mean little.
const POLAR: i64 = 850_000_000;

/// Halvings of a side before its nearness to a box counts as touching: 1 km of a side of 1 000 km.
const MAX_HALVINGS: u32 = 10;

pub(super) fn shown(subject: &GeographicRegion, issuer: &GeographicRegion) -> Result<bool, RegionRefusal> {
    match subject {
        GeographicRegion::Circular(circle) => Shape::Circle(circle).inside(issuer),
        GeographicRegion::Polygonal(polygon) => Shape::Polygon(polygon).inside(issuer),
        GeographicRegion::Rectangular(list) => list
            .iter()
            .try_fold(true, |so_far, rectangle| Ok(so_far && Shape::Rectangle(rectangle).inside(issuer)?)),
        GeographicRegion::Identified(countries) => match issuer {
            GeographicRegion::Identified(granted) => Ok(country::all_among(countries, granted)),
            GeographicRegion::Circular(_)
            | GeographicRegion::Rectangular(_)
            | GeographicRegion::Polygonal(_) => Ok(false),
        },
    }
}

/// One connected part of a subject's region.
enum Shape<'a> {
    Circle(&'a CircularRegion),
    Rectangle(&'a RectangularRegion),
    Polygon(&'a PolygonalRegion),
}

impl Shape<'_> {
    fn inside(&self, issuer: &GeographicRegion) -> Result<bool, RegionRefusal> {
        Ok(match issuer {
            GeographicRegion::Circular(circle) => self.inside_circle(circle),
            GeographicRegion::Rectangular(list) => {
                let bounds = self.bounds();
                bounds.is_some_and(|bounds| list.iter().any(|rectangle| bounds.inside_rectangle(rectangle)))
            }
            GeographicRegion::Polygonal(polygon) => {
                self.bounds().is_some_and(|bounds| bounds.inside_polygon(polygon))
            }
            GeographicRegion::Identified(countries) => match self.bounds() {
                Some(bounds) => inside_country(&bounds, countries)?,
                None => false,
            },
        })
    }

    /// A circle of at most 65 km is convex, and over a rectangle the distance to a point is largest at a corner.
    fn inside_circle(&self, issuer: &CircularRegion) -> bool {
        match self {
            Self::Circle(circle) => {
                let reach = circle.center.distance(issuer.center) + f64::from(circle.radius);
                reach <= f64::from(issuer.radius)
            }
            Self::Rectangle(rectangle) => {
                rectangle.width() < 1_800_000_000 && rectangle.corners().iter().all(|p| issuer.contains(*p))
            }
            Self::Polygon(polygon) => polygon.corners().iter().all(|p| issuer.contains(*p)),
        }
    }

    fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::Circle(circle) => Bounds::of_circle(circle),
            Self::Rectangle(rectangle) => Bounds::of_rectangle(rectangle),
            Self::Polygon(polygon) => Bounds::of_polygon(polygon),
        }
        .filter(|bounds| bounds.south >= -POLAR && bounds.north <= POLAR)
    }
}

fn inside_country(bounds: &Bounds, countries: &[Country]) -> Result<bool, RegionRefusal> {
    let table = Boundaries::shipped()?;
    Ok(bounds.on_map().is_some_and(|bounds| {
        countries
            .iter()
            .flat_map(|country| country.parts())
            .any(|number| table.encloses_box(*number, &bounds))
    }))
}

/// A box that holds a shape; `east` may lie beyond 180°. In 1/10 000 000 degree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) south: i64,
    pub(super) north: i64,
    pub(super) west: i64,
    pub(super) east: i64,
}

impl Bounds {
    fn of_circle(circle: &CircularRegion) -> Option<Self> {
        let (lat, lon) = (circle.center.lat(), circle.center.lon());
        let angle = f64::from(circle.radius) / MIN_RADIUS;
        let sine = angle.sin() / radians(lat).cos();
        // One part in a hundred more than the sphere says covers the ellipsoid.
        let widened = |radians: f64| (radians * 1.01 * (1.8e9 / core::f64::consts::PI)).ceil() as i64 + 1;
        let (up, aside) = (widened(angle), widened(sine.clamp(0.0, 1.0).asin()));
        (sine < 0.5).then(|| Self { south: lat - up, north: lat + up, west: lon - aside, east: lon + aside })
    }

    fn of_rectangle(rectangle: &RectangularRegion) -> Option<Self> {
        let [nw, _, se, _] = rectangle.corners();
        let west = nw.lon();
        Some(Self { south: se.lat(), north: nw.lat(), west, east: west + rectangle.width() })
    }

    fn of_polygon(polygon: &PolygonalRegion) -> Option<Self> {
        let mut sides = polygon.sides().map(|(a, b)| Side::new(a, b));
        let first = sides.next()?;
        let (mut bounds, mut end) = (first.bounds()?, first.b.1);
        for side in sides {
            let side = side.moved_to(end);
            bounds = bounds.with(&side.bounds()?);
            end = side.b.1;
        }
        Some(bounds)
    }

    fn with(self, other: &Self) -> Self {
        Self {
            south: self.south.min(other.south),
            north: self.north.max(other.north),
            west: self.west.min(other.west),
            east: self.east.max(other.east),
        }
    }

    fn inside_rectangle(&self, rectangle: &RectangularRegion) -> bool {
        let [nw, _, se, _] = rectangle.corners();
        let offset = (self.west - nw.lon()).rem_euclid(3_600_000_000);
        se.lat() <= self.south
            && self.north <= nw.lat()
            && offset + (self.east - self.west) <= rectangle.width()
    }

    /// Inside if a point of the box is, and no side comes near the box.
    fn inside_polygon(&self, polygon: &PolygonalRegion) -> bool {
        let corner = self.corner();
        corner.is_some_and(|corner| polygon.contains(corner))
            && polygon.sides().all(|(a, b)| Side::near(a, b, self.west).misses(self, MAX_HALVINGS))
    }

    fn corner(&self) -> Option<TwoDLocation> {
        let longitude = i32::try_from(wrapped(self.west)).ok()?;
        TwoDLocation::new(i32::try_from(self.south).ok()?, longitude).ok()
    }

    /// The same box, if it lies on the map without crossing 180°.
    fn on_map(self) -> Option<Self> {
        (self.west >= -1_800_000_000 && self.east <= 1_800_000_000).then_some(self)
    }

    const fn touches(&self, other: &Self) -> bool {
        self.south <= other.north
            && other.south <= self.north
            && self.west <= other.east
            && other.west <= self.east
    }
}

/// A side as latitudes and longitudes that go on beyond 180°.
#[derive(Clone, Copy)]
struct Side {
    a: (i64, i64),
    b: (i64, i64),
}

impl Side {
    const fn new(a: TwoDLocation, b: TwoDLocation) -> Self {
        Self { a: (a.lat(), a.lon()), b: (b.lat(), a.lon() + wrapped(b.lon() - a.lon())) }
    }

    /// On the turn of the globe where it begins within 180° of `west`.
    const fn near(a: TwoDLocation, b: TwoDLocation, west: i64) -> Self {
        Self::new(a, b).moved_to(west + wrapped(a.lon() - west))
    }

    const fn moved_to(self, west: i64) -> Self {
        Self { a: (self.a.0, west), b: (self.b.0, west + self.b.1 - self.a.1) }
    }

    /// A box around the great circle, which rises towards the pole by at most θ²/8·tan φ over the ends. Only for sides of
    /// less than 20° that keep away from the poles.
    fn bounds(&self) -> Option<Bounds> {
        let (south, north) = (self.a.0.min(self.b.0), self.a.0.max(self.b.0));
        let (west, east) = (self.a.1.min(self.b.1), self.a.1.max(self.b.1));
        let theta = radians(north - south).hypot(radians(east - west));
        if theta > 0.35 || north > POLAR || south < -POLAR {
            return None;
        }
        // A quarter instead of an eighth, since φ grows on the way.
        let rise = |lat: i64| (theta.powi(2) / 4.0 * radians(lat).tan().max(0.0) * 5.73e8).ceil() as i64 + 1;
        Some(Bounds { south: south - rise(-south), north: north + rise(north), west, east })
    }

    fn misses(&self, bounds: &Bounds, halvings: u32) -> bool {
        // The neighbouring turns of the globe are as near as this one.
        let away = |side: &Bounds| {
            [-3_600_000_000, 0, 3_600_000_000].into_iter().all(|turn| {
                !bounds.touches(&Bounds { west: side.west + turn, east: side.east + turn, ..*side })
            })
        };
        match self.bounds() {
            Some(side) if away(&side) => true,
            _ if halvings == 0 => false,
            _ => self.halves().into_iter().all(|half| half.misses(bounds, halvings - 1)),
        }
    }

    /// Both halves of the great circle. The middle is rounded to 1 cm.
    fn halves(&self) -> [Self; 2] {
        let vector = |(lat, lon): (i64, i64)| {
            let (lat, lon) = (radians(lat), radians(lon));
            [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
        };
        let ([ax, ay, az], [bx, by, bz]) = (vector(self.a), vector(self.b));
        let (x, y, z) = (ax + bx, ay + by, az + bz);
        let units = |radians: f64| (radians * (1.8e9 / core::f64::consts::PI)).round() as i64;
        let lat = units(z.atan2(x.hypot(y)));
        let lon = self.a.1 + wrapped(units(y.atan2(x)) - self.a.1);
        [Self { a: self.a, b: (lat, lon) }, Self { a: (lat, lon), b: self.b }]
    }
}
