//! What we encode of TS 102 941 is what a decoder that this project did not write reads, and it encodes the same.

mod support;

use serde_json::Value;
use v2x_codec::ErrorKind;
use v2x_codec::ieee1609dot2::{
    BitmapSsp, Certificate, CertificateId, CoerType, ContributedExtensionBlock, ContributedExtensionBlocks,
    Duration, EccP256CurvePoint, EcdsaP256Signature, EtsiHeaderInfoExtension, HashAlgorithm, HashedData,
    HashedId8, HashedId32, HeaderInfo, Ieee1609Dot2Content, Ieee1609Dot2Data, IssuerIdentifier, Psid,
    PsidSsp, PublicVerificationKey, SequenceOfPsidSsp, ServiceSpecificPermissions, Signature, SignedData,
    SignedDataPayload, SignerIdentifier, Time64, ToBeSignedCertificate, ToBeSignedData, ValidityPeriod,
    VerificationKeyIndicator, decode, encode,
};
use v2x_codec::ts102941::{
    AaEntry, AuthorizationResponseCode, AuthorizationValidationRequest, AuthorizationValidationResponse,
    AuthorizationValidationResponseCode, CaCertificateRequest, CertificateSubjectAttributes, CtlCommand,
    CtlDelete, CtlEntry, CtlFormat, DcEntry, EaEntry, EcSignature, EnrolmentResponseCode, EtsiTs102941Data,
    EtsiTs102941DataContent, InnerAtRequest, InnerAtResponse, InnerEcRequest, InnerEcResponse, PublicKeys,
    RootCaEntry, SharedAtRequest, TlmEntry, ToBeSignedCrl, ToBeSignedLinkCertificate, Url,
};

fn point() -> EccP256CurvePoint {
    EccP256CurvePoint::CompressedY1([0x17; 32].into())
}

fn keys() -> PublicKeys {
    PublicKeys { verification_key: PublicVerificationKey::EcdsaNistP256(point()), encryption_key: None }
}

fn permissions(psid: u64, ssp: &[u8]) -> SequenceOfPsidSsp {
    let ssp = ServiceSpecificPermissions::BitmapSsp(BitmapSsp(ssp.to_vec().into()));
    SequenceOfPsidSsp(vec![PsidSsp { psid: Psid(psid.into()), ssp: Some(ssp) }])
}

fn attributes() -> CertificateSubjectAttributes {
    let mut attributes = CertificateSubjectAttributes::signing(permissions(36, &[1, 0xff, 0xfc]));
    attributes.validity_period = Some(validity());
    attributes
}

fn validity() -> ValidityPeriod {
    ValidityPeriod { start: 700_000_000.into(), duration: Duration::Hours(168) }
}

fn signature() -> Signature {
    let r_sig = EccP256CurvePoint::XOnly([0x31; 32].into());
    Signature::EcdsaNistP256(EcdsaP256Signature { r_sig, s_sig: [0x32; 32].into() })
}

fn certificate() -> Certificate {
    let key = VerificationKeyIndicator::VerificationKey(PublicVerificationKey::EcdsaNistP256(point()));
    let mut contents = ToBeSignedCertificate::new(CertificateId::None(()), validity(), key);
    contents.app_permissions = Some(permissions(624, &[1, 0x38]));
    Certificate::explicit(IssuerIdentifier::Sha256AndDigest(HashedId8([7; 8].into())), contents, signature())
}

fn signed(psid: u64, payload: SignedDataPayload) -> Ieee1609Dot2Data {
    let mut header_info = HeaderInfo::new(psid);
    header_info.generation_time = Some(Time64(700_000_000_000_000));
    let tbs_data = ToBeSignedData { payload, header_info };
    let signer = SignerIdentifier::SelfSigned(());
    Ieee1609Dot2Data::signed(SignedData {
        hash_id: HashAlgorithm::Sha256,
        tbs_data,
        signer,
        signature: signature(),
    })
}

fn external() -> Ieee1609Dot2Data {
    signed(623, SignedDataPayload::external(HashedData::Sha256HashedData(HashedId32([0x44; 32].into()))))
}

fn shared_at_request() -> SharedAtRequest {
    SharedAtRequest::new([9; 8], [8; 16], attributes())
}

fn url() -> Url {
    Url::new("http://dc.example.org/getctl").expect("the address is ASCII")
}

/// What the oracle makes of the octets; none when the oracle is not there.
fn oracle(kind: &str, octets: &[u8]) -> Option<Value> {
    let answer: Value =
        serde_json::from_slice(&support::oracle_decode(kind, octets)?).expect("the oracle answers JSON");
    assert_eq!(
        answer.get("reencode_identical"),
        Some(&Value::Bool(true)),
        "{kind} {}: {answer}",
        hex::encode(octets)
    );
    answer.get("value").cloned()
}

/// Encodes, decodes, and has the oracle decode and encode.
fn agrees<T: CoerType + PartialEq>(kind: &str, value: &T) -> Option<Value> {
    let octets = encode(value).expect("the value encodes");
    assert_eq!(&decode::<T>(&octets).expect("what was encoded decodes"), value);
    oracle(kind, &octets)
}

fn message(content: EtsiTs102941DataContent) -> Option<Value> {
    agrees("data102941", &EtsiTs102941Data::new(content)).and_then(|value| value.get("content").cloned())
}

#[test]
fn an_enrolment_request_is_read_as_one() {
    let request = InnerEcRequest::new(b"canonical-id-0001".to_vec(), keys(), attributes());
    let inner = encode(&request).expect("the request encodes");
    let Some(value) = agrees("innerec", &request) else { return };
    assert_eq!(value["certificateFormat"], 1);
    assert_eq!(value["itsId"], hex::encode("canonical-id-0001"));
    let data = signed(623, SignedDataPayload::data(Ieee1609Dot2Data::unsecured(inner)));
    let value = message(EtsiTs102941DataContent::EnrolmentRequest(data)).expect("the oracle is there");
    assert!(value["enrolmentRequest"].is_object(), "{value}");
}

#[test]
fn an_enrolment_response_is_read_with_its_code() {
    let granted =
        EtsiTs102941DataContent::EnrolmentResponse(InnerEcResponse::granted([3; 16], certificate()));
    let refused = InnerEcResponse::refused([3; 16], EnrolmentResponseCode::DeniedRequest);
    let Some(value) = message(granted) else { return };
    assert_eq!(value["enrolmentResponse"]["responseCode"], "ok");
    let value = message(EtsiTs102941DataContent::EnrolmentResponse(refused)).expect("the oracle is there");
    assert_eq!(value["enrolmentResponse"]["responseCode"], "deniedrequest");
}

#[test]
fn an_authorization_request_is_read_with_and_without_privacy() {
    for (signature, name) in [
        (EcSignature::EcSignature(external()), "ecSignature"),
        (EcSignature::EncryptedEcSignature(external()), "encryptedEcSignature"),
    ] {
        let request = InnerAtRequest::new(keys(), [5; 32], shared_at_request(), signature.clone());
        let Some(value) = message(EtsiTs102941DataContent::AuthorizationRequest(request)) else { return };
        assert!(value["authorizationRequest"]["ecSignature"][name].is_object(), "{value}");
        let request = AuthorizationValidationRequest::new(shared_at_request(), signature);
        let value = message(EtsiTs102941DataContent::AuthorizationValidationRequest(request));
        let value = value.expect("the oracle is there");
        assert!(value["authorizationValidationRequest"]["ecSignature"][name].is_object(), "{value}");
    }
    agrees("sharedat", &shared_at_request());
}

#[test]
fn authorization_and_validation_responses_are_read_with_their_codes() {
    let granted = InnerAtResponse::granted([3; 16], certificate());
    let Some(value) = message(EtsiTs102941DataContent::AuthorizationResponse(granted)) else { return };
    assert_eq!(value["authorizationResponse"]["responseCode"], "ok");
    let refused = InnerAtResponse::refused([3; 16], AuthorizationResponseCode::DeniedTooManyCerts);
    let value =
        message(EtsiTs102941DataContent::AuthorizationResponse(refused)).expect("the oracle is there");
    assert_eq!(value["authorizationResponse"]["responseCode"], "deniedtoomanycerts");
    let confirmed = AuthorizationValidationResponse::confirmed([3; 16], attributes());
    message(EtsiTs102941DataContent::AuthorizationValidationResponse(confirmed));
    let code = AuthorizationValidationResponseCode::DeniedRequest;
    let refused = AuthorizationValidationResponse::refused([3; 16], code);
    let value = message(EtsiTs102941DataContent::AuthorizationValidationResponse(refused));
    let value = value.expect("the oracle is there");
    assert_eq!(value["authorizationValidationResponse"]["responseCode"], "deniedrequest");
}

#[test]
fn trust_and_revocation_lists_are_read_entry_by_entry() {
    let root = CtlEntry::Rca(Box::new(RootCaEntry {
        self_signed_root_ca: certificate(),
        successor_to: Some(certificate()),
    }));
    let dc = CtlEntry::Dc(DcEntry { url: url(), cert: vec![HashedId8([1; 8].into())] });
    let tlm =
        TlmEntry { self_signed_tlm_certificate: certificate(), successor_to: None, access_point: url() };
    let list = CtlFormat::full(700_000_000, 200, vec![root, dc, CtlEntry::Tlm(Box::new(tlm))]);
    let Some(value) = message(EtsiTs102941DataContent::CertificateTrustListTlm(list)) else { return };
    let list = &value["certificateTrustListTlm"];
    assert_eq!((&list["ctlSequence"], &list["isFullCtl"]), (&Value::from(200), &Value::Bool(true)));
    assert_eq!(list["ctlCommands"].as_array().map(Vec::len), Some(3));

    let ea = EaEntry { ea_certificate: certificate(), aa_access_point: url(), its_access_point: Some(url()) };
    let aa = AaEntry { aa_certificate: certificate(), access_point: url() };
    let commands = vec![
        CtlCommand::Add(CtlEntry::Ea(ea.into())),
        CtlCommand::Add(CtlEntry::Aa(aa.into())),
        CtlCommand::Delete(CtlDelete::Cert(HashedId8([2; 8].into()))),
        CtlCommand::Delete(CtlDelete::Dc(url())),
    ];
    message(EtsiTs102941DataContent::CertificateTrustListRca(CtlFormat::delta(700_000_000, 0, commands)));

    let list = ToBeSignedCrl::new(700_000_000, 700_600_000, vec![HashedId8([2; 8].into())]);
    let value =
        message(EtsiTs102941DataContent::CertificateRevocationList(list)).expect("the oracle is there");
    assert_eq!(value["certificateRevocationList"]["entries"], serde_json::json!(["0202020202020202"]));
}

#[test]
fn requests_and_links_of_authorities_are_read() {
    let request = CaCertificateRequest::new(keys(), attributes());
    if message(EtsiTs102941DataContent::CaCertificateRequest(request)).is_none() {
        return;
    }
    let hash = HashedData::Sha256HashedData(HashedId32([0x55; 32].into()));
    let link = ToBeSignedLinkCertificate::new(700_000_000, hash);
    let value =
        message(EtsiTs102941DataContent::LinkCertificateTlm(link.clone())).expect("the oracle is there");
    assert_eq!(value["linkCertificateTlm"]["expiryTime"], 700_000_000);
    message(EtsiTs102941DataContent::SingleSignedLinkCertificateRca(link));
    message(EtsiTs102941DataContent::DoubleSignedLinkCertificateRca(external()));
}

#[test]
fn a_request_for_a_delta_list_in_a_header_is_read() {
    let content = hex::decode("80020202020202020207").expect("hexadecimal");
    let extension = encode(&EtsiHeaderInfoExtension { id: 2, content: content.into() }).expect("it encodes");
    let block = ContributedExtensionBlock {
        contributor_id: ContributedExtensionBlock::ETSI,
        extns: vec![extension.into()],
    };
    let mut data = signed(36, SignedDataPayload::data(Ieee1609Dot2Data::unsecured(vec![1, 2, 3])));
    if let Ieee1609Dot2Content::SignedData(signed) = &mut data.content {
        signed.tbs_data.header_info.contributed_extensions = Some(ContributedExtensionBlocks(vec![block]));
    }
    let Some(value) = agrees("data1609", &data) else { return };
    let blocks = &value["content"]["signedData"]["tbsData"]["headerInfo"]["contributedExtensions"];
    assert_eq!(blocks[0]["contributorId"], 2, "{blocks}");
}

#[test]
fn an_answer_that_grants_nothing_and_refuses_nothing_is_no_answer() {
    let response = InnerEcResponse::refused([3; 16], EnrolmentResponseCode::Ok);
    let data = EtsiTs102941Data::new(EtsiTs102941DataContent::EnrolmentResponse(response));
    assert_eq!(
        encode(&data).map_err(|error| (error.kind, error.field)),
        Err((ErrorKind::Profile, "responseCode"))
    );
}

#[test]
fn butterfly_messages_are_refused_by_name() {
    for tag in 0x8d..=0x92 {
        let error = decode::<EtsiTs102941Data>(&[1, tag, 1, 0]).expect_err("it is not supported");
        assert_eq!(error.kind, ErrorKind::Unsupported);
        assert!(error.field.to_lowercase().contains("butterfly"), "{error}");
    }
    assert_eq!(
        decode::<EtsiTs102941Data>(&[1, 0x93, 1, 0]).map_err(|error| error.kind),
        Err(ErrorKind::UnknownChoice(19))
    );
}
