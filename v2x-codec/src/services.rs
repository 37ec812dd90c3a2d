//! The other services, by the library that has their types: SPATEM, MAPEM, IVIM, SREM, SSEM (TS 103 301 V2.2.1) and CPM
//! (TS 103 324 V2.1.1).
//!
//! [`ServiceMessage::decode`] is the one door to `c-its-parser`, which stands on an older `rasn` than this crate. In front
//! of it is the same limit as in front of our own types ([`MAX_UPER_OCTETS`]); behind it, what was decoded must encode to
//! the octets that came. That refuses whatever that library misreads or drops: octets behind the message, additions of
//! an edition to come (`rasn` 0.28 loses its place behind them), and lists beyond their extensible bound (which `rasn`
//! 0.28 reads but cannot write). A panic in it is a refusal as well.
//!
//! A forged quantity reserves at most one item of its list for each bit of input, and all of it is freed when the list
//! turns out not to be there. The types do not recurse.

mod container;

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use crate::btp::port;
use crate::error::{CodecError, ErrorKind};
use crate::limits::MAX_UPER_OCTETS;

pub use c_its_parser::standards::cpm_2_1_1::cpm_pdu_descriptions::CollectivePerceptionMessage;
pub use c_its_parser::standards::ivim_2_2_1::ivim_pdu_descriptions::IVIM;
pub use c_its_parser::standards::mapem_2_2_1::mapem_pdu_descriptions::MAPEM;
pub use c_its_parser::standards::spatem_2_2_1::spatem_pdu_descriptions::SPATEM;
pub use c_its_parser::standards::srem_2_2_1::srem_pdu_descriptions::SREM;
pub use c_its_parser::standards::ssem_2_2_1::ssem_pdu_descriptions::SSEM;

/// The one `protocolVersion` that these editions have.
const PROTOCOL_VERSION: u8 = 2;

/// The table of services, from which what differs between them is made.
macro_rules! services {
    ($($(#[$doc:meta])* $service:ident($message:ty), $name:literal, $id:literal, $port:expr;)*) => {
        /// A service.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Service { $($(#[$doc])* $service,)* }

        impl Service {
            /// Every service.
            pub const ALL: &[Self] = &[$(Self::$service),*];

            /// The name of its message's ASN.1 type.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$service => $name,)* }
            }

            /// The `messageID` of its messages.
            #[must_use]
            pub const fn message_id(self) -> u8 {
                match self { $(Self::$service => $id,)* }
            }

            /// The BTP destination port of its messages.
            #[must_use]
            pub const fn port(self) -> u16 {
                match self { $(Self::$service => $port,)* }
            }
        }

        /// A message of one of the services.
        #[derive(Clone, Debug, PartialEq)]
        pub enum ServiceMessage { $($(#[$doc])* $service(Box<$message>),)* }

        impl ServiceMessage {
            /// Which service it is of.
            #[must_use]
            pub const fn service(&self) -> Service {
                match self { $(Self::$service(_) => Service::$service,)* }
            }

            fn foreign_decode(service: Service, octets: &[u8]) -> Result<Self, String> {
                match service {
                    $(Service::$service => {
                        <$message>::decode_from_uper(octets).map(|message| Self::$service(Box::new(message)))
                    })*
                }
            }

            fn foreign_encode(&self) -> Result<Vec<u8>, String> {
                match self { $(Self::$service(message) => message.encode_to_uper().map(Into::into),)* }
            }

            fn foreign_json(&self) -> Result<String, String> {
                match self { $(Self::$service(message) => message.encode_to_jer_str(),)* }
            }
        }
    };
}

services! {
    /// Signal phase and timing.
    Spatem(SPATEM), "SPATEM", 4, port::SPATEM;
    /// Road and lane topology.
    Mapem(MAPEM), "MAPEM", 5, port::MAPEM;
    /// Infrastructure to vehicle information.
    Ivim(IVIM), "IVIM", 6, port::IVIM;
    /// Traffic light requests.
    Srem(SREM), "SREM", 9, port::SREM;
    /// Traffic light request status.
    Ssem(SSEM), "SSEM", 10, port::SSEM;
    /// Collective perception.
    Cpm(CollectivePerceptionMessage), "CollectivePerceptionMessage", 14, port::CPM;
}

impl Service {
    /// The service whose messages start like `octets`.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] without a header, [`ErrorKind::Unsupported`] for another message or version.
    pub fn of_header(octets: &[u8]) -> Result<Self, CodecError> {
        let [version, id, ..] = *octets else {
            return Err(CodecError::new(ErrorKind::Truncated, "ItsPduHeader", octets.len()));
        };
        let unknown = CodecError::new(ErrorKind::Unsupported, "messageID", 1);
        let service = Self::ALL.iter().find(|service| service.message_id() == id).ok_or(unknown)?;
        if version != PROTOCOL_VERSION {
            return Err(CodecError::new(ErrorKind::Unsupported, "protocolVersion", 0));
        }
        Ok(*service)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ServiceMessage {
    /// The message that `octets` hold, all of them, by what its header says.
    ///
    /// # Errors
    /// [`ErrorKind::TooMany`] beyond [`MAX_UPER_OCTETS`], those of [`Service::of_header`], [`ErrorKind::NotOfType`] when
    /// the library refuses them, [`ErrorKind::TrailingOctets`] for what follows the message, and
    /// [`ErrorKind::Inconsistent`] when it would encode to other octets, or the library panics.
    pub fn decode(octets: &[u8]) -> Result<Self, CodecError> {
        if octets.len() > MAX_UPER_OCTETS {
            return Err(CodecError::new(ErrorKind::TooMany, "ItsPduHeader", MAX_UPER_OCTETS));
        }
        let service = Service::of_header(octets)?;
        let message = guarded(service, ErrorKind::NotOfType, || Self::foreign_decode(service, octets))?;
        let again = guarded(service, ErrorKind::Inconsistent, || message.foreign_encode())?;
        let kind = match octets.strip_prefix(again.as_slice()) {
            Some([]) => return Ok(message),
            Some(rest) => ErrorKind::TrailingOctets(rest.len()),
            None => ErrorKind::Inconsistent,
        };
        Err(CodecError::new(kind, service.name(), 0))
    }

    /// The octets of the message.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] when a value breaks its constraint, and those of [`decode`](Self::decode), which must
    /// read them.
    pub fn encode(&self) -> Result<Vec<u8>, CodecError> {
        let octets = guarded(self.service(), ErrorKind::OutOfRange, || self.foreign_encode())?;
        Self::decode(&octets).map(|_| octets)
    }

    /// The message as JSON with its ASN.1 names. The containers of a CPM stand in the place of their octets.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] when it holds something that the library cannot show.
    pub fn to_json(&self) -> Result<Value, CodecError> {
        let text = guarded(self.service(), ErrorKind::Unsupported, || self.foreign_json())?;
        let failed = CodecError::new(ErrorKind::Unsupported, self.service().name(), 0);
        let mut fields = serde_json::from_str(&text).map_err(|_| failed)?;
        if let Self::Cpm(message) = self {
            container::open(message, &mut fields);
        }
        Ok(fields)
    }
}

/// Runs foreign code: its error is one of `kind`, and a panic in it is one as well. Nothing that it may have left half
/// done is looked at behind a panic.
fn guarded<T>(
    service: Service,
    kind: ErrorKind,
    run: impl FnOnce() -> Result<T, String>,
) -> Result<T, CodecError> {
    let failed = |kind| CodecError::new(kind, service.name(), 0);
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result.map_err(|_| failed(kind)),
        Err(_) => Err(failed(ErrorKind::Inconsistent)),
    }
}
