//! The signed layer: `EtsiTs103097Data-Signed` and `-SignedExternalPayload` as TS 102 941 clause 6.2.3 wants them.
//!
//! In every message of the exchange the header has the PSID of certificate requests and `generationTime`, and nothing
//! else; the signer is `self` for a proof of possession and a digest otherwise.

use crate::{Fault, wire};
use v2x_codec::{
    ieee1609dot2::{
        FixedOctetString, HashedData, HashedId8 as AsnHashedId8, HashedId32, HashedId48, HeaderInfo,
        Ieee1609Dot2Data, SignedData, SignedDataPayload, SignerIdentifier, Time64 as AsnTime64,
        ToBeSignedData, encode,
    },
    time::Time64,
    view::{Content, Data, ExtDataHash, Signed, Signer as ViewSigner},
};
use v2x_crypto::{Digest, HashAlgorithm, Provider, PublicKey, SignatureInput, Signer};
use v2x_security::{certificate::Certificate, id::HashedId8};

/// The PSID of "secured certificate request".
pub const PSID: u64 = 623;

/// In whose name something is signed.
#[derive(Clone, Copy, Debug)]
pub enum SignedBy<'a> {
    /// `self`: whoever has the key that the payload names.
    Itself,
    /// The holder of this certificate, named by its digest.
    Certificate(&'a Certificate),
}

/// What is signed.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// These octets, which travel with the signature.
    Here(&'a [u8]),
    /// These octets, of which only the hash travels with the signature.
    Elsewhere(&'a [u8]),
}

/// Signs a payload.
///
/// # Errors
/// [`Fault::Denied`] when the key fails.
pub fn sign(
    payload: Payload<'_>,
    by: SignedBy<'_>,
    signer: &dyn Signer,
    now: Time64,
) -> Result<Ieee1609Dot2Data, Fault> {
    let hash = signer.public_key().curve().hash();
    let tbs_data = ToBeSignedData { payload: payload_of(payload, hash), header_info: header(now) };
    let input = SignatureInput::from_digests(&hash.digest(&encode(&tbs_data)?), &by.digest(hash));
    let signature = wire::signature(&signer.sign(input.as_bytes())?)?;
    let signed =
        SignedData { hash_id: wire::hash_algorithm(hash), tbs_data, signer: by.identifier(), signature };
    Ok(Ieee1609Dot2Data::signed(signed))
}

impl SignedBy<'_> {
    fn identifier(self) -> SignerIdentifier {
        match self {
            Self::Itself => SignerIdentifier::SelfSigned(()),
            Self::Certificate(certificate) => {
                let digest = FixedOctetString::new(*certificate.hashed_id8().as_bytes());
                SignerIdentifier::Digest(AsnHashedId8(digest))
            }
        }
    }

    fn digest(self, hash: HashAlgorithm) -> Digest {
        match self {
            Self::Itself => hash.digest(&[]),
            Self::Certificate(certificate) => *certificate.hash(),
        }
    }
}

fn payload_of(payload: Payload<'_>, hash: HashAlgorithm) -> SignedDataPayload {
    match payload {
        Payload::Here(octets) => SignedDataPayload::data(Ieee1609Dot2Data::unsecured(octets.to_vec())),
        Payload::Elsewhere(octets) => SignedDataPayload::external(match hash {
            HashAlgorithm::Sha256 => {
                HashedData::Sha256HashedData(HashedId32(v2x_crypto::sha256(octets).into()))
            }
            HashAlgorithm::Sha384 => {
                HashedData::Sha384HashedData(HashedId48(v2x_crypto::sha384(octets).into()))
            }
        }),
    }
}

fn header(now: Time64) -> HeaderInfo {
    let mut header = HeaderInfo::new(PSID);
    header.generation_time = Some(AsnTime64(now.micros()));
    header
}

/// A received signed message whose form is right and whose signature nobody has verified yet.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    signed: Signed<'a>,
    made: Time64,
}

/// Who a received message says has signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// `self`.
    Itself,
    /// The holder of the certificate with this digest.
    Digest(HashedId8),
}

impl<'a> Received<'a> {
    /// Reads signed data with the header that TS 102 941 clause 6.2.3 prescribes.
    ///
    /// # Errors
    /// [`Fault::Unparsable`]; [`Fault::WrongContent`] for other than signed data; [`Fault::Incomplete`] for another
    /// header.
    pub fn parse(octets: &'a [u8]) -> Result<Self, Fault> {
        let data = Data::parse(octets).map_err(Fault::Unparsable)?;
        let Content::Signed(signed) = data.content else {
            return Err(Fault::WrongContent("signedData"));
        };
        let made = check_header(&signed)?;
        Ok(Self { signed, made })
    }

    /// When it says it was made.
    #[must_use]
    pub const fn made(&self) -> Time64 {
        self.made
    }

    /// Who it says has signed it.
    ///
    /// # Errors
    /// [`Fault::WrongContent`] for a whole certificate, which no message of the exchange carries as signer.
    pub fn claim(&self) -> Result<Claim, Fault> {
        match self.signed.signer {
            ViewSigner::SelfSigned => Ok(Claim::Itself),
            ViewSigner::Digest(id) => Ok(Claim::Digest(id)),
            ViewSigner::Certificate(_) => Err(Fault::WrongContent("a digest or self as signer")),
        }
    }

    /// The payload that travels with it.
    ///
    /// # Errors
    /// [`Fault::WrongContent`] when there is none, or also a hash of another.
    pub fn payload(&self) -> Result<&'a [u8], Fault> {
        let payload = &self.signed.payload;
        let alone = payload.ext_data_hash.is_none() && !payload.is_omitted;
        let octets = payload.data.as_ref().and_then(v2x_codec::view::NestedData::unsecured);
        octets.filter(|_| alone).ok_or(Fault::WrongContent("unsecured data as payload"))
    }

    /// Checks that it signs `external`.
    ///
    /// # Errors
    /// [`Fault::WrongContent`] when it carries something else than a hash; [`Fault::BadSignature`] for another hash.
    pub fn check_external(&self, external: &[u8]) -> Result<(), Fault> {
        let payload = &self.signed.payload;
        let alone = payload.data.is_none() && !payload.is_omitted;
        let matches = match payload.ext_data_hash.filter(|_| alone) {
            Some(ExtDataHash::Sha256(hash)) => *hash == v2x_crypto::sha256(external),
            Some(ExtDataHash::Sha384(hash)) => *hash == v2x_crypto::sha384(external),
            None => return Err(Fault::WrongContent("extDataHash")),
        };
        if matches { Ok(()) } else { Err(Fault::BadSignature) }
    }

    /// Verifies the signature with `key`, which the holder of `certificate` has, or whoever signed with `self`.
    ///
    /// # Errors
    /// [`Fault::BadSignature`], also for a `hashId` that does not go with the key's curve.
    pub fn verify(&self, provider: &dyn Provider, key: &PublicKey, by: SignedBy<'_>) -> Result<(), Fault> {
        let hash = key.curve().hash();
        if wire::received_hash(self.signed.hash_id) != hash {
            return Err(Fault::BadSignature);
        }
        let signature = wire::received_signature(&self.signed.signature).map_err(|_| Fault::BadSignature)?;
        let input = SignatureInput::from_digests(&hash.digest(self.signed.to_be_signed), &by.digest(hash));
        provider.verify(key, input.as_bytes(), &signature).map_err(|_| Fault::BadSignature)
    }
}

/// `generationTime` of a header that has it, the PSID of certificate requests, and nothing else.
fn check_header(signed: &Signed<'_>) -> Result<Time64, Fault> {
    let header = &signed.header_info;
    if header.psid != PSID {
        return Err(Fault::WrongContent("the PSID of certificate requests"));
    }
    let bare = header.expiry_time.is_none()
        && header.generation_location.is_none()
        && header.p2pcd_learning_request.is_none()
        && header.missing_crl_identifier.is_none()
        && header.encryption_key.is_none()
        && header.inline_p2pcd_request.is_none()
        && header.requested_certificate.is_none()
        && header.pdu_functional_type.is_none()
        && header.contributed_extensions.is_none();
    match header.generation_time {
        Some(made) if bare => Ok(made),
        Some(_) => Err(Fault::Incomplete("a header field that clause 6.2.3 excludes")),
        None => Err(Fault::Incomplete("generationTime")),
    }
}
