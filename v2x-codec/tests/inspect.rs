//! Octets from everywhere are recognised, down to their payload.

mod support;

use std::fs;

use serde_json::Value;
use v2x_codec::inspect::{Inspection, Kind, inspect};

fn read(name: &str) -> Option<Vec<u8>> {
    let octets = fs::read(support::vectors()?.join(name)).expect("the vector is there");
    Some(if name.ends_with(".hex") { support::unhex(&String::from_utf8_lossy(&octets)) } else { octets })
}

fn at<'v>(inspection: &'v Inspection, pointer: &str) -> Option<&'v Value> {
    inspection.fields.pointer(pointer)
}

#[test]
fn a_packet_from_the_road_is_shown_down_to_its_cam() {
    let Some(octets) = read("gn/cit_cam_p256_cert_368.hex") else { return };
    let shown = inspect(&octets).expect("it is a packet");
    assert_eq!(shown.kind, Kind::GeoNetworkingPacket);
    let signed = "/content/Ieee1609Dot2Data/content/signedData/tbsData";
    assert_eq!(at(&shown, &format!("{signed}/headerInfo/psid")), Some(&36.into()));
    let payload = format!("{signed}/payload/data/content/unsecuredData/GeoNetworking");
    assert_eq!(at(&shown, &format!("{payload}/btp/btpB/destinationPort")), Some(&2001.into()));
    assert!(
        at(&shown, &format!("{payload}/payload/CAM/cam/generationDeltaTime")).is_some(),
        "{}",
        shown.fields
    );
}

#[test]
fn the_european_trust_list_of_lists_is_shown_down_to_its_commands() {
    let Some(octets) = read("trust/eu_ectl_l2_CE4CF6C19BFED720.oer") else { return };
    let shown = inspect(&octets).expect("it is data");
    assert_eq!(shown.kind, Kind::Coer("Ieee1609Dot2Data"));
    let list = "/content/signedData/tbsData/payload/data/content/unsecuredData/EtsiTs102941Data/content";
    let commands =
        at(&shown, &format!("{list}/certificateTrustListTlm/ctlCommands")).and_then(Value::as_array);
    assert!(commands.is_some_and(|commands| !commands.is_empty()), "{}", shown.fields);
}

#[test]
fn a_revocation_list_and_certificates_are_shown() {
    let Some(octets) = read("scms/crl_2020-2025.oer") else { return };
    let shown = inspect(&octets).expect("it is data");
    let crl = "/content/signedData/tbsData/payload/data/content/unsecuredData/CrlContents/typeSpecific";
    assert!(at(&shown, crl).is_some(), "{}", shown.fields);
    let ticket = inspect(&read("cert/cit_at_0.oer").expect("it is there")).expect("it is a certificate");
    assert_eq!(ticket.kind.to_string(), "Certificate");
    assert_eq!(at(&ticket, "/toBeSigned/appPermissions/0/psid"), Some(&36.into()));
}

#[test]
fn the_fields_of_a_certificate_are_those_that_a_foreign_decoder_shows() {
    let Some(octets) = read("cert/cit_at_0.oer") else { return };
    let shown = inspect(&octets).expect("it is a certificate").fields;
    let Some(answer) = support::oracle_decode("cert", &octets) else { return };
    let answer: Value = serde_json::from_slice(&answer).expect("the foreign decoder answers JSON");
    assert_eq!(Some(&shown), answer.get("value"));
}

#[test]
fn octets_that_are_nothing_are_refused_with_a_place() {
    let error = inspect(&[0x03, 0x81, 0x00, 0x40, 0x03, 0x80, 0xff]).expect_err("it ends early");
    assert!(error.offset > 0 || !error.field.is_empty(), "{error}");
    assert!(inspect(&[]).is_err());
}
