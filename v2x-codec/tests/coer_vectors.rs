//! COER made by other implementations decodes, and encodes to the same octets again.

mod support;

use std::collections::BTreeMap;
use std::fs;

use v2x_codec::ErrorKind;
use v2x_codec::ieee1609dot2::canonical::CanonicalCertificate;
use v2x_codec::ieee1609dot2::{
    Certificate, CoerType, CrlContents, Ieee1609Dot2Content, Ieee1609Dot2Data, decode, encode,
};

fn round_trips<T: CoerType>(name: &str, octets: &[u8]) -> T {
    let value = decode::<T>(octets).expect(name);
    let again = encode(&value).expect(name);
    assert_eq!(hex::encode(again), hex::encode(octets), "{name}");
    value
}

/// The innermost octets; none of encrypted data.
fn payload(data: &Ieee1609Dot2Data) -> &[u8] {
    match &data.content {
        Ieee1609Dot2Content::UnsecuredData(octets) => &octets.0,
        Ieee1609Dot2Content::SignedData(signed) => {
            signed.tbs_data.payload.data.as_ref().map(payload).unwrap_or_default()
        }
        Ieee1609Dot2Content::EncryptedData(_) | Ieee1609Dot2Content::SignedCertificateRequest(_) => &[],
    }
}

#[test]
fn every_certificate_decodes_and_encodes_to_the_same_octets() {
    let Some(vectors) = support::vectors() else { return };
    for folder in ["etsi_pool", "cert"] {
        for (name, octets) in support::files(&vectors.join(folder), "oer") {
            round_trips::<Certificate>(&name, &octets);
        }
    }
    for name in ["trust/eu_tlm_l2_E7A4B2B045E7ACF9.oer", "scms/iss_v2x_root.oer"] {
        round_trips::<Certificate>(name, &fs::read(vectors.join(name)).expect("a vector can be read"));
    }
}

#[test]
fn every_certificate_has_a_canonical_form_that_is_its_own_canonical_form() {
    let Some(vectors) = support::vectors() else { return };
    for folder in ["etsi_pool", "cert"] {
        for (name, octets) in support::files(&vectors.join(folder), "oer") {
            let canonical = CanonicalCertificate::from_received(&octets).expect(&name);
            let again = CanonicalCertificate::from_received(canonical.octets()).expect(&name);
            assert!(again.arrived_canonical(), "{name}");
            assert_eq!(again.to_be_signed(), canonical.to_be_signed(), "{name}");
            let decoded = decode::<Certificate>(&octets).expect(&name);
            assert_eq!(encode(&decoded.to_be_signed).expect(&name), canonical.to_be_signed(), "{name}");
        }
    }
}

#[test]
fn the_european_trust_list_of_lists_decodes_and_encodes_to_the_same_octets() {
    let Some(vectors) = support::vectors() else { return };
    let octets =
        fs::read(vectors.join("trust/eu_ectl_l2_CE4CF6C19BFED720.oer")).expect("the vector is there");
    let data = round_trips::<Ieee1609Dot2Data>("ectl", &octets);
    assert_eq!(payload(&data).first(), Some(&1), "an EtsiTs102941Data starts with its version");
}

#[test]
fn a_revocation_list_of_the_scms_decodes_and_encodes_to_the_same_octets() {
    let Some(vectors) = support::vectors() else { return };
    let octets = fs::read(vectors.join("scms/crl_2020-2025.oer")).expect("the vector is there");
    let data = round_trips::<Ieee1609Dot2Data>("crl", &octets);
    round_trips::<CrlContents>("crl contents", payload(&data));
}

#[test]
fn three_hundred_signed_messages_of_a_pilot_decode_and_encode_to_the_same_octets() {
    let Some(vectors) = support::vectors() else { return };
    let lines =
        fs::read_to_string(vectors.join("scms/us_pilot_signed_300.jsonl")).expect("the vector is there");
    let mut differ = BTreeMap::<String, usize>::new();
    let mut read = 0;
    for line in lines.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let octets = hex::decode(entry["hex"].as_str().expect("hex is text")).expect("hex is hexadecimal");
        match decode::<Ieee1609Dot2Data>(&octets) {
            Ok(data) => {
                let again = encode(&data).expect("what was decoded encodes");
                if again != octets {
                    *differ.entry("octets differ".into()).or_default() += 1;
                }
            }
            Err(error) => *differ.entry(error.to_string()).or_default() += 1,
        }
        read += 1;
    }
    assert_eq!((read, differ), (300, BTreeMap::new()));
}

#[test]
fn a_bomb_of_nested_data_is_refused_as_too_deep() {
    let Some(vectors) = support::vectors() else { return };
    let octets = fs::read(vectors.join("negative/ectl_nested_150_deep.oer")).expect("the vector is there");
    assert_eq!(decode::<Ieee1609Dot2Data>(&octets).map_err(|error| error.kind), Err(ErrorKind::TooDeep));
}

#[test]
fn octets_that_abort_the_owned_decoder_are_refused_by_the_scan() {
    let octets = hex::decode("03810040038004000001248106ffffffffffff").expect("hexadecimal");
    assert_eq!(decode::<Ieee1609Dot2Data>(&octets).map_err(|error| error.kind), Err(ErrorKind::BadPadding));
}

#[test]
fn a_quantity_that_would_exhaust_memory_is_refused_by_the_scan() {
    // Signed data without a fault up to the number of certificates in its signer.
    let octets = hex::decode("038100400380000001248106ffffffffffff").expect("hexadecimal");
    let error = decode::<Ieee1609Dot2Data>(&octets).expect_err("it cannot fit");
    assert_eq!((error.kind, error.field, error.offset), (ErrorKind::LengthExceedsInput, "certificate", 11));
}
