//! What the reader takes, what it refuses and where, and what it says lies between two steps.

use core::time::Duration;
use std::io::Write;

use super::*;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn car(id: &str, x: &str, y: &str, rest: &str) -> String {
    format!(r#"<vehicle id="{id}" x="{x}" y="{y}" type="car" {rest}/>"#)
}

fn fcd(steps: &[(&str, String)]) -> String {
    let steps: String = steps
        .iter()
        .map(|(time, body)| format!("<timestep time=\"{time}\">\n{body}\n</timestep>\n"))
        .collect();
    format!("<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<fcd-export>\n{steps}</fcd-export>\n")
}

fn read(text: &str) -> Result<Trace, TraceError> {
    Trace::read(text.as_bytes())
}

fn two_steps(first: &str, second: &str) -> Result<Trace, TraceError> {
    read(&fcd(&[("7.00", first.to_owned()), ("8.00", second.to_owned())]))
}

fn refusal(text: &str) -> String {
    read(text).map_or_else(|error| error.to_string(), |trace| format!("accepted: {trace:?}"))
}

#[test]
fn a_recorded_state_is_given_back_in_etsi_units() -> Outcome {
    let trace =
        read(&fcd(&[("0.00", car("a", "10.5390632", "-52.2773295", r#"angle="359.96" speed="13.89""#))]))?;
    let state = trace.vehicles()[0].at(Duration::ZERO).ok_or("absent")?;
    assert_eq!(state, State { latitude: -522_773_295, longitude: 105_390_632, heading: 0, speed: 1_389 });
    Ok(())
}

#[test]
fn time_starts_at_the_first_step() -> Outcome {
    let trace = two_steps(
        &car("a", "1", "2", r#"angle="0" speed="0""#),
        &car("a", "1", "2", r#"angle="0" speed="0""#),
    )?;
    assert_eq!(trace.steps(), [0, 1_000]);
    assert_eq!(trace.duration(), ms(1_000));
    assert_eq!(trace.instants().count(), 11);
    Ok(())
}

#[test]
fn between_two_steps_everything_goes_its_straight_way() -> Outcome {
    let trace = two_steps(
        &car("a", "11.0000000", "48.0000000", r#"angle="350" speed="10""#),
        &car("a", "11.0001000", "47.9999000", r#"angle="10" speed="20""#),
    )?;
    let state = trace.vehicles()[0].at(ms(250)).ok_or("absent")?;
    assert_eq!(state, State { latitude: 479_999_750, longitude: 110_000_250, heading: 3_550, speed: 1_250 });
    Ok(())
}

#[test]
fn the_date_line_is_crossed_the_short_way() -> Outcome {
    let trace = two_steps(
        &car("a", "179.9999500", "0", r#"angle="90" speed="10""#),
        &car("a", "-179.9999500", "0", r#"angle="90" speed="10""#),
    )?;
    let longitude = trace.vehicles()[0].at(ms(750)).ok_or("absent")?.longitude;
    assert_eq!(longitude, -1_799_999_750);
    Ok(())
}

#[test]
fn a_vehicle_is_absent_before_after_and_in_a_gap() -> Outcome {
    let here = |id: &str| car(id, "11", "48", r#"angle="0" speed="0""#);
    let trace = read(&fcd(&[
        ("0", here("b")),
        ("1", here("a")),
        ("2", here("b")),
        ("3", here("a") + &here("b")),
        ("4", here("a")),
    ]))?;
    let a = &trace.vehicles()[1];
    assert_eq!((a.id(), a.appears(), a.leaves()), ("a", ms(1_000), ms(4_000)));
    assert_eq!(a.at(ms(500)), None);
    assert!(a.at(ms(1_000)).is_some());
    assert_eq!(a.at(ms(2_500)), None, "a gap is not filled");
    assert!(a.at(ms(3_500)).is_some());
    assert_eq!(a.at(ms(4_001)), None);
    assert!(a.is_present_throughout(ms(3_000), ms(4_000)));
    assert!(!a.is_present_throughout(ms(1_000), ms(4_000)));
    assert_eq!(trace.present_throughout(ms(2_000), ms(3_000)).collect::<Vec<_>>(), [0]);
    assert_eq!(trace.at(ms(3_000)).count(), 2);
    Ok(())
}

#[test]
fn a_jump_breaks_the_track() -> Outcome {
    let trace = two_steps(
        &car("a", "11.00", "48", r#"angle="90" speed="0""#),
        &car("a", "11.01", "48", r#"angle="90" speed="0""#),
    )?;
    let a = &trace.vehicles()[0];
    assert_eq!(a.at(ms(500)), None);
    assert!(a.at(ms(1_000)).is_some());
    Ok(())
}

#[test]
fn compressed_and_plain_give_the_same_trace() -> Outcome {
    let text = fcd(&[("0", car("a", "11", "48", r#"angle="0" speed="1""#))]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(text.as_bytes())?;
    assert_eq!(Trace::read(gzip.finish()?.as_slice())?, read(&text)?);
    Ok(())
}

#[test]
fn damaged_compression_is_refused() -> Outcome {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(fcd(&[("0", car("a", "11", "48", r#"angle="0" speed="1""#))]).as_bytes())?;
    let mut octets = gzip.finish()?;
    octets.truncate(octets.len() / 2);
    let error = Trace::read(octets.as_slice()).err().ok_or("accepted")?;
    assert!(matches!(error.kind, TraceErrorKind::Unreadable(_)), "{error}");
    Ok(())
}

#[test]
fn coordinates_in_metres_are_refused_with_the_option_that_mends_it() {
    let told = refusal(&fcd(&[("0", car("a", "5203.12", "48", r#"angle="0" speed="1""#))]));
    assert!(told.starts_with(r#"line 5: x="5203.12" is beyond 180 degrees"#), "{told}");
    assert!(told.ends_with("(sumo --fcd-output.geo)"), "{told}");
}

#[test]
fn small_metric_coordinates_are_betrayed_by_their_motion() {
    let told = two_steps(
        &car("a", "10", "48", r#"angle="90" speed="9""#),
        &car("a", "19", "48", r#"angle="90" speed="9""#),
    )
    .map_or_else(|error| error.to_string(), |_| "accepted".to_owned());
    assert!(told.contains("moves 670 km between two records"), "{told}");
}

#[test]
fn each_kind_of_nonsense_is_refused_at_its_line() {
    let whole =
        |body: &str| format!("<fcd-export>\n<timestep time=\"0\">\n{body}\n</timestep>\n</fcd-export>");
    let a = car("a", "11", "48", r#"angle="0" speed="1""#);
    for (text, expected) in [
        (
            whole(r#"<vehicle id="a" x="1" y="2" type="t" speed="1"/>"#),
            "line 3: <vehicle> lacks the attribute angle",
        ),
        (whole(&car("a", "NaN", "2", r#"angle="0" speed="1""#)), "line 3: x=\"NaN\" is beyond 180 degrees"),
        (whole(&car("a", "1", "2", r#"angle="inf" speed="1""#)), "line 3: angle=\"inf\" is no number"),
        (whole(&car("a", "1", "2", r#"angle="0" speed="-3""#)), "line 3: speed=\"-3\" is no number"),
        (whole(&car("a", "1", "2", r#"angle="0" speed="163.83""#)), "line 3: speed=\"163.83\" is no number"),
        (whole(&format!("{a}{a}")), "line 3: vehicle \"a\" stands twice"),
        (whole("<bus/>"), "line 3: element <bus> has no place here"),
        (whole("hello<x/>"), "line 3: text has no place"),
        (whole("&amp;"), "line 3: an entity has no place"),
        (whole("<vehicle"), "not well-formed"),
        ("<!DOCTYPE x>\n<fcd-export/>".to_owned(), "line 1: a document type has no place"),
        ("<routes>\n</routes>".to_owned(), "line 1: element <routes> has no place here"),
        (
            "<fcd-export>\n</fcd-export>\n<fcd-export/>".to_owned(),
            "line 3: element <fcd-export> has no place",
        ),
        ("<fcd-export>\n<timestep time=\"0\">".to_owned(), "line 2: the file ends before"),
        ("<fcd-export/>".to_owned(), "line 1: the trace holds no vehicle"),
        (String::new(), "line 1: the file ends before"),
        (fcd(&[("1", a.clone()), ("1", a.clone())]), "line 7: a step is not at least 1 ms later"),
        (fcd(&[("1", a.clone()), ("0", a.clone())]), "line 7: a step is not at least 1 ms later"),
        (fcd(&[("12:00:01", a.clone())]), "line 4: time=\"12:00:01\" is no number"),
        (fcd(&[("4000001", a)]), "line 4: time=\"4000001\" is no number"),
    ] {
        let told = refusal(&text);
        assert!(told.contains(expected), "expected {expected:?}\n     got {told:?}");
    }
}

#[test]
fn a_tag_or_comment_without_end_stops_at_its_limit() {
    for opening in ["<fcd-export a=\"", "<!--", "<fcd-export>"] {
        let told = refusal(&(opening.to_owned() + &"x".repeat(limits::MAX_EVENT_OCTETS + 1)));
        assert!(told.contains("octets in one tag or comment"), "{told}");
    }
}

#[test]
fn too_many_attributes_and_too_long_names_are_refused() {
    let attributes: String = (0..=limits::MAX_ATTRIBUTES).map(|index| format!("a{index}=\"\" ")).collect();
    let told = refusal(&format!("<fcd-export><timestep {attributes}/></fcd-export>"));
    assert!(told.contains("attributes of one element"), "{told}");
    let long = "n".repeat(limits::MAX_NAME_OCTETS + 1);
    let told = refusal(&fcd(&[("0", car(&long, "1", "2", r#"angle="0" speed="1""#))]));
    assert!(told.contains("octets in a name"), "{told}");
}

#[test]
fn persons_and_what_vehicles_carry_are_passed_over() -> Outcome {
    let body = r#"<person id="p" x="1" y="2"/><container/>
        <vehicle id="a" x="11" y="48" angle="0" type="bus_12m" speed="1"><param key="k" value="v"/></vehicle>"#;
    let trace = read(&fcd(&[("0", body.to_owned())]))?;
    assert_eq!((trace.skipped(), trace.vehicles().len()), (2, 1));
    assert_eq!(trace.vehicles()[0].class().station_type(), 6);
    Ok(())
}

#[test]
fn the_types_name_tells_the_class() {
    for (name, class) in [
        ("veh_car", VehicleClass::PassengerCar),
        ("DEFAULT_VEHTYPE", VehicleClass::PassengerCar),
        ("truck_mwb_truck", VehicleClass::HeavyTruck),
        ("veh_motorbike", VehicleClass::Motorcycle),
        ("bike_bicycle", VehicleClass::Cyclist),
        ("veh_van", VehicleClass::LightTruck),
    ] {
        assert_eq!(VehicleClass::from_type_name(name), class, "{name}");
    }
}

#[test]
fn the_trace_that_ships_keeps_a_hundred_vehicles_busy_for_a_minute() -> Outcome {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/traces/a10.fcd.xml.gz");
    let trace = Trace::open(Path::new(path))?;
    assert_eq!(trace.duration(), ms(119_500));
    assert!(trace.present_throughout(ms(0), ms(60_000)).count() >= 120);
    assert!(trace.instants().all(|at| trace.at(at).count() >= 120), "never fewer than 120 at once");
    assert!(trace.vehicles().iter().any(|vehicle| vehicle.class() == VehicleClass::HeavyTruck));
    Ok(())
}
