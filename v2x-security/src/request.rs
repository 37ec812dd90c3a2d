//! The signed layer of certificate requests and their answers: `EtsiTs103097Data-Signed` and `-SignedExternalPayload`
//! as TS 102 941 clauses 6.2.1 and 6.2.3 want them.
//!
//! In every one of these messages the header has the PSID of certificate requests and `generationTime`, and nothing
//! else; the signer is `self` for a proof of possession and a digest otherwise. They are not judged by the
//! [`Verifier`](crate::verifier::Verifier): whose key it should be is in the message, or with the authority.

use thiserror::Error;
use v2x_codec::{
    CodecError,
    time::Time64,
    view::{Content, Data, ExtDataHash, NestedData, Signed, Signer as ViewSigner},
};
use v2x_crypto::{Provider, PublicKey, SignatureInput, Signer};

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::id::HashedId8;
use crate::message::Fields;
use crate::permission::{Psid, Ssp};
use crate::point;
use crate::refusal::Refusal;
use crate::sign::{SignRequest, SignedPayload, SignerChoice, signed_data};

pub use crate::sign::SignedBy;

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The octets do not decode.
    #[error("cannot parse: {0}")]
    Malformed(CodecError),
    /// It decodes, but is something else than expected here.
    #[error("{0} expected")]
    WrongContent(&'static str),
    /// Its header has not exactly the PSID of certificate requests and `generationTime`.
    #[error("wrong header: {0}")]
    WrongHeader(&'static str),
    /// Its signature does not verify.
    #[error("the signature does not verify")]
    BadSignature,
}

/// Signs a payload.
///
/// # Errors
/// [`Refusal::Crypto`] when the key fails.
pub fn sign(
    payload: SignedPayload<'_>,
    by: SignedBy<'_>,
    signer: &dyn Signer,
    now: Time64,
) -> Result<Vec<u8>, Refusal> {
    let request = SignRequest::new(Psid::CERTIFICATE_REQUEST, now, payload);
    signed_data(signer, by, &SignRequest { signer: SignerChoice::Digest, ..request })
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
    /// Reads signed data with the header that TS 102 941 clauses 6.2.1 and 6.2.3 prescribe.
    ///
    /// # Errors
    /// [`RequestError::Malformed`]; [`RequestError::WrongContent`] for other than signed data or another PSID;
    /// [`RequestError::WrongHeader`].
    pub fn parse(octets: &'a [u8]) -> Result<Self, RequestError> {
        Self::parse_as(Psid::CERTIFICATE_REQUEST, octets)
    }

    /// As [`parse`](Self::parse), of messages that have the same form under another PSID: link certificate messages.
    pub(crate) fn parse_as(psid: Psid, octets: &'a [u8]) -> Result<Self, RequestError> {
        let data = Data::parse(octets).map_err(RequestError::Malformed)?;
        let Content::Signed(signed) = data.content else {
            return Err(RequestError::WrongContent("signedData"));
        };
        let made = check_header(psid, &signed)?;
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
    /// [`RequestError::WrongContent`] for a whole certificate, which no message of the exchange carries as signer.
    pub fn claim(&self) -> Result<Claim, RequestError> {
        match self.signed.signer {
            ViewSigner::SelfSigned => Ok(Claim::Itself),
            ViewSigner::Digest(id) => Ok(Claim::Digest(id)),
            ViewSigner::Certificate(_) => Err(RequestError::WrongContent("a digest or self as signer")),
        }
    }

    /// The payload that travels with it.
    ///
    /// # Errors
    /// [`RequestError::WrongContent`] when there is none, or also a hash of another.
    pub fn payload(&self) -> Result<&'a [u8], RequestError> {
        let payload = &self.signed.payload;
        let alone = payload.ext_data_hash.is_none() && !payload.is_omitted;
        let octets = payload.data.as_ref().and_then(NestedData::unsecured);
        octets.filter(|_| alone).ok_or(RequestError::WrongContent("unsecured data as payload"))
    }

    /// Checks that it signs `external`.
    ///
    /// # Errors
    /// [`RequestError::WrongContent`] when it carries something else than a hash; [`RequestError::BadSignature`] for
    /// another hash.
    pub fn check_external(&self, external: &[u8]) -> Result<(), RequestError> {
        let payload = &self.signed.payload;
        let alone = payload.data.is_none() && !payload.is_omitted;
        let matches = match payload.ext_data_hash.filter(|_| alone) {
            Some(ExtDataHash::Sha256(hash)) => *hash == v2x_crypto::sha256(external),
            Some(ExtDataHash::Sha384(hash)) => *hash == v2x_crypto::sha384(external),
            None => return Err(RequestError::WrongContent("extDataHash")),
        };
        if matches { Ok(()) } else { Err(RequestError::BadSignature) }
    }

    /// Verifies the signature with `key`, which the holder of `certificate` has, or whoever signed with `self`.
    ///
    /// # Errors
    /// [`RequestError::BadSignature`], also for a `hashId` that does not go with the key's curve.
    pub fn verify(
        &self,
        provider: &dyn Provider,
        key: &PublicKey,
        by: SignedBy<'_>,
    ) -> Result<(), RequestError> {
        let hash = key.curve().hash();
        if point::received_hash(self.signed.hash_id) != hash {
            return Err(RequestError::BadSignature);
        }
        let bad = |_| RequestError::BadSignature;
        let signature = point::received_signature(&self.signed.signature).map_err(bad)?;
        let input = SignatureInput::from_digests(&hash.digest(self.signed.to_be_signed), &by.digest(hash));
        provider.verify(key, input.as_bytes(), &signature).map_err(bad)
    }

    /// Verifies the signature of the holder of `chain`, whose key is ready to verify many.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_by(&self, chain: &Chain) -> Result<(), RequestError> {
        if point::received_hash(self.signed.hash_id) != chain.curve().hash() {
            return Err(RequestError::BadSignature);
        }
        let signature =
            point::received_signature(&self.signed.signature).map_err(|_| RequestError::BadSignature)?;
        chain.verify(self.signed.to_be_signed, &signature).map_err(|_| RequestError::BadSignature)
    }
}

/// `generationTime` of a header that has it, the PSID of such messages, and nothing else.
fn check_header(psid: Psid, signed: &Signed<'_>) -> Result<Time64, RequestError> {
    let header = &signed.header_info;
    if header.psid != psid.0 {
        return Err(RequestError::WrongContent("the PSID of such messages"));
    }
    match header.generation_time {
        Some(made) if Fields::of_view(header).is_generation_time_alone() => Ok(made),
        Some(_) => Err(RequestError::WrongHeader("a field besides psid and generationTime")),
        None => Err(RequestError::WrongHeader("no generationTime")),
    }
}

/// What a certificate may sign of the exchange: one bit of its SSP for certificate requests (TS 102 941 table B.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Authorization requests: a credential's.
    AuthorizationRequest,
    /// Authorization validation requests: an AA's.
    AuthorizationValidationRequest,
    /// Authorization validation responses: an EA's.
    AuthorizationValidationResponse,
    /// CA certificate requests: an EA's and an AA's.
    CaCertificateRequest,
}

impl Right {
    const fn bit(self) -> u8 {
        match self {
            Self::AuthorizationRequest => 0x40,
            Self::AuthorizationValidationRequest => 0x20,
            Self::AuthorizationValidationResponse => 0x08,
            Self::CaCertificateRequest => 0x02,
        }
    }

    /// Whether the holder of `certificate` has it.
    #[must_use]
    pub fn is_in(self, certificate: &Certificate) -> bool {
        let permissions = certificate.app_permissions();
        let entry = permissions.and_then(|permissions| permissions.find(Psid::CERTIFICATE_REQUEST));
        match entry.and_then(|entry| entry.ssp.as_ref()) {
            Some(Ssp::Bitmap(ssp)) => matches!(**ssp, [1, rights] if rights & self.bit() != 0),
            Some(Ssp::Opaque(_)) | None => false,
        }
    }
}
