//! Whatever the octets, the scan and the owned decoder agree, and nothing panics.

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use support::values::{certificate, permissions, verification_key};
use v2x_codec::ErrorKind;
use v2x_codec::ieee1609dot2::canonical::CanonicalCertificate;
use v2x_codec::ieee1609dot2::{Certificate, CoerType, Ieee1609Dot2Data, decode, encode};
use v2x_codec::inspect::inspect;
use v2x_codec::ts102941::{CertificateSubjectAttributes, EtsiTs102941Data, InnerEcRequest, PublicKeys};

/// Real certificates and messages to start from.
fn seeds() -> Vec<Vec<u8>> {
    let Some(vectors) = support::vectors() else { return vec![vec![3, 0x80, 0]] };
    let folders = ["etsi_pool", "cert", "trust"];
    let files = folders.iter().flat_map(|folder| support::files(&vectors.join(folder), "oer"));
    files.map(|(_, octets)| octets).chain(support::us_pilot(&vectors).into_iter().step_by(30)).collect()
}

/// A seed with some octets changed, and perhaps cut off.
fn mutant() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<Index>(), any::<u8>()), 1..4);
    (select(seeds()), changes, proptest::option::of(any::<Index>())).prop_map(|(mut octets, changes, cut)| {
        for (at, value) in changes {
            let at = at.index(octets.len());
            octets.splice(at..=at, [value]);
        }
        let length = cut.map_or(octets.len(), |cut| cut.index(octets.len()));
        octets.truncate(length);
        octets
    })
}

/// What the scan accepts, the owned decoder accepts too, and its encoding decodes to the same value.
fn agree<T: CoerType + PartialEq>(octets: &[u8]) -> Result<(), TestCaseError> {
    match decode::<T>(octets) {
        Ok(value) => {
            let again = encode(&value).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(decode::<T>(&again), Ok(value));
        }
        Err(error) => prop_assert_ne!(error.kind, ErrorKind::Inconsistent),
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_certificate_that_was_encoded_decodes_to_itself(certificate in certificate()) {
        let octets = encode(&certificate).expect("it encodes");
        prop_assert_eq!(decode::<Certificate>(&octets), Ok(certificate));
    }

    #[test]
    fn a_canonical_form_is_its_own_and_keeps_everything_but_the_forms_of_points(certificate in certificate()) {
        let octets = encode(&certificate).expect("it encodes");
        let canonical = CanonicalCertificate::from_received(&octets).expect("it is a certificate");
        let again = CanonicalCertificate::from_received(canonical.octets()).expect("it stays a certificate");
        prop_assert!(again.arrived_canonical());
        prop_assert_eq!(again.to_be_signed(), canonical.to_be_signed());
        let decoded: Certificate = decode(canonical.octets()).expect("it stays a certificate");
        prop_assert_eq!(&decoded.issuer, &certificate.issuer);
        prop_assert_eq!(&decoded.to_be_signed.id, &certificate.to_be_signed.id);
        prop_assert_eq!(&decoded.to_be_signed.region, &certificate.to_be_signed.region);
        prop_assert_eq!(encode(&decoded.to_be_signed), Ok(canonical.to_be_signed().to_vec()));
    }

    #[test]
    fn an_enrolment_request_that_was_encoded_decodes_to_itself(
        id in vec(any::<u8>(), 0..300), verification_key in verification_key(), permissions in permissions(),
    ) {
        let keys = PublicKeys { verification_key, encryption_key: None };
        let request = InnerEcRequest::new(id, keys, CertificateSubjectAttributes::signing(permissions));
        let octets = encode(&request).expect("it encodes");
        prop_assert_eq!(decode::<InnerEcRequest>(&octets), Ok(request));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn the_scan_and_the_owned_decoder_agree_on_mutants(octets in mutant()) {
        agree::<Certificate>(&octets)?;
        agree::<Ieee1609Dot2Data>(&octets)?;
        agree::<EtsiTs102941Data>(&octets)?;
    }

    #[test]
    fn nothing_panics_on_mutants(octets in mutant()) {
        let _ = CanonicalCertificate::from_received(&octets);
        let _ = inspect(&octets);
    }

    #[test]
    fn nothing_panics_on_noise(octets in vec(any::<u8>(), 0..200)) {
        agree::<Certificate>(&octets)?;
        agree::<Ieee1609Dot2Data>(&octets)?;
        agree::<EtsiTs102941Data>(&octets)?;
        let _ = inspect(&octets);
    }
}
