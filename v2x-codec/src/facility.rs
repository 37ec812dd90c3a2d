//! What all facility messages share: a header that says which message it is, and one way in and out.

use rasn::{Decode, Encode};
use serde_json::Value;

use crate::error::{CodecError, ErrorKind};
use crate::{json, uper};

/// A message of the facilities layer, headed by an `ItsPduHeader`.
pub trait FacilityMessage: Decode + Encode {
    /// The name of its ASN.1 type.
    const NAME: &'static str;
    /// The `messageID` that its header must have.
    const MESSAGE_ID: u8;
    /// The `protocolVersion` that its header must have.
    const PROTOCOL_VERSION: u8;

    /// The header: protocolVersion and messageID.
    fn version_and_id(&self) -> (u8, u8);

    /// Makes extension groups absent that are there and hold nothing: who sends one says nothing by it, and an encoder leaves it
    /// out.
    fn normalise(&mut self) {}

    /// The message as JSON with its ASN.1 names.
    ///
    /// # Errors
    /// Those of [`json::to_json`].
    fn to_json(&self) -> Result<Value, CodecError> {
        json::to_json(self, Self::NAME)
    }
}

/// The message that `octets` hold, which must also say that it is that message.
///
/// # Errors
/// Those of [`uper::decode`], and of [`check_header`].
pub fn decode<M: FacilityMessage>(octets: &[u8]) -> Result<M, CodecError> {
    let mut message: M = uper::decode(octets, M::NAME)?;
    message.normalise();
    let (version, id) = message.version_and_id();
    check_header(version, id, (M::PROTOCOL_VERSION, M::MESSAGE_ID))?;
    Ok(message)
}

/// The octets of `message`.
///
/// # Errors
/// Those of [`uper::encode`].
pub fn encode<M: FacilityMessage>(message: &M) -> Result<Vec<u8>, CodecError> {
    uper::encode(message, M::NAME)
}

/// Refuses a header of another message or version than `expected`.
///
/// # Errors
/// [`ErrorKind::Unsupported`] at the octet that differs.
pub fn check_header(version: u8, id: u8, expected: (u8, u8)) -> Result<(), CodecError> {
    if version != expected.0 {
        return Err(CodecError::new(ErrorKind::Unsupported, "protocolVersion", 0));
    }
    if id != expected.1 {
        return Err(CodecError::new(ErrorKind::Unsupported, "messageID", 1));
    }
    Ok(())
}
