//! Regions: only what TS 103 097 clause 6 gives a meaning, and only what encloses something.

use super::{Candidate, Lint, Verdict, require};
use crate::asn1::{GeographicRegion, IdentifiedRegion, RectangularRegion, TwoDLocation};

pub(super) const LINTS: &[Lint] = &[
    Lint { id: "region_is_of_a_known_kind", source: "TS 103 097 clause 6 (region)", check: kind },
    Lint {
        id: "region_is_not_an_empty_list",
        source: "Ieee1609Dot2BaseTypes, GeographicRegion",
        check: not_empty,
    },
    Lint { id: "region_has_no_subdivisions", source: "TS 103 097 clause 6 note 3", check: no_subdivisions },
    Lint {
        id: "region_countries_are_unique",
        source: "TS 103 097 clause 6 (region)",
        check: unique_countries,
    },
    Lint { id: "region_circle_has_a_radius", source: "Ieee1609Dot2BaseTypes, CircularRegion", check: circle },
    Lint {
        id: "region_rectangles_have_an_inside",
        source: "Ieee1609Dot2BaseTypes, RectangularRegion",
        check: corners,
    },
    Lint {
        id: "region_polygon_has_an_inside",
        source: "Ieee1609Dot2BaseTypes, PolygonalRegion",
        check: polygon,
    },
    Lint {
        id: "region_coordinates_are_known",
        source: "Ieee1609Dot2BaseTypes, Latitude, Longitude",
        check: known,
    },
];

fn kind(candidate: &Candidate<'_>) -> Verdict {
    let known = match &candidate.tbs.region {
        None
        | Some(
            GeographicRegion::CircularRegion(_)
            | GeographicRegion::RectangularRegion(_)
            | GeographicRegion::PolygonalRegion(_)
            | GeographicRegion::IdentifiedRegion(_),
        ) => true,
        Some(_) => false,
    };
    require(known, "the region is of a kind that this edition does not know")
}

fn not_empty(candidate: &Candidate<'_>) -> Verdict {
    let empty = match &candidate.tbs.region {
        Some(GeographicRegion::RectangularRegion(rectangles)) => rectangles.0.is_empty(),
        Some(GeographicRegion::IdentifiedRegion(countries)) => countries.0.is_empty(),
        Some(_) | None => false,
    };
    require(!empty, "the region lists no place")
}

fn no_subdivisions(candidate: &Candidate<'_>) -> Verdict {
    let whole = identified(candidate).iter().all(|region| matches!(region, IdentifiedRegion::CountryOnly(_)));
    require(whole, "no values are specified for regions inside a country")
}

fn unique_countries(candidate: &Candidate<'_>) -> Verdict {
    let countries = identified(candidate);
    let repeated =
        countries.iter().enumerate().any(|(at, country)| countries.iter().skip(at + 1).any(|c| c == country));
    require(!repeated, "a country is listed twice")
}

fn circle(candidate: &Candidate<'_>) -> Verdict {
    let point =
        matches!(&candidate.tbs.region, Some(GeographicRegion::CircularRegion(circle)) if circle.radius == 0);
    require(!point, "the circle has no radius")
}

fn corners(candidate: &Candidate<'_>) -> Verdict {
    let Some(GeographicRegion::RectangularRegion(rectangles)) = &candidate.tbs.region else { return Ok(()) };
    require(rectangles.0.iter().all(encloses), "north-west does not lie north and west of south-east")
}

fn encloses(rectangle: &RectangularRegion) -> bool {
    let (north_west, south_east) = (coordinates(&rectangle.north_west), coordinates(&rectangle.south_east));
    north_west.0 > south_east.0 && north_west.1 < south_east.1
}

fn polygon(candidate: &Candidate<'_>) -> Verdict {
    let Some(GeographicRegion::PolygonalRegion(polygon)) = &candidate.tbs.region else { return Ok(()) };
    let mut corners: Vec<_> = polygon.0.iter().map(coordinates).collect();
    corners.sort_unstable();
    corners.dedup();
    require(
        corners.len() >= 3 && corners.len() == polygon.0.len(),
        "the polygon has not three different corners",
    )
}

fn known(candidate: &Candidate<'_>) -> Verdict {
    let known = match &candidate.tbs.region {
        Some(GeographicRegion::CircularRegion(circle)) => is_known(&circle.center),
        Some(GeographicRegion::RectangularRegion(rectangles)) => rectangles
            .0
            .iter()
            .all(|rectangle| is_known(&rectangle.north_west) && is_known(&rectangle.south_east)),
        Some(GeographicRegion::PolygonalRegion(polygon)) => polygon.0.iter().all(is_known),
        Some(_) | None => true,
    };
    require(known, "a coordinate is unknown or out of range")
}

fn identified<'a>(candidate: &Candidate<'a>) -> &'a [IdentifiedRegion] {
    match &candidate.tbs.region {
        Some(GeographicRegion::IdentifiedRegion(countries)) => &countries.0,
        Some(_) | None => &[],
    }
}

/// Tenths of a microdegree: latitude, longitude.
fn coordinates(place: &TwoDLocation) -> (i32, i32) {
    (*place.latitude.0, *place.longitude.0)
}

fn is_known(place: &TwoDLocation) -> bool {
    let (latitude, longitude) = coordinates(place);
    (-900_000_000..=900_000_000).contains(&latitude) && (-1_799_999_999..=1_800_000_000).contains(&longitude)
}
