//! The secret that opens a token.

use crate::error::Pkcs11Error;
use cryptoki::types::AuthPin;
use std::str;

/// A PIN. Neither printable nor clonable; wiped when dropped.
pub struct Pin(AuthPin);

impl Pin {
    /// The PIN in `octets`, which the caller should wipe.
    ///
    /// # Errors
    /// [`Pkcs11Error::PinNotText`] if they are not UTF-8, which PKCS#11 asks for, or there are none.
    pub fn new(octets: &[u8]) -> Result<Self, Pkcs11Error> {
        match str::from_utf8(octets) {
            // A box is made in the right size, so no copy is left behind by growing.
            Ok(text) if !text.is_empty() => Ok(Self(AuthPin::new(Box::from(text)))),
            Ok(_) | Err(_) => Err(Pkcs11Error::PinNotText),
        }
    }

    pub(crate) const fn secret(&self) -> &AuthPin {
        &self.0
    }
}
