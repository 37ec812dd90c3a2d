//! The layers of a message: what is encrypted to whom, what is signed by whom, what is said.
//!
//! Hashes and headers are looked at field by field here, not by the code that made or judges them.

use enrollment_protocol::sealed::{Opened, open, open_answer};
use v2x_ca::lab::Member;
use v2x_codec::ieee1609dot2::decode;
use v2x_codec::time::Time64;
use v2x_codec::ts102941::{
    EtsiTs102941Data, EtsiTs102941DataContent as Message, InnerAtRequest, InnerEcRequest,
};
use v2x_codec::view::{Content, Data, Recipient, Signed, Signer};
use v2x_crypto::{AesKey, Provider as _, PublicKey, RustCrypto, SignatureInput, sha256};
use v2x_security::certificate::Certificate;
use v2x_security::id::HashedId8;
use v2x_security::point;

/// The ITS-AID of secured certificate requests.
pub(crate) const CERTIFICATE_REQUEST: u64 = 623;

/// A message whose outermost layer is signed.
pub(crate) fn signed(octets: &[u8]) -> Signed<'_> {
    let Content::Signed(signed) = Data::parse(octets).unwrap().content else { panic!("not signed") };
    signed
}

/// What is signed, where it travels with the signature and is not secured itself.
pub(crate) fn payload(octets: &[u8]) -> Vec<u8> {
    let payload = signed(octets).payload;
    assert!(payload.ext_data_hash.is_none() && !payload.is_omitted);
    payload.data.unwrap().unsecured().unwrap().to_vec()
}

/// Whom a message is encrypted to: exactly one.
pub(crate) fn recipient(octets: &[u8]) -> Recipient<'_> {
    let Content::Encrypted(encrypted) = Data::parse(octets).unwrap().content else { panic!("not encrypted") };
    assert_eq!(encrypted.recipients.len(), 1);
    encrypted.recipients.iter().next().unwrap()
}

/// The recipient is the holder of this certificate, by its digest.
pub(crate) fn assert_encrypted_to(octets: &[u8], certificate: &Certificate) {
    let Recipient::Certificate(recipient) = recipient(octets) else { panic!("no certRecipInfo") };
    assert_eq!(recipient.recipient_id, certificate.hashed_id8());
}

/// The recipient is whoever has this key: its hash is that of `SymmetricEncryptionKey`, of which AES is the first choice.
pub(crate) fn assert_encrypted_under(octets: &[u8], key: &AesKey) {
    let encoded = [&[0x80], &key.expose()[..]].concat();
    let hash = sha256(&encoded);
    assert_eq!(recipient(octets), Recipient::PreSharedKey(HashedId8::of_hash(&hash)));
}

/// Opens a request with the decryption key of an authority.
pub(crate) fn opened(request: &[u8], by: &Member) -> Opened {
    let agreement = RustCrypto.key_agreement(by.encryption.as_ref().unwrap()).unwrap();
    open(request, &by.certificate, &*agreement).unwrap()
}

/// Opens an answer: it is encrypted, and under the key of its request.
pub(crate) fn answer_opened(answer: &[u8], key: &AesKey) -> Vec<u8> {
    assert_encrypted_under(answer, key);
    open_answer(answer, key).unwrap().to_vec()
}

/// An `EtsiTs102941Data`.
pub(crate) fn data(octets: &[u8]) -> EtsiTs102941Data {
    decode(octets).unwrap()
}

/// The message in a signed layer.
pub(crate) fn message(octets: &[u8]) -> Message {
    data(&payload(octets)).content
}

/// The header has the ITS-AID of certificate requests and the time of signing, and nothing else.
pub(crate) fn assert_header(octets: &[u8], made: Time64) {
    let header = signed(octets).header_info;
    assert_eq!((header.psid, header.generation_time), (CERTIFICATE_REQUEST, Some(made)));
    let others = [
        header.expiry_time.is_some(),
        header.generation_location.is_some(),
        header.p2pcd_learning_request.is_some(),
        header.missing_crl_identifier.is_some(),
        header.encryption_key.is_some(),
        header.inline_p2pcd_request.is_some(),
        header.requested_certificate.is_some(),
        header.pdu_functional_type.is_some(),
        header.contributed_extensions.is_some(),
        header.has_unknown_extensions,
    ];
    assert_eq!(others, [false; 10]);
}

pub(crate) fn assert_signed_by_self(octets: &[u8]) {
    assert!(matches!(signed(octets).signer, Signer::SelfSigned));
}

pub(crate) fn assert_signed_by(octets: &[u8], certificate: &Certificate) {
    assert!(matches!(signed(octets).signer, Signer::Digest(id) if id == certificate.hashed_id8()));
}

/// Whether the signature is one of this key, over what is signed and over the certificate where there is one.
pub(crate) fn verifies(octets: &[u8], key: &PublicKey, by: Option<&Certificate>) -> bool {
    let (signed, hash) = (signed(octets), key.curve().hash());
    let signer = hash.digest(by.map_or(&[][..], Certificate::octets));
    let input = SignatureInput::from_digests(&hash.digest(signed.to_be_signed), &signer);
    let signature = point::received_signature(&signed.signature).unwrap();
    RustCrypto.verify(key, input.as_bytes(), &signature).is_ok()
}

/// An enrolment request, layer by layer.
pub(crate) struct EnrolmentLayers {
    pub(crate) key: AesKey,
    pub(crate) outer: Vec<u8>,
    pub(crate) proof: Vec<u8>,
    pub(crate) inner: InnerEcRequest,
}

pub(crate) fn enrolment_layers(request: &[u8], ea: &Member) -> EnrolmentLayers {
    let Opened { plaintext: outer, key } = opened(request, ea);
    let Message::EnrolmentRequest(proof) = message(&outer) else { panic!("no enrolmentRequest") };
    let proof = v2x_codec::ieee1609dot2::encode(&proof).unwrap();
    let inner = decode(&payload(&proof)).unwrap();
    EnrolmentLayers { key, outer: outer.to_vec(), proof, inner }
}

/// An authorization request, layer by layer.
pub(crate) struct AuthorizationLayers {
    pub(crate) key: AesKey,
    pub(crate) outer: Vec<u8>,
    pub(crate) inner: InnerAtRequest,
}

/// A request that was signed with the ticket's key.
pub(crate) fn authorization_layers(request: &[u8], aa: &Member) -> AuthorizationLayers {
    let Opened { plaintext: outer, key } = opened(request, aa);
    let Message::AuthorizationRequest(inner) = message(&outer) else { panic!("no authorizationRequest") };
    AuthorizationLayers { key, outer: outer.to_vec(), inner }
}
