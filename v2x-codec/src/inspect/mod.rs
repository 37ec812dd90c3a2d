//! What some octets are, and every field in them, for people to read.
//!
//! The tree is JSON: a SEQUENCE is an object with its identifiers, a CHOICE an object with one of them, octets are
//! hex digits. A payload that is recognised stands in the place of its octets, as an object with its type as name.
//! Nothing here is verified.

mod facility;
mod network;
mod tree;

use core::fmt;

use serde_json::{Value, json};

use crate::coer::schema::{
    CERTIFICATE, CRL_CONTENTS, CTL_FORMAT, ETSI_TS102941_DATA, IEEE1609_DOT2_DATA, INNER_AT_REQUEST,
    INNER_EC_REQUEST, SHARED_AT_REQUEST, TO_BE_SIGNED_CRL, Type,
};
use crate::error::CodecError;
use crate::limits::MAX_NESTING;
use crate::view::{NetworkPdu, Signed};

/// Octets that were recognised.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// What they are.
    pub kind: Kind,
    /// Every field.
    pub fields: Value,
}

/// What octets can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A GeoNetworking packet.
    GeoNetworkingPacket,
    /// A type in canonical OER, by its name in the ASN.1: `Certificate`, `Ieee1609Dot2Data`, `CtlFormat`…
    Coer(&'static str),
    /// A facility message in unaligned PER, by its name: `CAM`, `DENM`, `VAM`, and with the feature `services`
    /// `SPATEM` and the others.
    Facility(&'static str),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GeoNetworkingPacket => f.write_str("GeoNetworking packet"),
            Self::Coer(name) | Self::Facility(name) => f.write_str(name),
        }
    }
}

/// The types that octets are tried as, those that tell themselves apart best first.
static CANDIDATES: [&Type; 9] = [
    &IEEE1609_DOT2_DATA,
    &CERTIFICATE,
    &ETSI_TS102941_DATA,
    &CTL_FORMAT,
    &TO_BE_SIGNED_CRL,
    &CRL_CONTENTS,
    &INNER_EC_REQUEST,
    &INNER_AT_REQUEST,
    &SHARED_AT_REQUEST,
];

/// Recognises `octets` and names every field in them.
///
/// # Errors
/// When they are nothing that is known: the error of the type that was read farthest.
pub fn inspect(octets: &[u8]) -> Result<Inspection, CodecError> {
    let network = match network::packet(octets) {
        Ok(fields) => return Ok(Inspection { kind: Kind::GeoNetworkingPacket, fields }),
        Err(error) => error,
    };
    let mut farthest = network;
    for schema in CANDIDATES {
        match coer(schema, octets, MAX_NESTING) {
            Ok(fields) => return Ok(Inspection { kind: Kind::Coer(schema.name), fields }),
            Err(error) if error.offset > farthest.offset => farthest = error,
            Err(_) => {}
        }
    }
    let message = facility::message(octets, None).ok_or(farthest)?;
    Ok(Inspection { kind: Kind::Facility(message.0), fields: message.1 })
}

/// The name of the facility message that signed data carries in a GeoNetworking payload, when that is known.
#[must_use]
pub fn facility_message(signed: &Signed<'_>) -> Option<&'static str> {
    let pdu = NetworkPdu::parse(signed.payload.unsecured()?).ok()?;
    let (btp, octets) = pdu.btp().ok()??;
    facility::message(octets, Some(btp.destination_port())).map(|(name, _)| name)
}

/// The fields of a value in canonical OER; payloads are looked into `depth` times.
fn coer(schema: &'static Type, octets: &[u8], depth: u8) -> Result<Value, CodecError> {
    let mut fields = tree::build(schema, octets)?;
    look_into_payloads(&mut fields, depth);
    Ok(fields)
}

/// Puts what payloads of signed data hold in the place of their octets.
fn look_into_payloads(value: &mut Value, depth: u8) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| look_into_payloads(item, depth)),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                // The inside first: what is put in has been looked into already, by its own count.
                look_into_payloads(field, depth);
                if name == "signedData" {
                    look_into_signed(field, depth);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn look_into_signed(signed: &mut Value, depth: u8) {
    let psid = signed.pointer("/tbsData/headerInfo/psid").and_then(Value::as_u64);
    let Some(payload) = signed.pointer_mut("/tbsData/payload/data/content/unsecuredData") else { return };
    let octets = payload.as_str().and_then(tree::octets);
    let known = octets.and_then(|octets| recognised(psid, &octets, depth.checked_sub(1)?));
    if let Some((name, fields)) = known {
        *payload = json!({ name: fields });
    }
}

/// A payload by the application that it was signed for.
fn recognised(psid: Option<u64>, octets: &[u8], depth: u8) -> Option<(&'static str, Value)> {
    let candidates: &[&Type] = match psid {
        Some(256) => &[&CRL_CONTENTS],
        Some(622 | 624) => &[&ETSI_TS102941_DATA],
        Some(623) => &[&ETSI_TS102941_DATA, &INNER_EC_REQUEST],
        Some(_) | None => return network::pdu(octets).or_else(|| facility::message(octets, None)),
    };
    candidates.iter().find_map(|schema| Some((schema.name, coer(schema, octets, depth).ok()?)))
}
