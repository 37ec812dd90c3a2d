//! Authorization: from a credential to tickets (TS 102 941 clauses 6.2.3.3.1 and 6.2.3.3.2).

use crate::{
    Credential, StationError,
    common::{Answer, Sent},
};
use enrollment_protocol::{
    Fault, key_tag, message,
    sealed::seal,
    signed::{self, SignedBy},
};
use v2x_codec::{
    ieee1609dot2::{Ieee1609Dot2Data, decode, encode},
    time::Time64,
    ts102941::{
        AuthorizationResponseCode, CertificateSubjectAttributes, EcSignature, EtsiTs102941DataContent,
        InnerAtRequest, InnerAtResponse, PublicKeys, SharedAtRequest,
    },
};
use v2x_crypto::{CryptoRng, PublicKey, Signer};
use v2x_security::{
    certificate::Certificate, permission::AppPermissions, point, sign::SignedPayload, trust::TrustStore,
};
use zeroize::Zeroizing;

/// Whether the AA may learn who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// The credential's signature is encrypted to the EA: the AA does not learn who asks.
    Hidden,
    /// It is readable for the AA: for special stations that need no privacy.
    Open,
}

/// Whether the station proves to the AA that it has the ticket's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The request is signed with the ticket's key: recommended.
    OfPossession,
    /// It is not.
    Omitted,
}

/// What ticket is asked for, and how.
#[derive(Clone)]
pub struct Ask<'a> {
    /// The ticket's key, fresh for each request.
    pub key: &'a dyn Signer,
    /// The key for messages to the ticket's holder.
    pub encryption_key: Option<PublicKey>,
    /// What the ticket shall say: permissions, and optionally validity and region.
    pub attributes: CertificateSubjectAttributes,
    /// Whether the AA may learn who asks.
    pub privacy: Privacy,
    /// Whether possession of the key is proved.
    pub proof: Proof,
}

/// The authorities of an exchange.
#[derive(Clone, Copy)]
pub struct Authorities<'a> {
    /// The EA that issued the credential and will be asked about the station.
    pub ea: &'a Certificate,
    /// The AA that is asked for the ticket.
    pub aa: &'a Certificate,
}

/// An authorization under way.
pub struct Authorization {
    sent: Sent,
    key: PublicKey,
    attributes: CertificateSubjectAttributes,
}

impl Authorization {
    /// Asks for one ticket.
    ///
    /// # Errors
    /// [`StationError::Fault`] when an authority's certificate has no encryption key, the attributes break their
    /// rules, or a key fails.
    pub fn new(
        ask: &Ask<'_>,
        credential: Credential<'_>,
        authorities: Authorities<'_>,
        trust: &mut TrustStore,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StationError> {
        let request = inner_request(ask, credential, authorities.ea, trust, now, rng)?;
        let content = message::to_octets(EtsiTs102941DataContent::AuthorizationRequest(request))?;
        let plaintext = Zeroizing::new(match ask.proof {
            Proof::OfPossession => {
                signed::sign(SignedPayload::Data(&content), SignedBy::Itself, ask.key, now)?
            }
            Proof::Omitted => encode(&Ieee1609Dot2Data::unsecured(content)).map_err(Fault::from)?,
        });
        let (sealed, key) = seal(&plaintext, authorities.aa, trust.provider(), rng)?;
        let octets = encode(&sealed).map_err(Fault::from)?;
        Ok(Self {
            sent: Sent { octets, key, authority: authorities.aa.clone() },
            key: *ask.key.public_key(),
            attributes: ask.attributes.clone(),
        })
    }

    /// Goes on with a request that was sent before, for the key and with the attributes that it asked for.
    #[must_use]
    pub const fn resume(sent: Sent, key: PublicKey, attributes: CertificateSubjectAttributes) -> Self {
        Self { sent, key, attributes }
    }

    /// What must be kept, and the ticket's key and attributes with it, to go on with this request later.
    #[must_use]
    pub const fn sent(&self) -> &Sent {
        &self.sent
    }

    /// The request: the same octets for each retry.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        &self.sent.octets
    }

    /// The ticket in an answer.
    ///
    /// # Errors
    /// [`StationError::AuthorizationRefused`] with the AA's code; anything else is no answer to this request, and the
    /// real one may still come.
    pub fn answer(
        &self,
        octets: &[u8],
        trust: &mut TrustStore,
        now: Time64,
    ) -> Result<Certificate, StationError> {
        let Answer { content, was_encrypted } = self.sent.open(octets, trust, now)?;
        let EtsiTs102941DataContent::AuthorizationResponse(response) = content else {
            return Err(Fault::WrongContent("authorizationResponse").into());
        };
        self.sent.check_hash(&response.request_hash[..])?;
        self.ticket(&response, was_encrypted, trust)
    }

    fn ticket(
        &self,
        response: &InnerAtResponse,
        was_encrypted: bool,
        trust: &mut TrustStore,
    ) -> Result<Certificate, StationError> {
        match (&response.certificate, response.response_code) {
            (Some(_), AuthorizationResponseCode::Ok) if !was_encrypted => Err(StationError::Unencrypted),
            (Some(certificate), AuthorizationResponseCode::Ok) => {
                let ticket = self.sent.check_certificate(certificate, &self.key, trust)?;
                self.check_permissions(&ticket)?;
                Ok(ticket)
            }
            (_, code) => Err(StationError::AuthorizationRefused(code)),
        }
    }

    /// A ticket with other rights than were asked for would be refused by others, or mark the station out.
    fn check_permissions(&self, ticket: &Certificate) -> Result<(), StationError> {
        let asked = self.attributes.app_permissions.as_ref().map(AppPermissions::try_from).transpose();
        let asked = asked.map_err(|_| Fault::Incomplete("appPermissions"))?;
        if ticket.app_permissions() == asked.as_ref() {
            Ok(())
        } else {
            Err(StationError::OtherCertificate("other permissions"))
        }
    }
}

fn inner_request(
    ask: &Ask<'_>,
    credential: Credential<'_>,
    ea: &Certificate,
    trust: &mut TrustStore,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<InnerAtRequest, Fault> {
    let keys = public_keys(ask)?;
    let mut hmac_key = Zeroizing::new([0; 32]);
    rng.fill_bytes(hmac_key.as_mut());
    let tag = key_tag::key_tag(&hmac_key, &keys)?;
    let shared = SharedAtRequest::new(*ea.hashed_id8().as_bytes(), tag, ask.attributes.clone());
    let ec_signature = ec_signature(&shared, ask.privacy, credential, ea, trust, now, rng)?;
    Ok(InnerAtRequest::new(keys, *hmac_key, shared, ec_signature))
}

fn public_keys(ask: &Ask<'_>) -> Result<PublicKeys, Fault> {
    Ok(PublicKeys {
        verification_key: point::to_verification_key(ask.key.public_key())?,
        encryption_key: ask.encryption_key.as_ref().map(point::to_encryption_key).transpose()?,
    })
}

/// The credential's signature over the part that the EA sees.
fn ec_signature(
    shared: &SharedAtRequest,
    privacy: Privacy,
    credential: Credential<'_>,
    ea: &Certificate,
    trust: &mut TrustStore,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<EcSignature, Fault> {
    let by = SignedBy::Certificate(credential.certificate);
    let external = encode(shared)?;
    let signature = signed::sign(SignedPayload::External(&external), by, credential.signer, now)?;
    match privacy {
        Privacy::Open => Ok(EcSignature::EcSignature(decode(&signature)?)),
        Privacy::Hidden => {
            let (sealed, _) = seal(&signature, ea, trust.provider(), rng)?;
            Ok(EcSignature::EncryptedEcSignature(sealed))
        }
    }
}
