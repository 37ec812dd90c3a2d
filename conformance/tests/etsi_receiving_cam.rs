//! Receiving messages: the test purposes of TS 103 096-2 for the groups MSG and CAM.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use conformance::message::{
    ABROAD, ELSEWHERE, HERE, Place, cam_payload, cam_request, changed, denm_request, emergency_vehicle,
    packet, resigned, special_cam_payload,
};
use conformance::pki::{CLOCK, Holder, NOW, Pki, key};
use conformance::receiving::{
    by_digest, earlier, good_cam, id3, judged, judged_at, judged_request, judged_with, later, missing_crl,
    p256, regional, set_ssp, signed,
};
use conformance::region::RegionKind;
use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::Time64;
use v2x_crypto::Curve;
use v2x_security::clock::Clock;
use v2x_security::id::HashedId3;
use v2x_security::permission::Psid;
use v2x_security::sign::SignedPayload;
use v2x_security::verified::Received;

// Protocol version.

/// RCV_MSG_01_BV: protocolVersion 3 is accepted.
#[test]
fn rcv_msg_01_bv() {
    let (pki, ticket) = p256();
    let data = good_cam(&pki, &ticket);
    assert_eq!(data.first(), Some(&3));
    assert_eq!(judged(&pki, &data), Ok(()));
}

fn judged_version(version: u8) -> Result<(), &'static str> {
    let (pki, ticket) = p256();
    let mut data = good_cam(&pki, &ticket);
    *data.first_mut().unwrap() = version;
    judged(&pki, &data)
}

/// RCV_MSG_01_BO: protocolVersion 2 is refused.
#[test]
fn rcv_msg_01_bo() {
    assert_eq!(judged_version(2), Err("malformed-packet"));
}

/// RCV_MSG_02_BO: protocolVersion 4 is refused.
#[test]
fn rcv_msg_02_bo() {
    assert_eq!(judged_version(4), Err("malformed-packet"));
}

// CAM.

/// RCV_CAM_01_BV: a CAM that carries its ticket is accepted.
#[test]
fn rcv_cam_01_bv() {
    let (pki, ticket) = p256();
    let packet = packet(&good_cam(&pki, &ticket));
    let mut verifier = pki.verifier();
    let Received::Cam(cam) = verifier.verify_packet(&CLOCK, &packet).unwrap() else { panic!("no CAM") };
    assert_eq!(cam.signer().certificate(), &ticket.certificate);
    assert_eq!(cam.header().generation_time, Some(NOW));
    assert_eq!(cam.content().message.reference_position.latitude.value(), HERE.latitude);
}

/// RCV_CAM_02_BV: a CAM that names its ticket by digest is accepted once the ticket was heard.
#[test]
fn rcv_cam_02_bv() {
    let (pki, ticket) = p256();
    let payload = cam_payload(HERE);
    let digest = signed(&pki, &ticket, &by_digest(cam_request(&payload, NOW)));
    let mut verifier = pki.verifier();
    let packets = (packet(&signed(&pki, &ticket, &cam_request(&payload, earlier(100)))), packet(&digest));
    assert!(verifier.verify_packet(&CLOCK, &packets.0).unwrap().is_new_signer());
    assert!(!verifier.verify_packet(&CLOCK, &packets.1).unwrap().is_new_signer());
}

/// RCV_CAM BO: a CAM that names its ticket by digest is refused while the ticket is unknown.
#[test]
fn rcv_cam_bo_unknown_digest() {
    let (pki, ticket) = p256();
    let data = signed(&pki, &ticket, &by_digest(cam_request(&cam_payload(HERE), NOW)));
    assert_eq!(judged(&pki, &data), Err("unknown-signer"));
}

/// RCV_CAM_03_BV: a CAM whose rSig is x-only is accepted; so are both compressed forms.
#[test]
fn rcv_cam_03_bv() {
    let (pki, ticket) = p256();
    let x_only = good_cam(&pki, &ticket);
    let form = x_only.len() - 65;
    assert_eq!(x_only.get(form), Some(&0x80));
    for tag in [0x80, 0x82, 0x83] {
        let mut data = x_only.clone();
        *data.get_mut(form).unwrap() = tag;
        assert_eq!(judged(&pki, &data), Ok(()), "{tag:#x}");
    }
}

fn cam_from(kind: RegionKind, place: Place) -> Result<(), &'static str> {
    let (pki, ticket) = regional(kind);
    judged(&pki, &signed(&pki, &ticket, &cam_request(&cam_payload(place), NOW)))
}

/// RCV_CAM_04_BV_01: a CAM from inside the ticket's circle is accepted.
#[test]
fn rcv_cam_04_bv_01() {
    assert_eq!(cam_from(RegionKind::Circle, HERE), Ok(()));
}

/// RCV_CAM_04_BV_02: a CAM from inside the ticket's rectangle is accepted.
#[test]
fn rcv_cam_04_bv_02() {
    assert_eq!(cam_from(RegionKind::Rectangle, HERE), Ok(()));
}

/// RCV_CAM_04_BV_03: a CAM from inside the ticket's polygon is accepted.
#[test]
fn rcv_cam_04_bv_03() {
    assert_eq!(cam_from(RegionKind::Polygon, HERE), Ok(()));
}

/// RCV_CAM_04_BV_04: a CAM from inside the ticket's country is accepted.
#[test]
fn rcv_cam_04_bv_04() {
    assert_eq!(cam_from(RegionKind::Identified, HERE), Ok(()));
    assert_eq!(cam_from(RegionKind::Identified, ELSEWHERE), Ok(()));
}

/// RCV_CAM BO: a CAM from outside the ticket's region is refused, in all four kinds of region.
#[test]
fn rcv_cam_bo_outside_region() {
    for kind in RegionKind::ALL {
        assert_eq!(cam_from(kind, ABROAD), Err("outside-region"), "{kind:?}");
    }
    for kind in [RegionKind::Circle, RegionKind::Rectangle, RegionKind::Polygon] {
        assert_eq!(cam_from(kind, ELSEWHERE), Err("outside-region"), "{kind:?}");
    }
}

/// RCV_CAM BO: a CAM whose position is unknown is refused when its ticket has a region.
#[test]
fn rcv_cam_bo_no_position() {
    let unknown = Place { latitude: 900_000_001, longitude: 1_800_000_001 };
    for kind in RegionKind::ALL {
        assert_eq!(cam_from(kind, unknown), Err("no-position"), "{kind:?}");
    }
}

/// RCV_CAM BV: a CAM with inlineP2pcdRequest and requestedCertificate is accepted, and both are handed on.
#[test]
fn rcv_cam_bv_peer_certificates() {
    let (pki, ticket) = p256();
    let payload = cam_payload(HERE);
    let asked = [HashedId3([1, 2, 3])];
    let mut request = cam_request(&payload, NOW);
    (request.inline_p2pcd_request, request.requested_certificate) =
        (&asked, Some(&pki.authorization.certificate));
    let packet = packet(&signed(&pki, &ticket, &request));
    let received = pki.verifier().verify_packet(&CLOCK, &packet).map(|cam| cam.header().clone()).unwrap();
    assert_eq!(received.inline_p2pcd_request, asked);
    assert_eq!(received.requested_certificate.as_deref(), Some(pki.authorization.certificate.octets()));
}

/// RCV_CAM BO: the psid of another service is refused.
#[test]
fn rcv_cam_bo_psid() {
    let payload = cam_payload(HERE);
    let mut request = cam_request(&payload, NOW);
    request.psid = Psid(140);
    assert_eq!(judged_request(&request), Err("psid-not-permitted"));
    request = denm_request(&payload, NOW, HERE);
    assert_eq!(judged_request(&request), Err("payload-not-of-psid"));
}

/// RCV_CAM BO: a CAM whose ticket has no permission for CAM is refused.
#[test]
fn rcv_cam_bo_ticket_without_cam() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket_with(|tbs| {
        tbs.app_permissions.as_mut().unwrap().0.retain(|entry| entry.psid != asn::Psid(36.into()))
    });
    let data = pki.identity(&ticket).sign_unchecked(&cam_request(&cam_payload(HERE), NOW)).unwrap();
    assert_eq!(judged(&pki, &data), Err("psid-not-permitted"));
}

/// RCV_CAM BO: generationTime must be present.
#[test]
fn rcv_cam_bo_without_generation_time() {
    let refused = judged_with(good_cam, |signed| signed.tbs_data.header_info.generation_time = None);
    assert_eq!(refused, Err("header-field-missing"));
}

/// RCV_CAM_04_BO: p2pcdLearningRequest must be absent.
#[test]
fn rcv_cam_04_bo() {
    let refused = judged_with(good_cam, |signed| {
        signed.tbs_data.header_info.p2pcd_learning_request = Some(id3([0xca, 0xfe, 0xde]));
    });
    assert_eq!(refused, Err("header-field-forbidden"));
}

/// RCV_CAM BO: missingCrlIdentifier must be absent.
#[test]
fn rcv_cam_bo_missing_crl_identifier() {
    let refused = judged_with(good_cam, |signed| {
        signed.tbs_data.header_info.missing_crl_identifier = Some(missing_crl())
    });
    assert_eq!(refused, Err("header-field-forbidden"));
}

/// RCV_CAM BO: expiryTime must be absent.
#[test]
fn rcv_cam_bo_expiry_time() {
    let payload = cam_payload(HERE);
    let mut request = cam_request(&payload, NOW);
    request.expiry_time = Some(later(1_000));
    assert_eq!(judged_request(&request), Err("header-field-forbidden"));
}

/// RCV_CAM BO: generationLocation must be absent.
#[test]
fn rcv_cam_bo_generation_location() {
    let payload = cam_payload(HERE);
    let mut request = cam_request(&payload, NOW);
    request.generation_location = Some(HERE.location());
    assert_eq!(judged_request(&request), Err("header-field-forbidden"));
}

/// RCV_CAM BO: encryptionKey must be absent.
#[test]
fn rcv_cam_bo_encryption_key() {
    let (payload, answer) = (cam_payload(HERE), key(Curve::NistP256, "answer"));
    let mut request = cam_request(&payload, NOW);
    request.encryption_key = Some(answer.public_key());
    assert_eq!(judged_request(&request), Err("header-field-forbidden"));
}

/// RCV_CAM BO: pduFunctionalType and the extensions of others than ETSI must be absent.
#[test]
fn rcv_cam_bo_extensions() {
    let refused = judged_with(good_cam, |signed| {
        signed.tbs_data.header_info.pdu_functional_type = Some(asn::PduFunctionalType(1));
    });
    assert_eq!(refused, Err("header-field-forbidden"));
    let refused = judged_with(good_cam, |signed| {
        let block = asn::ContributedExtensionBlock { contributor_id: 1, extns: vec![vec![0].into()] };
        signed.tbs_data.header_info.contributed_extensions =
            Some(asn::ContributedExtensionBlocks(vec![block]));
    });
    assert_eq!(refused, Err("header-field-forbidden"));
}

/// RCV_CAM BO: a hashId that does not go with the curve is refused.
#[test]
fn rcv_cam_bo_hash_id() {
    for (curve, wrong) in [
        (Curve::NistP256, asn::HashAlgorithm::Sha384),
        (Curve::BrainpoolP256r1, asn::HashAlgorithm::Sha384),
        (Curve::NistP384, asn::HashAlgorithm::Sha256),
        (Curve::BrainpoolP384r1, asn::HashAlgorithm::Sha256),
    ] {
        let pki = Pki::new(curve);
        let ticket = pki.ticket();
        let data = changed(&good_cam(&pki, &ticket), |signed| signed.hash_id = wrong);
        assert_eq!(judged(&pki, &data), Err("hash-mismatch"), "{curve}");
    }
}

/// RCV_CAM BO: SM3 as hashId, which this stack does not support, is refused by name.
#[test]
fn rcv_cam_bo_sm3() {
    let (pki, ticket) = p256();
    let mut data = good_cam(&pki, &ticket);
    *data.get_mut(2).unwrap() = 2;
    assert_eq!(judged(&pki, &data), Err("malformed-packet"));
}

/// RCV_CAM BO: a signature of another curve than the ticket's key is refused.
#[test]
fn rcv_cam_bo_signature_curve() {
    let (pki, ticket) = p256();
    let data = changed(&good_cam(&pki, &ticket), |signed| {
        let small = asn::FixedOctetString::new([1; 32]);
        let r_sig = asn::EccP256CurvePoint::XOnly(small);
        signed.signature =
            asn::Signature::EcdsaBrainpoolP256r1(asn::EcdsaP256Signature { r_sig, s_sig: small });
    });
    assert_eq!(judged(&pki, &data), Err("curve-mismatch"));
}

/// RCV_CAM BO: a signature with r or s of zero is refused.
#[test]
fn rcv_cam_bo_zero_signature() {
    let (pki, ticket) = p256();
    let good = good_cam(&pki, &ticket);
    let zeroed = [good.len() - 64..good.len() - 32, good.len() - 32..good.len()].map(|part| {
        let mut data = good.clone();
        data.get_mut(part).unwrap().fill(0);
        judged(&pki, &data)
    });
    assert_eq!(zeroed, [Err("bad-key-material"); 2]);
}

/// RCV_CAM BO: the signer `self` is refused.
#[test]
fn rcv_cam_bo_signer_self() {
    let refused = judged_with(good_cam, |signed| signed.signer = asn::SignerIdentifier::SelfSigned(()));
    assert_eq!(refused, Err("signer-self"));
}

fn certificate(holder: &Holder) -> asn::Certificate {
    holder.certificate.decoded().clone()
}

/// RCV_CAM BO: a signer of two certificates, or none, is refused.
#[test]
fn rcv_cam_bo_certificate_count() {
    let (pki, ticket) = p256();
    let good = good_cam(&pki, &ticket);
    let two = vec![certificate(&ticket), certificate(&pki.authorization)];
    for (chain, expected) in [(two, "wrong-signer-choice"), (Vec::new(), "wrong-signer-choice")] {
        let signer = asn::SignerIdentifier::Certificate(asn::SequenceOfCertificate(chain));
        let data = resigned(&ticket, &good, |signed| signed.signer = signer);
        assert_eq!(judged(&pki, &data), Err(expected));
    }
}

/// RCV_CAM BO: an invalid signature is refused: another key, another payload, another header.
#[test]
fn rcv_cam_bo_signature() {
    let (pki, ticket) = p256();
    let good = good_cam(&pki, &ticket);
    let stranger = Holder { certificate: ticket.certificate.clone(), key: key(Curve::NistP256, "stranger") };
    assert_eq!(judged(&pki, &resigned(&stranger, &good, |_| {})), Err("bad-message-signature"));
    let payload = changed(&good, |signed| {
        signed.tbs_data.payload =
            asn::SignedDataPayload::data(asn::Ieee1609Dot2Data::unsecured(cam_payload(ELSEWHERE)));
    });
    assert_eq!(judged(&pki, &payload), Err("bad-message-signature"));
    let header = changed(&good, |signed| {
        signed.tbs_data.header_info.generation_time = Some(asn::Time64(earlier(1).micros()));
    });
    assert_eq!(judged(&pki, &header), Err("bad-message-signature"));
}

/// RCV_CAM BO: a CAM signed by a ticket's key in another ticket's name is refused.
#[test]
fn rcv_cam_bo_other_certificate() {
    let (pki, ticket) = p256();
    let other = pki.ticket_with(|tbs| {
        tbs.assurance_level = Some(asn::SubjectAssurance(asn::FixedOctetString::new([0])))
    });
    let signer = asn::SignerIdentifier::Certificate(asn::SequenceOfCertificate(vec![certificate(&other)]));
    let data = changed(&good_cam(&pki, &ticket), |signed| signed.signer = signer);
    assert_eq!(judged(&pki, &data), Err("bad-message-signature"));
}

/// RCV_CAM BO: a CAM whose payload is elsewhere, or is signed data again, is refused.
#[test]
fn rcv_cam_bo_payload_choice() {
    let payload = cam_payload(HERE);
    let mut request = cam_request(&payload, NOW);
    request.payload = SignedPayload::External(&payload);
    assert_eq!(judged_request(&request), Err("wrong-payload"));
    let (pki, ticket) = p256();
    let inner = good_cam(&pki, &ticket);
    request.payload = SignedPayload::Nested(&inner);
    assert_eq!(judged_request(&request), Err("wrong-payload"));
}

/// RCV_CAM BO: a packet that is not secured, and data that is not signed, are refused.
#[test]
fn rcv_cam_bo_not_signed() {
    let pki = Pki::new(Curve::NistP256);
    let mut unsecured = vec![0x11, 0, 5, 1];
    unsecured.extend(cam_payload(HERE));
    let refusal = pki.verifier().verify_packet(&CLOCK, &unsecured).unwrap_err();
    assert_eq!(refusal.code(), "not-secured");
    let data = asn::encode(&asn::Ieee1609Dot2Data::unsecured(cam_payload(HERE))).unwrap();
    assert_eq!(judged(&pki, &data), Err("not-signed"));
}

/// RCV_CAM BO: a payload that is no CAM is refused.
#[test]
fn rcv_cam_bo_payload_garbage() {
    for payload in [vec![], vec![0xff; 40], cam_payload(HERE).into_iter().take(50).collect()] {
        assert_eq!(judged_request(&cam_request(&payload, NOW)), Err("malformed-payload"));
    }
}

/// RCV_CAM BO: a CAM generated before the window is refused, one inside it accepted.
#[test]
fn rcv_cam_bo_too_old() {
    let (pki, ticket) = p256();
    let data = good_cam(&pki, &ticket);
    assert_eq!(judged_at(&pki, &Clock::exact(later(2_000)), &data), Ok(()));
    assert_eq!(judged_at(&pki, &Clock::exact(later(2_001)), &data), Err("too-old"));
}

/// RCV_CAM BO: a CAM from the future is refused, one that a clock may be ahead by accepted.
#[test]
fn rcv_cam_bo_from_the_future() {
    let (pki, ticket) = p256();
    let data = good_cam(&pki, &ticket);
    assert_eq!(judged_at(&pki, &Clock::exact(earlier(40)), &data), Ok(()));
    assert_eq!(judged_at(&pki, &Clock::exact(earlier(41)), &data), Err("from-the-future"));
}

/// RCV_CAM BO: nothing is accepted by a clock that may be wrong.
#[test]
fn rcv_cam_bo_uncertain_clock() {
    let (pki, ticket) = p256();
    let clock = Clock::new(NOW, std::time::Duration::from_millis(201));
    assert_eq!(judged_at(&pki, &clock, &good_cam(&pki, &ticket)), Err("clock-uncertain"));
}

/// RCV_CAM BO: a CAM generated before its ticket begins, or when it has run out, is refused.
#[test]
fn rcv_cam_bo_outside_validity() {
    let (pki, ticket) = p256();
    let identity = pki.identity(&ticket);
    let validity = *ticket.certificate.validity();
    let payload = cam_payload(HERE);
    let judge = |generated: Time64, clock: Time64| {
        let data = identity.sign_unchecked(&cam_request(&payload, generated)).unwrap();
        judged_at(&pki, &Clock::exact(clock), &data)
    };
    let (begin, end) = (validity.begin(), validity.end());
    assert_eq!(judge(begin, begin), Ok(()));
    assert_eq!(judge(begin.saturating_sub_micros(1), begin), Err("generated-outside-validity"));
    assert_eq!(judge(begin, begin.saturating_sub_micros(1)), Err("certificate-not-yet-valid"));
    assert_eq!(judge(end.saturating_sub_micros(1), end.saturating_sub_micros(1)), Ok(()));
    assert_eq!(judge(end, end.saturating_sub_micros(1)), Err("generated-outside-validity"));
    assert_eq!(judge(end.saturating_sub_micros(1), end), Err("certificate-expired"));
}

/// RCV_CAM BO: content that the ticket's SSP does not allow is refused; with the bit it is accepted.
#[test]
fn rcv_cam_bo_ssp() {
    let pki = Pki::new(Curve::NistP256);
    let payload = special_cam_payload(HERE, Some(emergency_vehicle()));
    for (bits, expected) in [([1, 0x02, 0], Ok(())), ([1, 0xfd, 0xfc], Err("content-not-permitted"))] {
        let ticket = pki.ticket_with(|tbs| set_ssp(tbs, 36, &bits));
        assert_eq!(judged(&pki, &signed(&pki, &ticket, &cam_request(&payload, NOW))), expected);
    }
}

/// RCV_CAM BO: the same CAM again is refused.
#[test]
fn rcv_cam_bo_replay() {
    let (pki, ticket) = p256();
    let packet = packet(&good_cam(&pki, &ticket));
    let mut verifier = pki.verifier();
    assert!(verifier.verify_packet(&CLOCK, &packet).is_ok());
    assert_eq!(verifier.verify_packet(&CLOCK, &packet).unwrap_err().code(), "replayed");
}
