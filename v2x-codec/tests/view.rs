//! The borrowed views on real messages and certificates.

mod support;

use v2x_codec::view::{CertificateView, Data, Signed};

fn signed(octets: &[u8]) -> Option<Signed<'_>> {
    Data::parse(octets).ok()?.content.signed().copied()
}

#[test]
fn every_us_pilot_message_is_read_to_its_signature() {
    let Some(vectors) = support::vectors() else { return };
    for message in support::us_pilot(&vectors) {
        let signed = signed(&message).expect("the message is signed");
        assert!(signed.payload.unsecured().is_some());
        assert!(signed.header_info.generation_time.is_some());
        assert_eq!(signed.signature.s.len(), 32);
    }
}

#[test]
fn every_certificate_of_the_shared_pools_is_read() {
    let Some(vectors) = support::vectors() else { return };
    for (name, octets) in
        ["etsi_pool", "cert"].map(|folder| support::files(&vectors.join(folder), "oer")).concat()
    {
        let certificate = CertificateView::parse(&octets).expect(&name);
        assert_eq!(certificate.octets, octets, "{name}");
    }
}
