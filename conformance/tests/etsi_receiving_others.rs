//! Receiving messages: the test purposes of TS 103 096-2 for the groups DENM and GENMSG and the switches.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use conformance::message::{
    ABROAD, HERE, OTHER, Place, beacon_payload, cam_request, changed, denm_payload, denm_request,
    other_request, packet,
};
use conformance::pki::{CLOCK, Holder, NOW, Pki, key};
use conformance::receiving::{
    by_digest, earlier, good_cam, good_denm, good_other, id3, judged, judged_at, judged_request, judged_with,
    later, missing_crl, p256, regional, set_ssp, signed,
};
use conformance::region::RegionKind;
use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::Time64;
use v2x_crypto::{Curve, HashAlgorithm};
use v2x_security::clock::Clock;
use v2x_security::id::HashedId3;
use v2x_security::permission::Psid;
use v2x_security::sign::SignedPayload;
use v2x_security::verified::Received;

// DENM.

/// RCV_DENM_01_BV: a DENM that carries its ticket is accepted.
#[test]
fn rcv_denm_01_bv() {
    let (pki, ticket) = p256();
    let packet = packet(&good_denm(&pki, &ticket));
    let mut verifier = pki.verifier();
    let Received::Denm(denm) = verifier.verify_packet(&CLOCK, &packet).unwrap() else { panic!("no DENM") };
    assert_eq!(denm.signer().certificate(), &ticket.certificate);
    let place = denm.header().generation_location.unwrap();
    assert_eq!((place.latitude, place.longitude), (HERE.latitude, HERE.longitude));
}

fn denm_from(kind: RegionKind, place: Place) -> Result<(), &'static str> {
    let (pki, ticket) = regional(kind);
    judged(&pki, &signed(&pki, &ticket, &denm_request(&denm_payload(HERE), NOW, place)))
}

/// RCV_DENM_02_BV_01: a DENM from inside the ticket's circle is accepted.
#[test]
fn rcv_denm_02_bv_01() {
    assert_eq!(denm_from(RegionKind::Circle, HERE), Ok(()));
}

/// RCV_DENM_02_BV_02: a DENM from inside the ticket's rectangle is accepted.
#[test]
fn rcv_denm_02_bv_02() {
    assert_eq!(denm_from(RegionKind::Rectangle, HERE), Ok(()));
}

/// RCV_DENM_02_BV_03: a DENM from inside the ticket's polygon is accepted.
#[test]
fn rcv_denm_02_bv_03() {
    assert_eq!(denm_from(RegionKind::Polygon, HERE), Ok(()));
}

/// RCV_DENM_02_BV_04: a DENM from inside the ticket's country is accepted.
#[test]
fn rcv_denm_02_bv_04() {
    assert_eq!(denm_from(RegionKind::Identified, HERE), Ok(()));
}

/// RCV_DENM BO: a DENM whose generationLocation lies outside the ticket's region is refused, in all four kinds.
#[test]
fn rcv_denm_bo_outside_region() {
    for kind in RegionKind::ALL {
        assert_eq!(denm_from(kind, ABROAD), Err("outside-region"), "{kind:?}");
    }
}

/// RCV_DENM BO: a signer named by digest is refused.
#[test]
fn rcv_denm_bo_signer_digest() {
    let payload = denm_payload(HERE);
    assert_eq!(judged_request(&by_digest(denm_request(&payload, NOW, HERE))), Err("wrong-signer-choice"));
}

/// RCV_DENM BO: the signer `self` is refused.
#[test]
fn rcv_denm_bo_signer_self() {
    let refused = judged_with(good_denm, |signed| signed.signer = asn::SignerIdentifier::SelfSigned(()));
    assert_eq!(refused, Err("signer-self"));
}

/// RCV_DENM BO: generationTime must be present.
#[test]
fn rcv_denm_bo_without_generation_time() {
    let refused = judged_with(good_denm, |signed| signed.tbs_data.header_info.generation_time = None);
    assert_eq!(refused, Err("header-field-missing"));
}

/// RCV_DENM BO: generationLocation must be present.
#[test]
fn rcv_denm_bo_without_generation_location() {
    let refused = judged_with(good_denm, |signed| signed.tbs_data.header_info.generation_location = None);
    assert_eq!(refused, Err("header-field-missing"));
}

/// RCV_DENM BO: expiryTime, encryptionKey, inlineP2pcdRequest and requestedCertificate must be absent.
#[test]
fn rcv_denm_bo_forbidden_fields() {
    let (pki, ticket) = p256();
    let (payload, answer) = (denm_payload(HERE), key(Curve::NistP256, "answer"));
    let good = denm_request(&payload, NOW, HERE);
    let asked = [HashedId3([1, 2, 3])];
    let requests = [
        {
            let mut request = good;
            request.expiry_time = Some(later(1_000));
            request
        },
        {
            let mut request = good;
            request.encryption_key = Some(answer.public_key());
            request
        },
        {
            let mut request = good;
            request.inline_p2pcd_request = &asked;
            request
        },
        {
            let mut request = good;
            request.requested_certificate = Some(&pki.authorization.certificate);
            request
        },
    ];
    for request in requests {
        let data = pki.identity(&ticket).sign_unchecked(&request).unwrap();
        assert_eq!(judged(&pki, &data), Err("header-field-forbidden"), "{request:?}");
    }
}

/// RCV_DENM BO: p2pcdLearningRequest must be absent.
#[test]
fn rcv_denm_bo_p2pcd_learning_request() {
    let refused = judged_with(good_denm, |signed| {
        signed.tbs_data.header_info.p2pcd_learning_request = Some(id3([0xca, 0xfe, 0xde]));
    });
    assert_eq!(refused, Err("header-field-forbidden"));
}

/// RCV_DENM BO: missingCrlIdentifier must be absent.
#[test]
fn rcv_denm_bo_missing_crl_identifier() {
    let refused = judged_with(good_denm, |signed| {
        signed.tbs_data.header_info.missing_crl_identifier = Some(missing_crl())
    });
    assert_eq!(refused, Err("header-field-forbidden"));
}

/// RCV_DENM BO: the psid of another service, or one the ticket lacks, is refused.
#[test]
fn rcv_denm_bo_psid() {
    let payload = denm_payload(HERE);
    let mut request = denm_request(&payload, NOW, HERE);
    request.psid = Psid(140);
    assert_eq!(judged_request(&request), Err("psid-not-permitted"));
    assert_eq!(judged_request(&cam_request(&payload, NOW)), Err("payload-not-of-psid"));
}

/// RCV_DENM BO: an event that the ticket's SSP does not allow is refused; with the bit it is accepted.
#[test]
fn rcv_denm_bo_ssp() {
    let pki = Pki::new(Curve::NistP256);
    for (bits, expected) in [([1, 0x20, 0, 0], Ok(())), ([1, 0xdf, 0xff, 0xff], Err("content-not-permitted"))]
    {
        let ticket = pki.ticket_with(|tbs| set_ssp(tbs, 37, &bits));
        assert_eq!(judged(&pki, &good_denm(&pki, &ticket)), expected);
    }
}

/// RCV_DENM BO: an invalid signature is refused.
#[test]
fn rcv_denm_bo_signature() {
    let (pki, ticket) = p256();
    let data = changed(&good_denm(&pki, &ticket), |signed| {
        let place = signed.tbs_data.header_info.generation_location.as_mut().unwrap();
        place.elevation = asn::Elevation(asn::Uint16::from(1_u16));
    });
    assert_eq!(judged(&pki, &data), Err("bad-message-signature"));
}

/// RCV_DENM BO: a hashId that does not go with the curve is refused.
#[test]
fn rcv_denm_bo_hash_id() {
    let refused = judged_with(good_denm, |signed| signed.hash_id = asn::HashAlgorithm::Sha384);
    assert_eq!(refused, Err("hash-mismatch"));
}

/// RCV_DENM BO: a DENM that is too old, or from the future, is refused.
#[test]
fn rcv_denm_bo_generation_time() {
    let (pki, ticket) = p256();
    let data = good_denm(&pki, &ticket);
    assert_eq!(judged_at(&pki, &Clock::exact(later(60_000)), &data), Ok(()));
    assert_eq!(judged_at(&pki, &Clock::exact(later(60_001)), &data), Err("too-old"));
    assert_eq!(judged_at(&pki, &Clock::exact(earlier(41)), &data), Err("from-the-future"));
}

// Other messages.

/// RCV_GENMSG BV: another message that carries its ticket is accepted.
#[test]
fn rcv_genmsg_bv_certificate() {
    let (pki, ticket) = p256();
    let packet = packet(&good_other(&pki, &ticket));
    let mut verifier = pki.verifier();
    let Received::Spdu(message) = verifier.verify_packet(&CLOCK, &packet).unwrap() else { panic!("no SPDU") };
    assert_eq!(message.header().psid, OTHER);
}

/// RCV_GENMSG BV: another message that names its ticket by digest is accepted once the ticket was heard.
#[test]
fn rcv_genmsg_bv_digest() {
    let (pki, ticket) = p256();
    let payload = beacon_payload(HERE);
    let digest = packet(&signed(&pki, &ticket, &by_digest(other_request(&payload, NOW))));
    let certificate = packet(&signed(&pki, &ticket, &other_request(&payload, earlier(100))));
    let mut verifier = pki.verifier();
    assert_eq!(verifier.verify_packet(&CLOCK, &digest).unwrap_err().code(), "unknown-signer");
    assert!(verifier.verify_packet(&CLOCK, &certificate).is_ok());
    assert!(verifier.verify_packet(&CLOCK, &digest).is_ok());
}

/// RCV_GENMSG BV: expiryTime ahead, generationLocation and encryptionKey may be present.
#[test]
fn rcv_genmsg_bv_optional_fields() {
    let (pki, ticket) = p256();
    let (payload, answer) = (beacon_payload(HERE), key(Curve::NistP256, "answer"));
    let mut request = other_request(&payload, NOW);
    request.expiry_time = Some(later(1_000));
    request.generation_location = Some(HERE.location());
    request.encryption_key = Some(answer.public_key());
    assert_eq!(judged(&pki, &signed(&pki, &ticket, &request)), Ok(()));
}

/// RCV_GENMSG BV: a message whose payload came another way is accepted with that payload, and with no other.
#[test]
fn rcv_genmsg_bv_external_payload() {
    for curve in Curve::ALL {
        let pki = Pki::new(curve);
        let ticket = pki.ticket();
        let mut request = other_request(b"carried elsewhere", NOW);
        request.payload = SignedPayload::External(b"carried elsewhere");
        let data = signed(&pki, &ticket, &request);
        let judge = |payload: &[u8]| {
            let outcome = pki.verifier().verify_external(&CLOCK, &data, payload).map(drop);
            outcome.map_err(|refusal| refusal.code())
        };
        assert_eq!(judge(b"carried elsewhere"), Ok(()), "{curve}");
        assert_eq!(judge(b"carried elsewhern"), Err("external-payload-mismatch"), "{curve}");
    }
}

fn other_from(kind: RegionKind, source: Place, location: Option<Place>) -> Result<(), &'static str> {
    let (pki, ticket) = regional(kind);
    let payload = beacon_payload(source);
    let mut request = other_request(&payload, NOW);
    request.generation_location = location.map(Place::location);
    judged(&pki, &signed(&pki, &ticket, &request))
}

/// RCV_GENMSG BV: a message from inside the ticket's region is accepted, in all four kinds of region.
#[test]
fn rcv_genmsg_bv_inside_region() {
    for kind in RegionKind::ALL {
        assert_eq!(other_from(kind, HERE, None), Ok(()), "{kind:?}");
        assert_eq!(other_from(kind, HERE, Some(HERE)), Ok(()), "{kind:?}");
    }
}

/// RCV_GENMSG BO: a message from outside the ticket's region is refused, by generationLocation or by its source.
#[test]
fn rcv_genmsg_bo_outside_region() {
    for kind in RegionKind::ALL {
        assert_eq!(other_from(kind, HERE, Some(ABROAD)), Err("outside-region"), "{kind:?}");
        assert_eq!(other_from(kind, ABROAD, None), Err("outside-region"), "{kind:?}");
    }
}

/// RCV_GENMSG BO: a message without any position is refused when its ticket has a region.
#[test]
fn rcv_genmsg_bo_no_position() {
    let (pki, ticket) = regional(RegionKind::Circle);
    let data = signed(&pki, &ticket, &other_request(b"no network headers", NOW));
    let refusal = pki.verifier().verify_data(&CLOCK, &data).unwrap_err();
    assert_eq!(refusal.code(), "no-position");
}

/// RCV_GENMSG BO: generationTime must be present.
#[test]
fn rcv_genmsg_bo_without_generation_time() {
    let refused = judged_with(good_other, |signed| signed.tbs_data.header_info.generation_time = None);
    assert_eq!(refused, Err("header-field-missing"));
}

/// RCV_GENMSG BO: a message that has run out, or runs out before it was made, is refused.
#[test]
fn rcv_genmsg_bo_expired() {
    let (pki, ticket) = p256();
    let payload = beacon_payload(HERE);
    let judge = |expiry: Time64, clock: Time64| {
        let mut request = other_request(&payload, NOW);
        request.expiry_time = Some(expiry);
        judged_at(&pki, &Clock::exact(clock), &pki.identity(&ticket).sign_unchecked(&request).unwrap())
    };
    assert_eq!(judge(later(1_000), later(999)), Ok(()));
    assert_eq!(judge(later(1_000), later(1_000)), Err("expired"));
    assert_eq!(judge(earlier(1), NOW), Err("expiry-before-generation"));
}

/// RCV_GENMSG BO: p2pcdLearningRequest and missingCrlIdentifier must be absent.
#[test]
fn rcv_genmsg_bo_forbidden_fields() {
    let asked = judged_with(good_other, |signed| {
        signed.tbs_data.header_info.p2pcd_learning_request = Some(id3([0xca, 0xfe, 0xde]));
    });
    let list = judged_with(good_other, |signed| {
        signed.tbs_data.header_info.missing_crl_identifier = Some(missing_crl())
    });
    assert_eq!([asked, list], [Err("header-field-forbidden"); 2]);
}

/// RCV_GENMSG BO: a psid that the ticket lacks is refused.
#[test]
fn rcv_genmsg_bo_psid() {
    let payload = beacon_payload(HERE);
    let mut request = other_request(&payload, NOW);
    request.psid = Psid(139);
    assert_eq!(judged_request(&request), Err("psid-not-permitted"));
}

/// RCV_GENMSG BO: the signer `self` is refused.
#[test]
fn rcv_genmsg_bo_signer_self() {
    let refused = judged_with(good_other, |signed| signed.signer = asn::SignerIdentifier::SelfSigned(()));
    assert_eq!(refused, Err("signer-self"));
}

/// RCV_GENMSG BO: payload and hash of a payload together, or neither, are refused.
#[test]
fn rcv_genmsg_bo_payload_choice() {
    let both = judged_with(good_other, |signed| {
        let hash = asn::HashedData::Sha256HashedData(asn::HashedId32(asn::FixedOctetString::new([1; 32])));
        signed.tbs_data.payload.ext_data_hash = Some(hash);
    });
    assert_eq!(both, Err("wrong-payload"));
    let omitted = judged_with(good_other, |signed| {
        signed.tbs_data.payload = asn::SignedDataPayload::default();
        signed.tbs_data.payload.omitted = Some(());
    });
    assert_eq!(omitted, Err("wrong-payload"));
}

/// RCV_GENMSG BO: an invalid signature is refused.
#[test]
fn rcv_genmsg_bo_signature() {
    let (pki, ticket) = p256();
    let mut data = good_other(&pki, &ticket);
    *data.last_mut().unwrap() ^= 1;
    assert_eq!(judged(&pki, &data), Err("bad-message-signature"));
}

/// RCV_GENMSG BO: a message that is too old, or from the future, is refused.
#[test]
fn rcv_genmsg_bo_generation_time() {
    let (pki, ticket) = p256();
    let data = good_other(&pki, &ticket);
    assert_eq!(judged_at(&pki, &Clock::exact(later(60_001)), &data), Err("too-old"));
    assert_eq!(judged_at(&pki, &Clock::exact(earlier(41)), &data), Err("from-the-future"));
}

// Switches.

/// Every kind of message that `ticket` signs is accepted.
fn all_accepted(pki: &Pki, ticket: &Holder) {
    for good in [good_cam, good_denm, good_other] {
        assert_eq!(judged(pki, &good(pki, ticket)), Ok(()), "{}", ticket.certificate);
    }
}

/// RCV switch: messages and chains on NIST P-256 are accepted.
#[test]
fn rcv_switch_nist_p256() {
    let (pki, ticket) = p256();
    assert_eq!(ticket.certificate.hash().algorithm(), HashAlgorithm::Sha256);
    all_accepted(&pki, &ticket);
}

/// RCV switch: messages and chains on brainpoolP256r1 are accepted.
#[test]
fn rcv_switch_brainpool_p256r1() {
    let pki = Pki::new(Curve::BrainpoolP256r1);
    all_accepted(&pki, &pki.ticket());
}

/// RCV switch: messages and chains on NIST P-384 are accepted.
#[test]
fn rcv_switch_nist_p384() {
    let pki = Pki::new(Curve::NistP384);
    assert_eq!(pki.ticket().certificate.hash().algorithm(), HashAlgorithm::Sha384);
    all_accepted(&pki, &pki.ticket());
}

/// RCV switch: messages and chains on brainpoolP384r1 are accepted.
#[test]
fn rcv_switch_brainpool_p384r1() {
    let pki = Pki::new(Curve::BrainpoolP384r1);
    all_accepted(&pki, &pki.ticket());
}

/// RCV switch: chains that change the curve from step to step are accepted, in all pairs of curves.
#[test]
fn rcv_switch_mixed_curves() {
    for root in Curve::ALL {
        for authority in Curve::ALL {
            let pki = Pki::on(root, authority);
            for ticket in Curve::ALL {
                let ticket = pki.authorization.issue_ticket(ticket, |_| {});
                assert_eq!(judged(&pki, &good_cam(&pki, &ticket)), Ok(()), "{root}, {authority}");
            }
        }
    }
}

/// RCV switch: messages signed with implicit tickets are accepted, on P-256 and brainpoolP256r1.
#[test]
fn rcv_switch_implicit() {
    for curve in [Curve::NistP256, Curve::BrainpoolP256r1] {
        let pki = Pki::on(Curve::NistP384, curve);
        let ticket = pki.authorization.issue_implicit_ticket(|_| {});
        assert!(ticket.certificate.is_implicit());
        all_accepted(&pki, &ticket);
    }
}

/// RCV switch: a message signed with an implicit ticket whose contents were changed is refused.
#[test]
fn rcv_switch_implicit_changed() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.authorization.issue_implicit_ticket(|_| {});
    let data = changed(&good_cam(&pki, &ticket), |signed| {
        let asn::SignerIdentifier::Certificate(list) = &mut signed.signer else { panic!("no certificate") };
        let certificate = list.0.first_mut().unwrap();
        certificate.to_be_signed.validity_period.duration = asn::Duration::Hours(169);
    });
    assert_eq!(judged(&pki, &data), Err("bad-message-signature"));
}
