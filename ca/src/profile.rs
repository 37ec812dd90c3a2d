//! Templates: what a certificate of each role says, before anybody has checked or signed it.
//!
//! A [`Template`] is plain data and promises nothing. [`crate::lint`] judges it, and only what it passed is signed.

use crate::{
    asn1::{
        CertificateId, CertificateType, FixedOctetString, GeographicRegion, Hostname, PsidGroupPermissions,
        PsidSsp, SequenceOfPsidGroupPermissions, SequenceOfPsidSsp, SubjectAssurance, ToBeSignedCertificate,
        VerificationKeyIndicator,
    },
    error::CaError,
    role::Role,
    services::{
        AA_REQUEST_SSP, ALL_REQUEST_RIGHTS, CERTIFICATE_REQUEST, CREDENTIAL_REQUEST_SSP, CRL, CRL_SSP, CTL,
        EA_REQUEST_SSP, ROOT_CTL_SSP, SSP_VERSION, ServiceRange, TLM_CTL_SSP, issuing, permission,
    },
};
use v2x_codec::time::ValidityPeriod;
use v2x_crypto::PublicKey;
use v2x_security::{certificate::Certificate, point};

/// What goes into a certificate's `verifyKeyIndicator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Explicit certificate: the holder's verification key.
    Verification(PublicKey),
    /// Implicit certificate: the reconstruction value, a point on the issuer's curve, which has 256 bits.
    Reconstruction(PublicKey),
}

/// What a certificate shall say.
#[derive(Clone, Debug)]
pub struct Template {
    /// The profile that it follows.
    pub role: Role,
    /// Its name; `None` makes the id `none`.
    pub name: Option<String>,
    /// Its validity.
    pub validity: ValidityPeriod,
    /// Where it is valid; `None` is everywhere that its issuer is.
    pub region: Option<GeographicRegion>,
    /// Its assurance level: bits 7..5 the level, bits 1..0 the confidence.
    pub assurance: Option<u8>,
    /// What its holder may sign.
    pub app_permissions: Vec<PsidSsp>,
    /// What its holder may give to others.
    pub issue_permissions: Vec<PsidGroupPermissions>,
    /// The key for messages to its holder.
    pub encryption_key: Option<PublicKey>,
    /// The key that its holder signs with.
    pub key: Key,
}

impl Template {
    /// A root CA (TS 103 097 clause 7.2.3): signs CTLs and CRLs, gives tickets' services at chain length 2 and the
    /// rights over PKI messages to its EAs and AAs (chain length 1) and on to credentials (chain length 2).
    #[must_use]
    pub fn root(name: &str, key: PublicKey, validity: ValidityPeriod, services: &[ServiceRange]) -> Self {
        let requests = ServiceRange::up_to(CERTIFICATE_REQUEST, &[SSP_VERSION, ALL_REQUEST_RIGHTS]);
        Self {
            app_permissions: vec![permission(CRL, &CRL_SSP), permission(CTL, &ROOT_CTL_SSP)],
            issue_permissions: vec![issuing(services, 2, 0), issuing(&[requests], 1, 1)],
            ..Self::bare(Role::RootCa, Some(name), key, validity)
        }
    }

    /// An enrolment authority (clause 7.2.4): gives credentials the right to sign requests.
    #[must_use]
    pub fn enrolment_authority(
        name: &str,
        key: PublicKey,
        encryption_key: PublicKey,
        validity: ValidityPeriod,
    ) -> Self {
        let credentials = ServiceRange::up_to(CERTIFICATE_REQUEST, &CREDENTIAL_REQUEST_SSP);
        Self {
            app_permissions: vec![permission(CERTIFICATE_REQUEST, &EA_REQUEST_SSP)],
            issue_permissions: vec![issuing(&[credentials], 1, 0)],
            encryption_key: Some(encryption_key),
            ..Self::bare(Role::EnrolmentAuthority, Some(name), key, validity)
        }
    }

    /// An authorization authority (clause 7.2.4): gives tickets `services`.
    #[must_use]
    pub fn authorization_authority(
        name: &str,
        key: PublicKey,
        encryption_key: PublicKey,
        validity: ValidityPeriod,
        services: &[ServiceRange],
    ) -> Self {
        Self {
            app_permissions: vec![permission(CERTIFICATE_REQUEST, &AA_REQUEST_SSP)],
            issue_permissions: vec![issuing(services, 1, 0)],
            encryption_key: Some(encryption_key),
            ..Self::bare(Role::AuthorizationAuthority, Some(name), key, validity)
        }
    }

    /// A trust list manager (clause 7.2.5): signs the list of roots.
    #[must_use]
    pub fn trust_list_manager(name: &str, key: PublicKey, validity: ValidityPeriod) -> Self {
        Self {
            app_permissions: vec![permission(CTL, &TLM_CTL_SSP)],
            ..Self::bare(Role::TrustListManager, Some(name), key, validity)
        }
    }

    /// A misbehaviour authority (clause 7.2.6). `service` is what it may sign: the "Misbehaviour Detection
    /// Management" service, whose ITS-AID TS 102 965 assigns and the operator looks up there.
    #[must_use]
    pub fn misbehaviour_authority(
        name: &str,
        key: PublicKey,
        encryption_key: PublicKey,
        validity: ValidityPeriod,
        service: PsidSsp,
    ) -> Self {
        Self {
            app_permissions: vec![service],
            encryption_key: Some(encryption_key),
            ..Self::bare(Role::MisbehaviourAuthority, Some(name), key, validity)
        }
    }

    /// An enrolment credential (clause 7.2.2): signs enrolment and authorization requests.
    #[must_use]
    pub fn enrolment_credential(name: &str, key: PublicKey, validity: ValidityPeriod) -> Self {
        Self {
            app_permissions: vec![permission(CERTIFICATE_REQUEST, &CREDENTIAL_REQUEST_SSP)],
            ..Self::bare(Role::EnrolmentCredential, Some(name), key, validity)
        }
    }

    /// An authorization ticket (clause 7.2.1).
    #[must_use]
    pub fn authorization_ticket(key: Key, validity: ValidityPeriod, permissions: Vec<PsidSsp>) -> Self {
        let bare = match key {
            Key::Verification(point) | Key::Reconstruction(point) => {
                Self::bare(Role::AuthorizationTicket, None, point, validity)
            }
        };
        Self { key, app_permissions: permissions, ..bare }
    }

    /// What `present`, a certificate of `role`, says, with other keys and dates.
    #[must_use]
    pub fn like(
        role: Role,
        present: &Certificate,
        key: PublicKey,
        encryption_key: Option<PublicKey>,
        validity: ValidityPeriod,
    ) -> Self {
        let tbs = present.decoded().to_be_signed.clone();
        Self {
            region: tbs.region,
            assurance: tbs.assurance_level.and_then(|level| level.0.first().copied()),
            app_permissions: tbs.app_permissions.map(|list| list.0).unwrap_or_default(),
            issue_permissions: tbs.cert_issue_permissions.map(|list| list.0).unwrap_or_default(),
            encryption_key,
            ..Self::bare(role, present.name(), key, validity)
        }
    }

    fn bare(role: Role, name: Option<&str>, key: PublicKey, validity: ValidityPeriod) -> Self {
        Self {
            role,
            name: name.map(ToOwned::to_owned),
            validity,
            region: None,
            assurance: None,
            app_permissions: Vec::new(),
            issue_permissions: Vec::new(),
            encryption_key: None,
            key: Key::Verification(key),
        }
    }

    /// Whether the certificate will be explicit or implicit.
    #[must_use]
    pub const fn certificate_type(&self) -> CertificateType {
        match self.key {
            Key::Verification(_) => CertificateType::Explicit,
            Key::Reconstruction(_) => CertificateType::Implicit,
        }
    }

    /// The to-be-signed certificate. `cracaId` and `crlSeries` are zero, request permissions and rollover are absent
    /// (TS 103 097 clause 6). Empty permission lists are left out.
    ///
    /// # Errors
    /// [`CaError::Crypto`] for an encryption key on a 384-bit curve or a reconstruction value on one.
    pub fn to_be_signed(&self) -> Result<ToBeSignedCertificate, CaError> {
        let encryption_key = self.encryption_key.as_ref().map(point::to_encryption_key).transpose()?;
        let mut tbs = ToBeSignedCertificate::new(self.id(), self.validity.into(), self.key_indicator()?);
        tbs.region.clone_from(&self.region);
        tbs.assurance_level = self.assurance.map(|level| SubjectAssurance(FixedOctetString::new([level])));
        tbs.app_permissions = present(&self.app_permissions).map(SequenceOfPsidSsp);
        tbs.cert_issue_permissions = present(&self.issue_permissions).map(SequenceOfPsidGroupPermissions);
        tbs.encryption_key = encryption_key;
        Ok(tbs)
    }

    fn id(&self) -> CertificateId {
        self.name.clone().map_or(CertificateId::None(()), |name| CertificateId::Name(Hostname(name)))
    }

    fn key_indicator(&self) -> Result<VerificationKeyIndicator, CaError> {
        Ok(match &self.key {
            Key::Verification(key) => {
                VerificationKeyIndicator::VerificationKey(point::to_verification_key(key)?)
            }
            Key::Reconstruction(value) => {
                VerificationKeyIndicator::ReconstructionValue(point::to_point_256(value)?)
            }
        })
    }
}

/// `list`, unless it is empty.
fn present<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}
