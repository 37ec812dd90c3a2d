//! What a certificate may sign of the exchange: its SSP for certificate requests (TS 102 941 table B.5).

use crate::signed::PSID;
use v2x_security::{
    certificate::Certificate,
    permission::{Psid, Ssp},
};

/// One bit of the SSP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Authorization requests: a credential's.
    AuthorizationRequest,
    /// Authorization validation requests: an AA's.
    AuthorizationValidationRequest,
    /// Authorization validation responses: an EA's.
    AuthorizationValidationResponse,
}

impl Right {
    const fn bit(self) -> u8 {
        match self {
            Self::AuthorizationRequest => 0x40,
            Self::AuthorizationValidationRequest => 0x20,
            Self::AuthorizationValidationResponse => 0x08,
        }
    }

    /// Whether the holder of `certificate` has it.
    #[must_use]
    pub fn is_in(self, certificate: &Certificate) -> bool {
        let entry = certificate.app_permissions().and_then(|permissions| permissions.find(Psid(PSID)));
        match entry.and_then(|entry| entry.ssp.as_ref()) {
            Some(Ssp::Bitmap(ssp)) => matches!(**ssp, [1, rights] if rights & self.bit() != 0),
            Some(Ssp::Opaque(_)) | None => false,
        }
    }
}
