//! What the security header and payload of a message must look like, by its PSID (TS 103 097 V2.2.1 clauses 5.2, 7.1).
//!
//! The same rules hold for what is received and for what is about to be signed: both are reduced to the set of header
//! [`Fields`] that are there, the choice of signer, and the choice of payload.

use v2x_codec::view;

use crate::permission::Psid;
use crate::refusal::Refusal;
use crate::sign::{SignRequest, SignedPayload, SignerChoice};
use crate::trust::TrustProfile;

/// Which clause rules a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageProfile {
    /// Clause 7.1.1.
    Cam,
    /// Clause 7.1.2.
    Denm,
    /// Clause 7.1.3.
    Other,
    /// IEEE 1609.2 alone.
    Generic,
}

/// A set of header fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(u16);

/// The header fields by their bit, named as in the ASN.1.
const NAMES: [&str; 12] = [
    "generationTime",
    "expiryTime",
    "generationLocation",
    "p2pcdLearningRequest",
    "missingCrlIdentifier",
    "encryptionKey",
    "inlineP2pcdRequest",
    "requestedCertificate",
    "pduFunctionalType",
    "contributedExtensions (ETSI)",
    "contributedExtensions (others)",
    "unknown extension",
];

impl Fields {
    const GENERATION_TIME: Self = Self(1);
    const EXPIRY_TIME: Self = Self(1 << 1);
    const GENERATION_LOCATION: Self = Self(1 << 2);
    const P2PCD_LEARNING_REQUEST: Self = Self(1 << 3);
    const MISSING_CRL_IDENTIFIER: Self = Self(1 << 4);
    const ENCRYPTION_KEY: Self = Self(1 << 5);
    const INLINE_P2PCD_REQUEST: Self = Self(1 << 6);
    const REQUESTED_CERTIFICATE: Self = Self(1 << 7);
    const PDU_FUNCTIONAL_TYPE: Self = Self(1 << 8);
    const ETSI_EXTENSIONS: Self = Self(1 << 9);
    const OTHER_EXTENSIONS: Self = Self(1 << 10);
    const UNKNOWN: Self = Self(1 << 11);

    /// Whether `generationTime` is there, and nothing else.
    pub(crate) fn is_generation_time_alone(self) -> bool {
        self == Self::GENERATION_TIME
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn only(self, present: bool) -> Self {
        if present { self } else { Self(0) }
    }

    const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The name of the lowest field in the set.
    fn first(self) -> Option<&'static str> {
        let index = usize::try_from(self.0.trailing_zeros()).ok()?;
        NAMES.get(index).copied()
    }

    /// The fields of a received header.
    pub(crate) fn of_view(header: &view::HeaderInfo<'_>) -> Self {
        let blocks = header.contributed_extensions.iter().flat_map(|blocks| blocks.iter());
        let contributed =
            blocks.fold(Self(0), |found, block| found.and(Self::of_contributor(block.contributor_id)));
        Self::GENERATION_TIME
            .only(header.generation_time.is_some())
            .and(Self::EXPIRY_TIME.only(header.expiry_time.is_some()))
            .and(Self::GENERATION_LOCATION.only(header.generation_location.is_some()))
            .and(Self::P2PCD_LEARNING_REQUEST.only(header.p2pcd_learning_request.is_some()))
            .and(Self::MISSING_CRL_IDENTIFIER.only(header.missing_crl_identifier.is_some()))
            .and(Self::ENCRYPTION_KEY.only(header.encryption_key.is_some()))
            .and(Self::INLINE_P2PCD_REQUEST.only(header.inline_p2pcd_request.is_some()))
            .and(Self::REQUESTED_CERTIFICATE.only(header.requested_certificate.is_some()))
            .and(Self::PDU_FUNCTIONAL_TYPE.only(header.pdu_functional_type.is_some()))
            .and(Self::UNKNOWN.only(header.has_unknown_extensions))
            .and(contributed)
    }

    /// `etsiHeaderInfoContributorId` is 2.
    const fn of_contributor(id: u8) -> Self {
        if id == 2 { Self::ETSI_EXTENSIONS } else { Self::OTHER_EXTENSIONS }
    }

    fn of_request(request: &SignRequest<'_>) -> Self {
        Self::GENERATION_TIME
            .only(request.generation_time.is_some())
            .and(Self::EXPIRY_TIME.only(request.expiry_time.is_some()))
            .and(Self::GENERATION_LOCATION.only(request.generation_location.is_some()))
            .and(Self::ENCRYPTION_KEY.only(request.encryption_key.is_some()))
            .and(Self::INLINE_P2PCD_REQUEST.only(!request.inline_p2pcd_request.is_empty()))
            .and(Self::REQUESTED_CERTIFICATE.only(request.requested_certificate.is_some()))
    }
}

impl core::fmt::Display for Fields {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names: Vec<_> = NAMES
            .iter()
            .enumerate()
            .filter(|(bit, _)| self.0 & (1 << bit) != 0)
            .map(|(_, name)| *name)
            .collect();
        f.write_str(&names.join(", "))
    }
}

impl MessageProfile {
    /// The profile of messages with `psid`.
    pub(crate) const fn of(profile: TrustProfile, psid: Psid) -> Self {
        match (profile, psid) {
            (TrustProfile::Ieee1609Dot2Generic, _) => Self::Generic,
            (TrustProfile::EtsiTs103097, Psid::CAM) => Self::Cam,
            (TrustProfile::EtsiTs103097, Psid::DENM) => Self::Denm,
            (TrustProfile::EtsiTs103097, _) => Self::Other,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cam => "a CAM (clause 7.1.1)",
            Self::Denm => "a DENM (clause 7.1.2)",
            Self::Other => "another signed message (clause 7.1.3)",
            Self::Generic => "IEEE 1609.2 signed data",
        }
    }

    const fn required(self) -> Fields {
        match self {
            Self::Cam | Self::Other => Fields::GENERATION_TIME,
            Self::Denm => Fields::GENERATION_TIME.and(Fields::GENERATION_LOCATION),
            Self::Generic => Fields(0),
        }
    }

    const fn forbidden(self) -> Fields {
        // Absent from every European message (clause 5.2).
        let never =
            Fields::P2PCD_LEARNING_REQUEST.and(Fields::MISSING_CRL_IDENTIFIER).and(Fields::OTHER_EXTENSIONS);
        // Absent from CAM and DENM besides: all that their clauses do not name.
        let unnamed = never
            .and(Fields::EXPIRY_TIME)
            .and(Fields::ENCRYPTION_KEY)
            .and(Fields::PDU_FUNCTIONAL_TYPE)
            .and(Fields::UNKNOWN);
        match self {
            Self::Cam => unnamed.and(Fields::GENERATION_LOCATION),
            Self::Denm => unnamed.and(Fields::INLINE_P2PCD_REQUEST).and(Fields::REQUESTED_CERTIFICATE),
            Self::Other => never,
            Self::Generic => Fields(0),
        }
    }

    /// Checks which header fields are there.
    pub(crate) fn check_fields(self, found: Fields) -> Result<(), Refusal> {
        let profile = self.name();
        if let Some(field) = self.required().without(found).first() {
            return Err(Refusal::HeaderFieldMissing { field, profile });
        }
        let both = Fields::P2PCD_LEARNING_REQUEST.and(Fields::INLINE_P2PCD_REQUEST);
        let exclusive = if found.shared(both) == both { Fields::P2PCD_LEARNING_REQUEST } else { Fields(0) };
        match found.shared(self.forbidden()).and(exclusive).first() {
            Some(field) => Err(Refusal::HeaderFieldForbidden { field, profile }),
            None => Ok(()),
        }
    }

    /// Checks how the signer is named.
    pub(crate) fn check_signer(self, signer: &view::Signer<'_>) -> Result<(), Refusal> {
        match signer {
            view::Signer::SelfSigned => Err(Refusal::SelfSigned),
            view::Signer::Digest(_) => self.check_choice(SignerChoice::Digest),
            view::Signer::Certificate(list) if list.len() == 1 => Ok(()),
            view::Signer::Certificate(list) if self == Self::Generic && !list.is_empty() => Ok(()),
            view::Signer::Certificate(list) => Err(Refusal::WrongSignerChoice {
                expected: "one certificate",
                found: format!("{} certificates", list.len()),
                profile: self.name(),
            }),
        }
    }

    /// A CAM or another message may name its signer either way, a DENM only by its certificate.
    fn check_choice(self, choice: SignerChoice) -> Result<(), Refusal> {
        match (self, choice) {
            (Self::Denm, SignerChoice::Digest) => Err(Refusal::WrongSignerChoice {
                expected: "certificate",
                found: "digest".to_owned(),
                profile: self.name(),
            }),
            (Self::Denm, SignerChoice::Certificate) | (Self::Cam | Self::Other | Self::Generic, _) => Ok(()),
        }
    }

    /// Checks that the payload is carried as the profile wants it: in CAM and DENM always in the data itself.
    pub(crate) fn check_payload(self, payload: &view::Payload<'_>) -> Result<(), Refusal> {
        let found = payload_name(payload);
        let wrong = |expected| Err(Refusal::WrongPayload { expected, found });
        let (data, hash) = (payload.data.is_some(), payload.ext_data_hash.is_some());
        if payload.is_omitted || payload.has_unknown_extensions {
            return wrong("data or extDataHash");
        }
        match self {
            Self::Cam | Self::Denm if payload.unsecured().is_none() || hash => {
                wrong("data with unsecuredData")
            }
            Self::Other if data == hash => wrong("either data or extDataHash"),
            Self::Cam | Self::Denm | Self::Other | Self::Generic => Ok(()),
        }
    }
}

/// What a payload carries, in words.
pub(crate) const fn payload_name(payload: &view::Payload<'_>) -> &'static str {
    match (payload.data.is_some(), payload.ext_data_hash.is_some(), payload.is_omitted) {
        (true, false, false) => "data",
        (false, true, false) => "extDataHash",
        (true, true, false) => "data and extDataHash",
        (_, _, true) => "omitted",
        (false, false, false) => "nothing",
    }
}

/// Checks a message about to be signed against the profile of its PSID.
pub(crate) fn check_request(profile: TrustProfile, request: &SignRequest<'_>) -> Result<(), Refusal> {
    let rules = MessageProfile::of(profile, request.psid);
    rules.check_fields(Fields::of_request(request))?;
    rules.check_choice(request.signer)?;
    let carried = matches!(request.payload, SignedPayload::Data(_));
    match rules {
        MessageProfile::Cam | MessageProfile::Denm if !carried => {
            Err(Refusal::WrongPayload { expected: "data with unsecuredData", found: "something else" })
        }
        MessageProfile::Cam | MessageProfile::Denm | MessageProfile::Other | MessageProfile::Generic => {
            Ok(())
        }
    }
}
