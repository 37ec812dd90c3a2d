//! Facility messages made by other implementations decode to the values that those implementations meant, and encode
//! to the same octets again; a CAM reads the same on the receive path.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail them"
)]

mod support;

use std::fmt::Debug;
use std::fs;

use serde_json::Value;
use v2x_codec::cam::{self, ReceivedCam, Release};
use v2x_codec::facility::{self, FacilityMessage};
use v2x_codec::{denm, json, uper, vam};

/// DEFAULT values by field: what a decoder may leave out, or call by its name.
const DEFAULTS: &[(&str, &str, i64)] = &[
    ("validityDuration", "defaultValidity", 600),
    ("deltaAltitude", "unavailable", 12_800),
    ("altitude", "unavailable", 800_001),
    ("laneType", "traffic", 0),
    ("direction", "sameDirection", 0),
];

/// Fields whose type the encoder of the random vectors takes without the constraint that the field adds
/// (`polygon ... (SIZE(3..16,...))`, `vehicleSubClass ... (unknown|passengerCar..tram|agricultural)`). That constraint is
/// visible to UPER (X.691 clause 10.3), so that the octets of these vectors are not those of the ASN.1.
const CONSTRAINED_FIELDS: [&str; 2] = ["\"polygon\":", "\"vehicleSubClass\":"];

/// What octets and value of a vector are.
struct Vector {
    name: String,
    octets: Vec<u8>,
    value: Value,
}

fn random(kind: &str) -> Vec<Vector> {
    let Some(folder) = support::vectors() else { return Vec::new() };
    let text = fs::read_to_string(folder.join(format!("uper_random/{kind}_seed1.json"))).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 60);
    let vector = |(number, vector): (usize, &Value)| Vector {
        name: format!("{kind} {number}"),
        octets: support::unhex(vector["hex"].as_str().unwrap()),
        value: vector["value"].clone(),
    };
    vectors.iter().enumerate().map(vector).collect()
}

/// The random vectors without those that use one of [`CONSTRAINED_FIELDS`], which are `count` ones.
fn random_without(kind: &str, count: usize) -> Vec<Vector> {
    let vectors = random(kind);
    let total = vectors.len();
    let plain =
        |vector: &Vector| !CONSTRAINED_FIELDS.iter().any(|field| vector.value.to_string().contains(field));
    let kept: Vec<_> = vectors.into_iter().filter(plain).collect();
    assert!(total == 0 || total - kept.len() == count, "{} of {kind} left out", total - kept.len());
    kept
}

fn on_road(kind: &str) -> Vec<Vector> {
    let Some(folder) = support::vectors() else { return Vec::new() };
    let folder = folder.join("uper");
    let text = fs::read_to_string(folder.join(format!("{kind}_0.expect.json"))).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let octets = support::unhex(&fs::read_to_string(folder.join(format!("{kind}_0.hex"))).unwrap());
    vec![Vector { name: format!("{kind} 0"), octets, value: expected["value"].clone() }]
}

/// Decodes every vector, compares it, and encodes it again. The encoder of the random vectors writes some DEFAULT
/// values out, which canonical UPER leaves away: `explicit_defaults` vectors come back as other octets for that reason,
/// and those decode to the same value.
fn check<M: FacilityMessage + PartialEq + Debug>(vectors: &[Vector], explicit_defaults: usize) {
    let mut differ = 0;
    for Vector { name, octets, value } in vectors {
        let message: M = uper::decode(octets, M::NAME).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = json::to_json(&message, M::NAME).unwrap();
        compare(name, "", Some(value), Some(&found));
        let again = facility::encode(&message).unwrap();
        if again != *octets {
            differ += 1;
            assert!(
                writes_a_default_out(value),
                "{name}: {} became {}",
                hex::encode(octets),
                hex::encode(&again)
            );
            assert_eq!(uper::decode::<M>(&again, M::NAME).as_ref(), Ok(&message), "{name}");
        }
    }
    if !vectors.is_empty() {
        assert_eq!(differ, explicit_defaults);
    }
}

/// The decoder of the vectors names a DEFAULT that is absent, and gives the number of one that is there.
fn writes_a_default_out(value: &Value) -> bool {
    let text = value.to_string();
    DEFAULTS.iter().any(|(field, _, number)| text.contains(&format!("\"{field}\":{number}")))
}

fn compare(name: &str, path: &str, expected: Option<&Value>, found: Option<&Value>) {
    let field = path.rsplit('/').next().unwrap_or_default();
    let (expected, found) = (plain(field, expected), plain(field, found));
    match (expected, found) {
        (Some(Value::Object(expected)), Some(Value::Object(found))) => {
            for key in expected.keys().chain(found.keys()) {
                compare(name, &format!("{path}/{key}"), expected.get(key), found.get(key));
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(found))) => {
            assert_eq!(expected.len(), found.len(), "{name} {path}");
            for (expected, found) in expected.iter().zip(&found) {
                compare(name, path, Some(expected), Some(found));
            }
        }
        (expected, found) => assert_eq!(expected, found, "{name} {path}"),
    }
}

/// The value in one notation: strings of bits and octets as lower-case hex, DEFAULTs as numbers.
fn plain(field: &str, value: Option<&Value>) -> Option<Value> {
    let default = DEFAULTS.iter().find(|(name, ..)| *name == field);
    let altitude_confidence = Value::from("unavailable");
    match (value, default) {
        (None, Some((_, _, number))) => Some(Value::from(*number)),
        (None, None) if field == "altitudeConfidence" => Some(altitude_confidence),
        (Some(Value::String(text)), Some((_, name, number))) if text == name => Some(Value::from(*number)),
        (Some(Value::Object(bits)), _) if bits.contains_key("bits") && bits.contains_key("n") => {
            bits.get("bits").cloned()
        }
        (Some(Value::Object(bits)), _) if bits.contains_key("length") && bits.len() == 2 => {
            plain(field, bits.get("value"))
        }
        (Some(Value::String(text)), _) if text.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            Some(Value::from(text.to_lowercase()))
        }
        (value, _) => value.cloned(),
    }
}

#[test]
fn a_cam_from_the_road_decodes_to_what_another_decoder_sees() {
    check::<cam::r1::CAM>(&on_road("cam"), 0);
}

#[test]
fn a_denm_from_the_road_decodes_to_what_another_decoder_sees() {
    check::<denm::r1::DENM>(&on_road("denm"), 0);
}

#[test]
fn random_cams_of_release_1_round_trip() {
    check::<cam::r1::CAM>(&random("cam"), 0);
}

#[test]
fn random_cams_of_release_2_round_trip() {
    check::<cam::r2::CAM>(&random("cam2"), 0);
}

#[test]
fn random_denms_of_release_1_round_trip() {
    check::<denm::r1::DENM>(&random("denm"), 0);
}

#[test]
fn random_denms_of_release_2_round_trip() {
    check::<denm::r2::DENM>(&random_without("denm2", 1), 8);
}

#[test]
fn random_vams_round_trip() {
    check::<vam::VAM>(&random_without("vam", 5), 15);
}

#[test]
fn a_vam_of_another_protocol_version_is_refused() {
    for vector in random_without("vam", 5) {
        let error = facility::decode::<vam::VAM>(&vector.octets).unwrap_err();
        assert_eq!((error.field, error.offset), ("protocolVersion", 0));
    }
}

#[test]
fn the_receive_path_reads_every_cam() {
    for (vectors, release) in [(random("cam"), Release::One), (random("cam2"), Release::Two)] {
        for Vector { name, octets, value } in vectors {
            let cam = ReceivedCam::read(&octets, release).unwrap_or_else(|error| panic!("{name}: {error}"));
            let parameters = &value["cam"]["camParameters"];
            let position = &parameters["basicContainer"]["referencePosition"];
            assert_eq!(Value::from(cam.reference_position.latitude.value()), position["latitude"], "{name}");
            assert_eq!(Value::from(cam.station_id.value()), value["header"][station_id(release)], "{name}");
            assert_eq!(cam.special_vehicle.is_some(), parameters.get("specialVehicleContainer").is_some());
        }
    }
}

fn station_id(release: Release) -> &'static str {
    match release {
        Release::One => "stationID",
        Release::Two => "stationId",
    }
}
