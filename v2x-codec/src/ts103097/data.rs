//! Profiles of secured data: clauses 5.1 to 5.3 and annex A.

use super::{ProfileViolation, Rule, broken, none_of, rule};
use crate::ieee1609dot2::{
    ContributedExtensionBlock, EncryptedData, HashedData, HeaderInfo, Ieee1609Dot2Content, Ieee1609Dot2Data,
    Opaque, RecipientInfo, SignedData, SignerIdentifier, SymmetricCiphertext,
};

const NOT_UNSECURED: ProfileViolation =
    ProfileViolation { clause: "5.1", field: "content", requirement: "is unsecuredData" };
const NOT_SIGNED: ProfileViolation =
    ProfileViolation { clause: "5.1", field: "content", requirement: "is signedData" };
const NOT_ENCRYPTED: ProfileViolation =
    ProfileViolation { clause: "5.1", field: "content", requirement: "is encryptedData" };
const NOT_HERE: ProfileViolation =
    ProfileViolation { clause: "5.1", field: "payload", requirement: "holds unsecured data, and no hash" };
const NOT_EXTERNAL: ProfileViolation =
    ProfileViolation { clause: "5.1", field: "payload", requirement: "holds a hash, and no data" };
const NOT_UNICAST: ProfileViolation =
    ProfileViolation { clause: "5.1", field: "recipients", requirement: "has one entry" };

static CLAUSE_5_2: [Rule<SignedData>; 5] = [
    rule("5.2", "generationTime", "is present", |s| header(s).generation_time.is_some()),
    rule("5.2", "p2pcdLearningRequest", "is absent", |s| header(s).p2pcd_learning_request.is_none()),
    rule("5.2", "missingCrlIdentifier", "is absent", |s| header(s).missing_crl_identifier.is_none()),
    rule("5.2", "contributedExtensions", "is of ETSI only", |s| {
        let mut blocks = header(s).contributed_extensions.iter().flat_map(|blocks| &blocks.0);
        blocks.all(|block| block.contributor_id == ContributedExtensionBlock::ETSI)
    }),
    // The prose leaves out `self`; annex A allows it, and the enrolment requests of TS 102 941 need it.
    rule("5.2", "certificate", "has one entry", |s| match &s.signer {
        SignerIdentifier::Certificate(certificates) => certificates.0.len() == 1,
        SignerIdentifier::Digest(_) | SignerIdentifier::SelfSigned(()) => true,
    }),
];

static CLAUSE_5_3: [Rule<EncryptedData>; 3] = [
    rule("5.3", "recipients", "has an entry", |e| !e.recipients.0.is_empty()),
    rule("5.3", "recipients", "are pskRecipInfo, certRecipInfo or signedDataRecipInfo", |e| {
        e.recipients.0.iter().all(|recipient| match recipient {
            RecipientInfo::PskRecipInfo(_)
            | RecipientInfo::CertRecipInfo(_)
            | RecipientInfo::SignedDataRecipInfo(_) => true,
            RecipientInfo::SymmRecipInfo(_) | RecipientInfo::RekRecipInfo(_) => false,
        })
    }),
    rule("4.2", "ciphertext", "is aes128ccm", |e| matches!(e.ciphertext, SymmetricCiphertext::Aes128ccm(_))),
];

const fn header(signed: &SignedData) -> &HeaderInfo {
    &signed.tbs_data.header_info
}

/// `EtsiTs103097Data-Unsecured`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsecured(Opaque);

impl Unsecured {
    /// What it carries.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.0.0
    }
}

impl TryFrom<Ieee1609Dot2Data> for Unsecured {
    type Error = ProfileViolation;

    fn try_from(data: Ieee1609Dot2Data) -> Result<Self, ProfileViolation> {
        match data.content {
            Ieee1609Dot2Content::UnsecuredData(payload) => Ok(Self(payload)),
            Ieee1609Dot2Content::SignedData(_)
            | Ieee1609Dot2Content::EncryptedData(_)
            | Ieee1609Dot2Content::SignedCertificateRequest(_) => Err(NOT_UNSECURED),
        }
    }
}

/// `EtsiTs103097Data-Signed`: the payload is here, unsecured inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    signed: Box<SignedData>,
    payload: Opaque,
}

impl Signed {
    /// What is signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload.0
    }

    /// The signed data, with header, signer and signature.
    #[must_use]
    pub fn signed_data(&self) -> &SignedData {
        &self.signed
    }
}

impl TryFrom<Ieee1609Dot2Data> for Signed {
    type Error = ProfileViolation;

    fn try_from(data: Ieee1609Dot2Data) -> Result<Self, ProfileViolation> {
        let signed = signed_data(data)?;
        let payload = &signed.tbs_data.payload;
        let alone = payload.ext_data_hash.is_none() && payload.omitted.is_none();
        match payload.data.as_ref().map(|data| &data.content) {
            Some(Ieee1609Dot2Content::UnsecuredData(octets)) if alone => {
                let payload = octets.clone();
                Ok(Self { signed, payload })
            }
            _ => Err(NOT_HERE),
        }
    }
}

/// `EtsiTs103097Data-SignedExternalPayload`: only the hash of the payload is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedExternalPayload {
    signed: Box<SignedData>,
    hash: HashedData,
}

impl SignedExternalPayload {
    /// The hash of what is signed.
    #[must_use]
    pub const fn hash(&self) -> &HashedData {
        &self.hash
    }

    /// The signed data, with header, signer and signature.
    #[must_use]
    pub fn signed_data(&self) -> &SignedData {
        &self.signed
    }
}

impl TryFrom<Ieee1609Dot2Data> for SignedExternalPayload {
    type Error = ProfileViolation;

    fn try_from(data: Ieee1609Dot2Data) -> Result<Self, ProfileViolation> {
        let signed = signed_data(data)?;
        let payload = &signed.tbs_data.payload;
        match (&payload.ext_data_hash, &payload.data, payload.omitted) {
            (Some(hash), None, None) => {
                let hash = hash.clone();
                Ok(Self { signed, hash })
            }
            _ => Err(NOT_EXTERNAL),
        }
    }
}

/// The signed data that keeps clause 5.2.
fn signed_data(data: Ieee1609Dot2Data) -> Result<Box<SignedData>, ProfileViolation> {
    match data.content {
        Ieee1609Dot2Content::SignedData(signed) => {
            check_signed(&signed)?;
            Ok(signed)
        }
        Ieee1609Dot2Content::UnsecuredData(_)
        | Ieee1609Dot2Content::EncryptedData(_)
        | Ieee1609Dot2Content::SignedCertificateRequest(_) => Err(NOT_SIGNED),
    }
}

/// Clause 5.2, as far as it holds for all signed data.
fn check_signed(signed: &SignedData) -> Result<(), ProfileViolation> {
    none_of(violations_of_signed(signed))
}

pub(super) fn violations_of_signed(signed: &SignedData) -> impl Iterator<Item = ProfileViolation> + '_ {
    broken(&CLAUSE_5_2, signed)
}

/// `EtsiTs103097Data-Encrypted`. What it encrypts shows after decryption: signed data makes it
/// `EtsiTs103097Data-SignedAndEncrypted`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encrypted(EncryptedData);

impl Encrypted {
    /// Recipients and ciphertext.
    #[must_use]
    pub const fn encrypted_data(&self) -> &EncryptedData {
        &self.0
    }
}

impl TryFrom<Ieee1609Dot2Data> for Encrypted {
    type Error = ProfileViolation;

    fn try_from(data: Ieee1609Dot2Data) -> Result<Self, ProfileViolation> {
        match data.content {
            Ieee1609Dot2Content::EncryptedData(encrypted) => {
                none_of(broken(&CLAUSE_5_3, &encrypted))?;
                Ok(Self(encrypted))
            }
            Ieee1609Dot2Content::UnsecuredData(_)
            | Ieee1609Dot2Content::SignedData(_)
            | Ieee1609Dot2Content::SignedCertificateRequest(_) => Err(NOT_ENCRYPTED),
        }
    }
}

/// `EtsiTs103097Data-Encrypted-Unicast`: encrypted to one recipient. With signed data inside it is
/// `EtsiTs103097Data-SignedAndEncrypted-Unicast`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedUnicast {
    encrypted: EncryptedData,
    recipient: RecipientInfo,
}

impl EncryptedUnicast {
    /// The recipient.
    #[must_use]
    pub const fn recipient(&self) -> &RecipientInfo {
        &self.recipient
    }

    /// Recipient and ciphertext.
    #[must_use]
    pub const fn encrypted_data(&self) -> &EncryptedData {
        &self.encrypted
    }
}

impl TryFrom<Ieee1609Dot2Data> for EncryptedUnicast {
    type Error = ProfileViolation;

    fn try_from(data: Ieee1609Dot2Data) -> Result<Self, ProfileViolation> {
        let Encrypted(encrypted) = Encrypted::try_from(data)?;
        match encrypted.recipients.0.as_slice() {
            [recipient] => {
                let recipient = recipient.clone();
                Ok(Self { encrypted, recipient })
            }
            _ => Err(NOT_UNICAST),
        }
    }
}
