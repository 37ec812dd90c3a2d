use proptest::prelude::*;

use super::*;

fn place(latitude: f64, longitude: f64) -> TwoDLocation {
    TwoDLocation::new((latitude * 1e7).round() as i32, (longitude * 1e7).round() as i32).unwrap()
}

fn circle(latitude: f64, longitude: f64, radius: u16) -> GeographicRegion {
    GeographicRegion::Circular(CircularRegion { center: place(latitude, longitude), radius })
}

fn rectangle(north: f64, west: f64, south: f64, east: f64) -> GeographicRegion {
    let rectangle = RectangularRegion::new(place(north, west), place(south, east)).unwrap();
    GeographicRegion::rectangular(vec![rectangle]).unwrap()
}

fn polygon(corners: &[(f64, f64)]) -> GeographicRegion {
    let corners = corners.iter().map(|(latitude, longitude)| place(*latitude, *longitude)).collect();
    GeographicRegion::Polygonal(PolygonalRegion::new(corners).unwrap())
}

fn countries(numbers: &[u16]) -> GeographicRegion {
    GeographicRegion::identified(numbers.iter().copied().map(Country).collect()).unwrap()
}

fn holds(region: &GeographicRegion, latitude: f64, longitude: f64) -> bool {
    region.contains(place(latitude, longitude)).is_ok()
}

#[test]
fn unknown_and_impossible_positions_are_refused() {
    assert_eq!(TwoDLocation::new(900_000_001, 0), Err(RegionRefusal::PositionUnknown));
    assert_eq!(TwoDLocation::new(0, 1_800_000_001), Err(RegionRefusal::PositionUnknown));
    for (latitude, longitude) in
        [(900_000_002, 0), (-900_000_001, 0), (0, 1_800_000_002), (0, -1_800_000_000)]
    {
        let refused = TwoDLocation::new(latitude, longitude);
        assert_eq!(refused, Err(RegionRefusal::PositionOutOfRange { latitude, longitude }));
    }
}

#[test]
fn distances_are_those_of_the_ellipsoid() {
    // The lengths of one degree of arc are in every table of WGS-84.
    let half_degree = |from: TwoDLocation, to: TwoDLocation| from.distance(to);
    let cases = [
        (place(0.0, 0.0), place(0.0, 0.5), 55_659.75),
        (place(0.0, 0.0), place(0.5, 0.0), 55_287.15),
        (place(89.5, 0.0), place(90.0, 0.0), 55_846.96),
        (place(0.0, 179.75), place(0.0, -179.75), 55_659.75),
    ];
    for (from, to, metres) in cases {
        assert!((half_degree(from, to) - metres).abs() < 0.1, "{from:?} {to:?} {}", from.distance(to));
    }
}

#[test]
fn a_circle_ends_at_its_radius() {
    let region = circle(48.137, 11.575, 1_000);
    assert!(holds(&region, 48.137 + 0.00898, 11.575));
    assert!(!holds(&region, 48.137 + 0.00900, 11.575));
}

#[test]
fn a_rectangle_holds_its_border_and_may_cross_the_date_line() {
    let region = rectangle(10.0, 170.0, -10.0, -170.0);
    for longitude in [170.0, 180.0, -179.9, -170.0] {
        assert!(holds(&region, 10.0, longitude) && holds(&region, -10.0, longitude));
    }
    assert!(
        !holds(&region, 0.0, 169.9999999) && !holds(&region, 0.0, -169.9999999) && !holds(&region, 0.0, 0.0)
    );
}

#[test]
fn a_rectangle_without_area_is_malformed() {
    for (nw, se) in [((1.0, 1.0), (1.0, 2.0)), ((1.0, 1.0), (2.0, 2.0)), ((2.0, 1.0), (1.0, 1.0))] {
        assert!(RectangularRegion::new(place(nw.0, nw.1), place(se.0, se.1)).is_err());
    }
}

#[test]
fn a_polygon_has_great_circles_for_sides() {
    // The great circle from 50°N 0° to 50°N 20° reaches 50.4329° halfway.
    let region = polygon(&[(50.0, 0.0), (50.0, 20.0), (40.0, 10.0)]);
    assert!(holds(&region, 50.43, 10.0));
    assert!(!holds(&region, 50.44, 10.0));
    assert!(holds(&region, 50.0, 0.0) && holds(&region, 40.0, 10.0));
    assert!(!holds(&region, 39.999, 10.0) && !holds(&region, 45.0, 190.0 - 360.0));
}

#[test]
fn a_concave_polygon_across_the_date_line_is_judged() {
    let region = polygon(&[(0.0, 179.0), (0.0, -179.0), (2.0, -179.0), (1.0, 180.0), (2.0, 179.0)]);
    assert!(holds(&region, 0.5, 180.0) && holds(&region, 1.4, 179.2) && holds(&region, 1.4, -179.2));
    assert!(!holds(&region, 1.5, 180.0) && !holds(&region, 0.5, 178.9) && !holds(&region, 0.5, 0.0));
}

#[test]
fn polygons_that_cannot_be_judged_are_refused() {
    let refused = |corners: &[(f64, f64)]| {
        PolygonalRegion::new(corners.iter().map(|(lat, lon)| place(*lat, *lon)).collect()).unwrap_err()
    };
    let malformed = |corners: &[(f64, f64)]| matches!(refused(corners), RegionRefusal::Malformed(_));
    let unsupported = |corners: &[(f64, f64)]| matches!(refused(corners), RegionRefusal::Unsupported(_));
    assert!(malformed(&[(0.0, 0.0), (1.0, 1.0)]));
    assert!(malformed(&[(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)]), "a bow tie");
    assert!(malformed(&[(0.0, 0.0), (0.0, 2.0), (0.0, 1.0)]), "a line");
    assert!(malformed(&[(0.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]));
    assert!(unsupported(&[(80.0, 0.0), (80.0, 120.0), (80.0, -120.0)]), "around the pole");
    assert!(unsupported(&[(90.0, 0.0), (80.0, 10.0), (80.0, -10.0)]));
    assert!(unsupported(&[(10.0, -90.0), (10.0, 90.0), (20.0, 0.0)]));
    let many = vec![(0.0, 0.0); limits::MAX_POLYGON_VERTICES + 1];
    assert!(matches!(refused(&many), RegionRefusal::TooMany { .. }));
}

#[test]
fn cities_are_in_their_countries_and_no_other() {
    let cities = [
        (276, 48.137, 11.575),    // Munich
        (276, 52.52, 13.405),     // Berlin
        (250, 48.8566, 2.3522),   // Paris
        (250, -20.88, 55.45),     // Saint-Denis de La Réunion
        (40, 48.2082, 16.3738),   // Vienna
        (826, 51.5074, -0.1278),  // London
        (756, 46.948, 7.4474),    // Bern
        (840, 40.7128, -74.006),  // New York
        (156, 39.9042, 116.4074), // Beijing
        (426, -29.31, 27.48),     // Maseru, inside South Africa
        (36, -33.8688, 151.2093), // Sydney
        (554, -36.8485, 174.7633),
        (242, -18.1416, 178.4419), // Suva
        (643, 66.0, -175.0),       // Chukotka, beyond 180°
        (196, 35.34, 33.32),       // Kyrenia
        (492, 43.7347, 7.4206),    // Monaco
    ];
    let table = Boundaries::shipped().unwrap();
    for (number, latitude, longitude) in cities {
        assert!(holds(&countries(&[number]), latitude, longitude), "{number}");
        let position = place(latitude, longitude);
        let others: Vec<u16> =
            table.numbers().filter(|other| *other != number && table.contains(*other, position)).collect();
        // Monaco is narrower than the tolerance.
        let shared: &[u16] = if number == 492 { &[250] } else { &[] };
        assert_eq!(others, shared, "at {latitude} {longitude}");
    }
}

#[test]
fn a_border_has_a_tolerance_and_no_more() {
    // The Rhine bridge of Kehl: Strasbourg on the west bank, the border in mid-stream at 7.80°E.
    let germany = countries(&[276]);
    assert!(holds(&germany, 48.573, 7.79), "a kilometre inside France");
    assert!(!holds(&germany, 48.573, 7.72), "six kilometres inside France");
}

#[test]
fn the_sea_off_a_shore_belongs_to_it_for_twelve_miles_where_it_is_nobodys_land() {
    let denmark_and_sweden = countries(&[208, 752]);
    assert!(holds(&denmark_and_sweden, 55.575, 12.82), "the Øresund bridge");
    assert!(!holds(&countries(&[276]), 55.0, 6.0), "the open North Sea");
    assert!(!holds(&countries(&[250]), 51.13, 1.33), "Dover is not French");
}

#[test]
fn the_union_is_its_27_countries_of_2020() {
    let union = countries(&[65535]);
    assert!(holds(&union, 48.137, 11.575) && holds(&union, 60.1, 19.94), "Munich and Mariehamn");
    for (latitude, longitude) in [(51.5074, -0.1278), (46.948, 7.4474), (59.9139, 10.7522), (44.8, 20.46)] {
        assert!(!holds(&union, latitude, longitude), "London, Bern, Oslo, Belgrade");
    }
    let table = Boundaries::shipped().unwrap();
    assert!(Country::EUROPEAN_UNION.parts().iter().all(|member| table.knows(*member)));
}

#[test]
fn an_unknown_country_is_its_own_refusal() {
    let mars = countries(&[999]);
    assert_eq!(mars.contains(place(0.0, 0.0)), Err(RegionRefusal::UnknownCountry(999)));
    assert_eq!(countries(&[0]).contains(place(0.0, 0.0)), Err(RegionRefusal::UnknownCountry(0)));
    assert!(holds(&countries(&[999, 276]), 52.52, 13.405));
    assert_eq!(countries(&[276]).contains(place(0.0, 0.0)), Err(RegionRefusal::Outside));
}

#[test]
fn countries_lie_in_lists_of_countries() {
    let inside = |a: &[u16], b: &[u16]| countries(a).is_inside(&countries(b)).is_ok();
    assert!(inside(&[276], &[276, 250]) && inside(&[276, 250], &[65535]) && inside(&[65535], &[65535, 756]));
    assert!(inside(&[999], &[999]), "the same number is the same country, known or not");
    assert!(!inside(&[756], &[65535]) && !inside(&[276, 756], &[65535]) && !inside(&[65535], &[276, 250]));
    assert!(!inside(&[826], &[65535]));
}

#[test]
fn shapes_lie_in_countries_when_no_border_is_near() {
    let inside = |shape: &GeographicRegion, numbers: &[u16]| shape.is_inside(&countries(numbers)).is_ok();
    assert!(
        inside(&circle(48.137, 11.575, 20_000), &[276]) && inside(&circle(48.137, 11.575, 20_000), &[65535])
    );
    assert!(inside(&rectangle(49.0, 11.0, 48.5, 11.8), &[276]));
    assert!(inside(&polygon(&[(48.9, 11.1), (48.9, 11.6), (48.5, 11.4)]), &[65535]));
    assert!(
        !inside(&circle(48.573, 7.80, 5_000), &[276]) && !inside(&circle(48.137, 11.575, 20_000), &[250])
    );
    assert!(!inside(&rectangle(55.0, 5.0, 45.0, 15.0), &[276]));
    assert!(!inside(&rectangle(70.0, -170.0, -60.0, 170.0), &[65535]));
}

#[test]
fn a_country_in_a_shape_is_not_shown() {
    let world = rectangle(89.0, -179.0, -89.0, 179.0);
    assert_eq!(countries(&[276]).is_inside(&world), Err(RegionRefusal::NotInside));
}

#[test]
fn parts_of_countries_are_refused_as_unsupported() {
    use v2x_codec::ieee1609dot2 as base;
    let regions = base::CountryAndRegions::builder()
        .country_only(base::UnCountryId(276))
        .regions(base::SequenceOfUint8(vec![1]))
        .build();
    let list = base::SequenceOfIdentifiedRegion(vec![
        base::IdentifiedRegion::CountryOnly(base::UnCountryId(276)),
        base::IdentifiedRegion::CountryAndRegions(regions),
    ]);
    let refused = GeographicRegion::try_from(&base::GeographicRegion::IdentifiedRegion(list));
    assert_eq!(refused, Err(RegionRefusal::Unsupported("countryAndRegions")));
}

/// Regions within some degrees of each other, small and large, so that inclusion happens.
fn any_region() -> impl Strategy<Value = GeographicRegion> {
    let near = || (-3.0..3.0f64, -3.0..3.0f64);
    let date_line = |longitude: f64| if longitude > 0.0 { longitude - 180.0 } else { longitude + 179.999 };
    prop_oneof![
        (near(), 1_000u16..).prop_map(move |((lat, lon), radius)| circle(lat + 50.0, date_line(lon), radius)),
        (near(), 0.01..5.0f64, 0.01..5.0f64).prop_map(move |((lat, lon), height, width)| {
            rectangle(lat + 50.0, date_line(lon), lat + 50.0 - height, date_line(lon + width))
        }),
        (near(), 0.01..4.0f64).prop_map(move |((lat, lon), size)| {
            polygon(&[
                (lat + 50.0, date_line(lon)),
                (lat + 50.0 + size, date_line(lon + size / 2.0)),
                (lat + 50.0, date_line(lon + size)),
                (lat + 50.0 + size / 3.0, date_line(lon + size / 2.0)),
            ])
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// The promise of `is_inside`: no point of the subject lies outside its issuer.
    #[test]
    fn what_is_shown_to_be_inside_is(
        subject in any_region(),
        issuer in any_region(),
        points in proptest::collection::vec((-6.0..6.0f64, -6.0..6.0f64), 100),
    ) {
        if subject.is_inside(&issuer).is_ok() {
            for (lat, lon) in points {
                let position = place(lat + 50.0, if lon > 0.0 { lon - 180.0 } else { lon + 179.999 });
                prop_assert!(subject.contains(position).is_err() || issuer.contains(position).is_ok());
            }
        }
    }

    #[test]
    fn every_region_is_inside_itself(region in any_region()) {
        prop_assert_eq!(region.is_inside(&region), Ok(()));
    }

    #[test]
    fn a_small_circle_well_within_is_shown_to_be(
        lat in 50.6..51.0f64, lon in 10.8..11.2f64, radius in 1u16..5_000,
    ) {
        let small = circle(lat, lon, radius);
        prop_assert_eq!(small.is_inside(&circle(50.8, 11.0, 60_000)), Ok(()));
        prop_assert_eq!(small.is_inside(&rectangle(52.0, 10.0, 50.0, 12.0)), Ok(()));
        prop_assert_eq!(small.is_inside(&polygon(&[(50.0, 10.0), (50.0, 12.0), (53.0, 11.0)])), Ok(()));
        prop_assert_eq!(small.is_inside(&countries(&[276])), Ok(()));
    }
}
