//! From a [`Fault`] to the response code of each exchange: three tables without a default.
//!
//! The names of the codes are those of the ASN.1 modules `EtsiTs102941TypesEnrolment`, `…TypesAuthorization` and
//! `…TypesAuthorizationValidation`; TS 102 941 says in no clause which code goes with which fault, so the comments in
//! those modules and the names decide. Where a module has no code for a fault, the nearest is named beside it.

use crate::Fault;
use v2x_codec::ts102941::{
    AuthorizationResponseCode as Authorization, AuthorizationValidationResponseCode as Validation,
    EnrolmentResponseCode as Enrolment,
};

impl Fault {
    /// The code that an EA answers to an enrolment request.
    #[must_use]
    pub const fn enrolment_code(self) -> Enrolment {
        match self {
            Self::Unparsable(_) | Self::TooLong(_) => Enrolment::CantParse,
            Self::WrongContent(_) => Enrolment::BadContentType,
            Self::NotTheRecipient => Enrolment::ImNotTheRecipient,
            Self::UnknownAlgorithm => Enrolment::UnknownEncryptionAlgorithm,
            Self::Undecryptable => Enrolment::DecryptionFailed,
            Self::UnknownStation => Enrolment::UnknownIts,
            Self::BadSignature => Enrolment::InvalidSignature,
            Self::BadEncryptionKey => Enrolment::InvalidEncryptionKey,
            Self::StationNotActive => Enrolment::BadItsStatus,
            Self::Incomplete(_) => Enrolment::IncompleteRequest,
            Self::PermissionsDenied => Enrolment::DeniedPermissions,
            Self::BadVerificationKey => Enrolment::InvalidKeys,
            // No code speaks of time, quota or other authorities in an enrolment.
            Self::OutOfSync
            | Self::KeyTagMismatch
            | Self::TooManyTickets
            | Self::UnknownEa
            | Self::InvalidEa
            | Self::UnreachableEa
            | Self::WrongEa
            | Self::InvalidAa
            | Self::BadAaSignature
            | Self::Denied(_) => Enrolment::DeniedRequest,
        }
    }

    /// The code that an EA answers to an authorization validation request.
    #[must_use]
    pub const fn validation_code(self) -> Validation {
        match self {
            Self::Unparsable(_) | Self::TooLong(_) | Self::Incomplete(_) => Validation::CantParse,
            Self::WrongContent(_) => Validation::BadContentType,
            Self::NotTheRecipient => Validation::ImNotTheRecipient,
            Self::UnknownAlgorithm => Validation::UnknownEncryptionAlgorithm,
            Self::Undecryptable => Validation::DecryptionFailed,
            Self::InvalidAa => Validation::InvalidAa,
            Self::BadAaSignature => Validation::InvalidAaSignature,
            Self::WrongEa | Self::UnknownEa | Self::InvalidEa | Self::UnreachableEa => Validation::WrongEa,
            Self::UnknownStation => Validation::UnknownIts,
            Self::BadSignature | Self::KeyTagMismatch => Validation::InvalidSignature,
            Self::BadEncryptionKey => Validation::InvalidEncryptionKey,
            Self::PermissionsDenied => Validation::DeniedPermissions,
            Self::TooManyTickets => Validation::DeniedTooManyCerts,
            Self::StationNotActive | Self::OutOfSync | Self::BadVerificationKey | Self::Denied(_) => {
                Validation::DeniedRequest
            }
        }
    }

    /// The code that an AA answers to an authorization request for a fault of its own finding.
    #[must_use]
    pub const fn authorization_code(self) -> Authorization {
        match self {
            Self::Unparsable(_) | Self::TooLong(_) => Authorization::ItsAaCantParse,
            Self::WrongContent(_) => Authorization::ItsAaBadContentType,
            Self::NotTheRecipient => Authorization::ItsAaImNotTheRecipient,
            Self::UnknownAlgorithm => Authorization::ItsAaUnknownEncryptionAlgorithm,
            Self::Undecryptable => Authorization::ItsAaDecryptionFailed,
            Self::KeyTagMismatch => Authorization::ItsAaKeysDontMatch,
            // A key that cannot be certified makes the request as unusable as a missing one.
            Self::Incomplete(_) | Self::BadVerificationKey => Authorization::ItsAaIncompleteRequest,
            Self::BadEncryptionKey => Authorization::ItsAaInvalidEncryptionKey,
            Self::OutOfSync => Authorization::ItsAaOutOfSyncRequest,
            Self::UnknownEa => Authorization::ItsAaUnknownEa,
            Self::InvalidEa => Authorization::ItsAaInvalidEa,
            Self::PermissionsDenied | Self::Denied(_) => Authorization::ItsAaDeniedPermissions,
            Self::UnreachableEa => Authorization::AaEaCantReachEa,
            Self::InvalidAa => Authorization::InvalidAa,
            Self::BadAaSignature => Authorization::InvalidAaSignature,
            Self::WrongEa => Authorization::WrongEa,
            Self::UnknownStation | Self::StationNotActive => Authorization::UnknownIts,
            Self::BadSignature => Authorization::InvalidSignature,
            Self::TooManyTickets => Authorization::DeniedTooManyCerts,
        }
    }

    /// The code that an AA answers when the EA's answer has this fault.
    #[must_use]
    pub const fn ea_answer_code(self) -> Authorization {
        match self {
            Self::Unparsable(_) | Self::TooLong(_) | Self::Incomplete(_) => Authorization::EaAaCantParse,
            Self::WrongContent(_) => Authorization::EaAaBadContentType,
            Self::NotTheRecipient => Authorization::EaAaImNotTheRecipient,
            Self::UnknownAlgorithm => Authorization::EaAaUnknownEncryptionAlgorithm,
            Self::Undecryptable => Authorization::EaAaDecryptionFailed,
            // An answer that the EA did not make, made too long ago, or could not be used: nobody was reached.
            Self::BadSignature
            | Self::BadAaSignature
            | Self::OutOfSync
            | Self::UnknownEa
            | Self::InvalidEa
            | Self::UnreachableEa
            | Self::WrongEa
            | Self::InvalidAa
            | Self::UnknownStation
            | Self::StationNotActive
            | Self::BadVerificationKey
            | Self::BadEncryptionKey
            | Self::KeyTagMismatch
            | Self::PermissionsDenied
            | Self::TooManyTickets
            | Self::Denied(_) => Authorization::AaEaCantReachEa,
        }
    }
}

/// The code that an AA passes on for what the EA answered; `None` for a confirmation.
///
/// The codes about octets on the way from AA to EA have no counterpart for the station: it learns that the EA was not
/// reached.
#[must_use]
pub const fn passed_on(answer: Validation) -> Option<Authorization> {
    match answer {
        Validation::Ok => None,
        Validation::CantParse
        | Validation::BadContentType
        | Validation::ImNotTheRecipient
        | Validation::UnknownEncryptionAlgorithm
        | Validation::DecryptionFailed => Some(Authorization::AaEaCantReachEa),
        Validation::InvalidAa => Some(Authorization::InvalidAa),
        Validation::InvalidAaSignature => Some(Authorization::InvalidAaSignature),
        Validation::WrongEa => Some(Authorization::WrongEa),
        Validation::UnknownIts => Some(Authorization::UnknownIts),
        Validation::InvalidSignature => Some(Authorization::InvalidSignature),
        Validation::InvalidEncryptionKey => Some(Authorization::InvalidEncryptionKey),
        Validation::DeniedPermissions | Validation::DeniedRequest => Some(Authorization::DeniedPermissions),
        Validation::DeniedTooManyCerts => Some(Authorization::DeniedTooManyCerts),
    }
}
