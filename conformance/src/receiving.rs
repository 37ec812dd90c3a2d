//! A receiver, what it is sent, and what it makes of it: for the test purposes of receiving.

#![allow(clippy::unwrap_used, reason = "helpers of tests, which fail by panicking")]

use crate::message::{
    HERE, beacon_payload, cam_payload, cam_request, denm_payload, denm_request, other_request, packet,
    resigned,
};
use crate::pki::{CLOCK, Holder, NOW, Pki};
use crate::region::RegionKind;
use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::Time64;
use v2x_crypto::Curve;
use v2x_security::clock::Clock;
use v2x_security::sign::{SignRequest, SignerChoice};
use v2x_security::trust::TrustProfile;

/// What a receiver that trusts `pki` makes of `data` in a packet: whether it takes it, or why not.
pub fn judged_at(pki: &Pki, clock: &Clock, data: &[u8]) -> Result<(), &'static str> {
    let outcome = pki.verifier().verify_packet(clock, &packet(data)).map(drop);
    outcome.map_err(|refusal| refusal.code())
}

/// What a receiver that trusts `pki` makes of `data` in a packet at its usual time.
pub fn judged(pki: &Pki, data: &[u8]) -> Result<(), &'static str> {
    judged_at(pki, &CLOCK, data)
}

/// A PKI on P-256, and a ticket of its.
pub fn p256() -> (Pki, Holder) {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    (pki, ticket)
}

/// Signs what keeps to its profile.
pub fn signed(pki: &Pki, ticket: &Holder, request: &SignRequest<'_>) -> Vec<u8> {
    pki.identity(ticket).sign(TrustProfile::EtsiTs103097, request).unwrap()
}

/// A CAM that is accepted.
pub fn good_cam(pki: &Pki, ticket: &Holder) -> Vec<u8> {
    signed(pki, ticket, &cam_request(&cam_payload(HERE), NOW))
}

/// A DENM that is accepted.
pub fn good_denm(pki: &Pki, ticket: &Holder) -> Vec<u8> {
    signed(pki, ticket, &denm_request(&denm_payload(HERE), NOW, HERE))
}

/// A message of another service that is accepted.
pub fn good_other(pki: &Pki, ticket: &Holder) -> Vec<u8> {
    signed(pki, ticket, &other_request(&beacon_payload(HERE), NOW))
}

/// What becomes of a good message after `change`, signed anew.
pub fn judged_with(
    good: fn(&Pki, &Holder) -> Vec<u8>,
    change: impl FnOnce(&mut asn::SignedData),
) -> Result<(), &'static str> {
    let (pki, ticket) = p256();
    judged(&pki, &resigned(&ticket, &good(&pki, &ticket), change))
}

/// What becomes of a request that breaks its profile, signed all the same.
pub fn judged_request(request: &SignRequest<'_>) -> Result<(), &'static str> {
    let (pki, ticket) = p256();
    judged(&pki, &pki.identity(&ticket).sign_unchecked(request).unwrap())
}

/// Octets as a `HashedId3`.
pub fn id3(octets: [u8; 3]) -> asn::HashedId3 {
    asn::HashedId3(asn::FixedOctetString::new(octets))
}

/// A request for a revocation list.
pub fn missing_crl() -> asn::MissingCrlIdentifier {
    asn::MissingCrlIdentifier::builder().craca_id(id3([0; 3])).crl_series(asn::CrlSeries(0)).build()
}

/// So many milliseconds after the usual time.
pub fn later(millis: u64) -> Time64 {
    NOW.saturating_add_micros(millis * 1_000)
}

/// So many milliseconds before the usual time.
pub fn earlier(millis: u64) -> Time64 {
    NOW.saturating_sub_micros(millis * 1_000)
}

/// The request, with its signer named by digest.
pub fn by_digest<'a>(mut request: SignRequest<'a>) -> SignRequest<'a> {
    request.signer = SignerChoice::Digest;
    request
}

/// A PKI on P-256, and a ticket with a region of this kind around the usual place.
pub fn regional(kind: RegionKind) -> (Pki, Holder) {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket_with(|tbs| tbs.region = Some(kind.around(HERE)));
    (pki, ticket)
}

/// Gives a ticket this SSP for a service that it has.
pub fn set_ssp(tbs: &mut asn::ToBeSignedCertificate, psid: u32, ssp: &[u8]) {
    let permissions = tbs.app_permissions.as_mut().unwrap();
    let entry = permissions.0.iter_mut().find(|entry| entry.psid == asn::Psid(psid.into())).unwrap();
    entry.ssp = Some(asn::ServiceSpecificPermissions::BitmapSsp(asn::BitmapSsp(ssp.to_vec().into())));
}
