//! What a ledger knows of a request.

use crate::{
    codec::{Reader, Writer},
    error::Damage,
    record::Digest,
};

/// What is on record for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    New,
    /// These to-be-signed octets, and no answer yet: they and no others are signed for this request.
    Intended(Vec<u8>),
    /// This answer, which the request gets again.
    Answered(Vec<u8>),
}

/// The same, as it is stored: an answer remembers its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Intended(Vec<u8>),
    Answered { certificate: Option<Digest>, answer: Vec<u8> },
}

impl Stored {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let writer = Writer::default();
        match self {
            Self::Intended(octets) => writer.octet(1).fixed(octets),
            Self::Answered { certificate: None, answer } => writer.octet(2).fixed(answer),
            Self::Answered { certificate: Some(hash), answer } => writer.octet(3).fixed(hash).fixed(answer),
        }
        .done()
    }

    pub(crate) fn decode(octets: &[u8]) -> Result<Self, Damage> {
        let mut reader = Reader::new("a request's entry", octets);
        match reader.octet()? {
            1 => Ok(Self::Intended(reader.rest().to_vec())),
            2 => Ok(Self::Answered { certificate: None, answer: reader.rest().to_vec() }),
            3 => {
                let certificate = Some(reader.digest()?);
                Ok(Self::Answered { certificate, answer: reader.rest().to_vec() })
            }
            _ => Err(Damage::Unreadable("a request's entry")),
        }
    }
}

impl From<Stored> for Standing {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Intended(octets) => Self::Intended(octets),
            Stored::Answered { answer, .. } => Self::Answered(answer),
        }
    }
}
