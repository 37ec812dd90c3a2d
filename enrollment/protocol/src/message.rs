//! `EtsiTs102941Data`: the message inside the envelopes (TS 102 941 clause 6.2.0.1).

use crate::Fault;
use v2x_codec::{
    ieee1609dot2::{decode, encode},
    ts102941::{EtsiTs102941Data, EtsiTs102941DataContent},
};

/// The octets of a message.
///
/// # Errors
/// [`Fault::Unparsable`] when the content breaks its own rules.
pub fn to_octets(content: EtsiTs102941DataContent) -> Result<Vec<u8>, Fault> {
    Ok(encode(&EtsiTs102941Data::new(content))?)
}

/// The message in `octets`.
///
/// # Errors
/// [`Fault::Unparsable`], or [`Fault::UnknownAlgorithm`] for the messages that this edition does not support.
pub fn from_octets(octets: &[u8]) -> Result<EtsiTs102941DataContent, Fault> {
    let message: EtsiTs102941Data = decode(octets).map_err(Fault::Unparsable)?;
    Ok(message.content)
}
