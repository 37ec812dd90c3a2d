//! Message profiles: clauses 7.1.1 to 7.1.3.

use super::data::violations_of_signed;
use super::{ProfileViolation, Rule, broken, its_aid, none_of, rule};
use crate::ieee1609dot2::{HeaderInfo, SignedData, SignerIdentifier};

/// What the header and the signer of a signed message may be, by the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageProfile {
    /// Clause 7.1.1.
    Cam,
    /// Clause 7.1.2.
    Denm,
    /// Clause 7.1.3: every other message.
    Generic,
}

impl MessageProfile {
    /// The profile of an application.
    #[must_use]
    pub const fn of_psid(psid: u64) -> Self {
        match psid {
            its_aid::CAM => Self::Cam,
            its_aid::DENM => Self::Denm,
            _ => Self::Generic,
        }
    }

    /// Checks signed data against clause 5.2 and this profile.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(self, signed: &SignedData) -> Result<(), ProfileViolation> {
        none_of(self.violations(signed))
    }

    /// Every rule of clause 5.2 and of this profile that does not hold.
    pub fn violations(self, signed: &SignedData) -> impl Iterator<Item = ProfileViolation> + '_ {
        let own: &[Rule<SignedData>] = match self {
            Self::Cam => &CAM,
            Self::Denm => &DENM,
            Self::Generic => &GENERIC,
        };
        violations_of_signed(signed).chain(broken(own, signed))
    }
}

static CAM: [Rule<SignedData>; 6] = [
    rule("7.1.1", "signer", "is digest or certificate", |s| !signs_itself(s)),
    rule("7.1.1", "psid", "is 36", |s| header(s).psid_value() == Some(its_aid::CAM)),
    rule("7.1.1", "expiryTime", "is absent", |s| header(s).expiry_time.is_none()),
    rule("7.1.1", "generationLocation", "is absent", |s| header(s).generation_location.is_none()),
    rule("7.1.1", "encryptionKey", "is absent", |s| header(s).encryption_key.is_none()),
    rule("7.1.1", "pduFunctionalType", "is absent", |s| header(s).pdu_functional_type.is_none()),
];

static DENM: [Rule<SignedData>; 8] = [
    rule("7.1.2", "signer", "is certificate", |s| matches!(s.signer, SignerIdentifier::Certificate(_))),
    rule("7.1.2", "psid", "is 37", |s| header(s).psid_value() == Some(its_aid::DENM)),
    rule("7.1.2", "generationLocation", "is present", |s| header(s).generation_location.is_some()),
    rule("7.1.2", "expiryTime", "is absent", |s| header(s).expiry_time.is_none()),
    rule("7.1.2", "encryptionKey", "is absent", |s| header(s).encryption_key.is_none()),
    rule("7.1.2", "inlineP2pcdRequest", "is absent", |s| header(s).inline_p2pcd_request.is_none()),
    rule("7.1.2", "requestedCertificate", "is absent", |s| header(s).requested_certificate.is_none()),
    rule("7.1.2", "pduFunctionalType", "is absent", |s| header(s).pdu_functional_type.is_none()),
];

static GENERIC: [Rule<SignedData>; 1] =
    [rule("5.2", "signer", "is digest or certificate", |s| !signs_itself(s))];

const fn header(signed: &SignedData) -> &HeaderInfo {
    &signed.tbs_data.header_info
}

const fn signs_itself(signed: &SignedData) -> bool {
    matches!(signed.signer, SignerIdentifier::SelfSigned(()))
}
