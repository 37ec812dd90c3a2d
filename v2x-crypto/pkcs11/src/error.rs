//! The one error of this crate.

use crate::{
    KeyName,
    limits::{MAX_KEY_NAME, MAX_SESSIONS, MAX_TOKEN_LABEL, SESSION_PATIENCE},
};
use cryptoki::error::{Error as Raw, RvError};
use std::{fmt, path::PathBuf};
use thiserror::Error;
use v2x_crypto::{CryptoError, Curve};

/// Why a token did not do what it was asked for. No variant holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Pkcs11Error {
    /// The module's library cannot be loaded or initialised.
    #[error("the PKCS#11 module {} cannot be used: {reason}", module.display())]
    Module {
        /// Its file.
        module: PathBuf,
        /// What the loader or the module says.
        reason: String,
    },
    /// A label, id or number of sessions is out of bounds.
    #[error(
        "out of bounds: a token's label has 1 to {MAX_TOKEN_LABEL} octets, a key's label or id 1 to {MAX_KEY_NAME}, and \
         there are 1 to {MAX_SESSIONS} sessions"
    )]
    Bounds,
    /// The PIN is empty or not UTF-8.
    #[error("the PIN is empty or not UTF-8 text")]
    PinNotText,
    /// The module has no token with this label.
    #[error("no token {token:?} in {}", module.display())]
    NoToken {
        /// The label.
        token: String,
        /// Where it was looked for.
        module: PathBuf,
    },
    /// Several tokens of the module have this label.
    #[error("several tokens {token:?} in {}: one of them needs another label", module.display())]
    ManyTokens {
        /// The label.
        token: String,
        /// Where they are.
        module: PathBuf,
    },
    /// The token does not take the PIN. Asking again can lock it.
    #[error("token {token:?} does not take the PIN: {returned}")]
    Login {
        /// The token.
        token: String,
        /// What it said.
        returned: Returned,
    },
    /// The token has no such key.
    #[error("token {token:?} has no {half} key {key}")]
    NoKey {
        /// The token.
        token: String,
        /// What was looked for.
        key: KeyName,
        /// The half of the key pair: "private" or "public".
        half: &'static str,
    },
    /// Several keys go by this name.
    #[error("token {token:?} has several {half} keys {key}: which one is meant cannot be told")]
    ManyKeys {
        /// The token.
        token: String,
        /// What was looked for.
        key: KeyName,
        /// The half of the key pair: "private" or "public".
        half: &'static str,
    },
    /// A key by this name is there already, so none is made.
    #[error("token {token:?} has a key {key} already")]
    KeyExists {
        /// The token.
        token: String,
        /// The name.
        key: KeyName,
    },
    /// The key is on another curve than it should be.
    #[error("key {key} of token {token:?} is on {found}, not on {expected}")]
    WrongCurve {
        /// The token.
        token: String,
        /// The key.
        key: KeyName,
        /// The curve that is needed.
        expected: Curve,
        /// The curve that it has.
        found: Curve,
    },
    /// The key is on a curve that is none of the four, or gives its curve by parameters instead of its name.
    #[error("key {key} of token {token:?} is not on one of the four curves by name")]
    UnknownCurve {
        /// The token.
        token: String,
        /// The key.
        key: KeyName,
    },
    /// What the token says is the public key is no point of its curve, or what it made is no signature.
    #[error("key {key} of token {token:?}: what the token gave is not usable: {reason}")]
    Unusable {
        /// The token.
        token: String,
        /// The key.
        key: KeyName,
        /// What is wrong with it.
        reason: CryptoError,
    },
    /// The private key and the public key by this name do not belong together.
    #[error("the private and the public key {key} of token {token:?} do not belong together")]
    NotAPair {
        /// The token.
        token: String,
        /// The key.
        key: KeyName,
    },
    /// The session with the token is lost: it was taken out, reset, or its keys were changed.
    #[error("the session with token {token:?} is lost{}: {returned}; the next request opens one anew", of(key.as_ref()))]
    Lost {
        /// The token.
        token: String,
        /// The key that was used.
        key: Option<KeyName>,
        /// What it said.
        returned: Returned,
    },
    /// Every session is in use, and none came free in time.
    #[error("all {sessions} sessions with token {token:?} are in use for {} s", SESSION_PATIENCE.as_secs())]
    Busy {
        /// The token.
        token: String,
        /// How many there are.
        sessions: usize,
    },
    /// The token refused something, and the session goes on.
    #[error("token {token:?} refused{}: {returned}", of(key.as_ref()))]
    Refused {
        /// The token.
        token: String,
        /// The key that was used.
        key: Option<KeyName>,
        /// What it said.
        returned: Returned,
    },
}

fn of(key: Option<&KeyName>) -> String {
    key.map(|key| format!(" (key {key})")).unwrap_or_default()
}

impl Pkcs11Error {
    /// Whether the same may succeed later: the token may come back, a session may come free.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::Busy { .. } | Self::NoToken { .. })
    }

    /// Itself in the words that a [`CryptoError`] has room for. The whole of it goes to the log: whoever called through a
    /// trait never sees it.
    pub(crate) fn logged(&self) -> CryptoError {
        tracing::error!(reason = %self, "a key in hardware failed");
        CryptoError::Backend(match self {
            Self::Lost { .. } => "the session with the hardware token is lost",
            Self::NoToken { .. } => "the hardware token is not there",
            Self::Busy { .. } => "every session with the hardware token is in use",
            Self::Login { .. } => "the hardware token does not take the PIN",
            Self::Module { .. }
            | Self::Bounds
            | Self::PinNotText
            | Self::ManyTokens { .. }
            | Self::NoKey { .. }
            | Self::ManyKeys { .. }
            | Self::KeyExists { .. }
            | Self::WrongCurve { .. }
            | Self::UnknownCurve { .. }
            | Self::Unusable { .. }
            | Self::NotAPair { .. }
            | Self::Refused { .. } => "the hardware token refused; the log says what",
        })
    }
}

/// What a function of PKCS#11 returned: `C_Sign: CKR_DEVICE_REMOVED`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    function: String,
    value: String,
}

impl Returned {
    /// The function, such as `C_Sign`; empty where the fault is in what was handed over.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.function
    }

    /// The return value, such as `CKR_DEVICE_REMOVED`.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl From<&Raw> for Returned {
    fn from(error: &Raw) -> Self {
        let Raw::Pkcs11(value, function) = error else {
            return Self { function: String::new(), value: error.to_string() };
        };
        Self { function: format!("C_{function:?}"), value: value_name(*value) }
    }
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.function.as_str() {
            "" => f.write_str(&self.value),
            function => write!(f, "{function} returned {}", self.value),
        }
    }
}

/// The standard's name of a return value, from the name of the variant.
fn value_name(value: RvError) -> String {
    if let RvError::VendorDefined(code) | RvError::UnknownErrorCode(code) = value {
        return format!("{code:#010x}");
    }
    let mut name = "CKR".to_owned();
    for letter in format!("{value:?}").chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// Whether a session that says this, and every other one with the same token, is of no more use.
pub(crate) fn is_lost(error: &Raw) -> bool {
    let Raw::Pkcs11(value, _) = error else { return false };
    LOST.contains(value)
}

/// Values after which a session is not used again. Handles of objects are among them: an object that a session has found
/// keeps its handle as long as both live, so one that is invalid says that the token is not what it was.
const LOST: &[RvError] = &[
    RvError::CryptokiNotInitialized,
    RvError::DeviceError,
    RvError::DeviceMemory,
    RvError::DeviceRemoved,
    RvError::FunctionFailed,
    RvError::GeneralError,
    RvError::KeyHandleInvalid,
    RvError::ObjectHandleInvalid,
    RvError::OperationActive,
    RvError::SessionClosed,
    RvError::SessionHandleInvalid,
    RvError::SlotIdInvalid,
    RvError::TokenNotPresent,
    RvError::TokenNotRecognized,
    RvError::UserNotLoggedIn,
];

#[cfg(test)]
mod tests {
    use super::*;
    use cryptoki::context::Function;

    #[test]
    fn a_return_value_has_its_standard_name() {
        let returned = |value| Returned::from(&Raw::Pkcs11(value, Function::Login)).to_string();
        assert_eq!(returned(RvError::PinIncorrect), "C_Login returned CKR_PIN_INCORRECT");
        assert_eq!(returned(RvError::SessionHandleInvalid), "C_Login returned CKR_SESSION_HANDLE_INVALID");
        assert_eq!(returned(RvError::VendorDefined(0x8000_0001)), "C_Login returned 0x80000001");
    }

    #[test]
    fn what_a_session_survives_is_no_loss() {
        let lost = |value| is_lost(&Raw::Pkcs11(value, Function::Sign));
        assert!(lost(RvError::DeviceRemoved) && lost(RvError::SessionHandleInvalid));
        assert!(!lost(RvError::MechanismInvalid) && !lost(RvError::KeyFunctionNotPermitted));
    }
}
