//! What the two ends of a link say to each other.
//!
//! | on | message | octets |
//! | --- | --- | --- |
//! | the control stream, which the drone opens | each | length (2), kind (1), body |
//! | | hello, 1 | `Ieee1609Dot2Data`, see [`crate::hello`] |
//! | | outcome, 2 | lane (1), number (8), outcome (1) |
//! | a stream a lane and a direction | the first octet | lane (1) |
//! | | each message | length (2), number (8), sent (8), MAVLink 2 frame |
//! | datagrams | each | number (8), sent (8), MAVLink 2 frame |
//!
//! Numbers are big-endian; times are `Time64`. Nothing here is believed for what it says: the hello is verified, and the rest
//! comes over a connection that the hello is bound to.

use thiserror::Error;
use v2x_codec::time::Time64;

use crate::lane::{Lane, Outcome};
use crate::limits::MAX_CONTROL_OCTETS;

/// The name of this protocol in TLS's application layer protocol negotiation (RFC 7301).
pub const ALPN: &[u8] = b"wayseal-link/1";

/// The label under which both ends export the secret that a hello is bound to (RFC 8446 section 7.5). The context is the octet
/// of the role whose hello it is.
pub const EXPORTER_LABEL: &[u8] = b"EXPORTER-wayseal-link-1";

/// A message on the control stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// Who speaks, signed.
    Hello(Vec<u8>),
    /// What became of a message on a lane.
    Outcome {
        /// Which lane.
        lane: Lane,
        /// Which message.
        number: u64,
        /// What became of it.
        outcome: Outcome,
    },
}

/// A message on a lane, or in a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered<'a> {
    /// Its place.
    pub number: u64,
    /// When it was sent, by the sender's clock.
    pub sent: Time64,
    /// A MAVLink frame.
    pub frame: &'a [u8],
}

/// What the peer sent has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the peer sent {0}")]
pub struct WireError(pub &'static str);

const HELLO: u8 = 1;
const OUTCOME: u8 = 2;

impl Control {
    /// Its octets, without the length in front.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello(signed) => [&[HELLO], signed.as_slice()].concat(),
            Self::Outcome { lane, number, outcome } => {
                let mut out = vec![OUTCOME, lane.number()];
                out.extend(number.to_be_bytes());
                out.push(outcome_number(*outcome));
                out
            }
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn parse(octets: &[u8]) -> Result<Self, WireError> {
        match octets {
            [HELLO, signed @ ..] if signed.len() <= MAX_CONTROL_OCTETS => Ok(Self::Hello(signed.to_vec())),
            [OUTCOME, lane, number @ .., outcome] => {
                let lane = Lane::numbered(*lane).ok_or(WireError("the outcome of a lane that is none"))?;
                let number = number.try_into().map_err(|_| WireError("an outcome of another length"))?;
                let outcome = outcome_numbered(*outcome).ok_or(WireError("an outcome that is none"))?;
                Ok(Self::Outcome { lane, number: u64::from_be_bytes(number), outcome })
            }
            _ => Err(WireError("a control message that is none")),
        }
    }
}

const fn outcome_number(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Delivered => 0,
        Outcome::Expired => 1,
        Outcome::Refused => 2,
        Outcome::Unknown => 3,
    }
}

fn outcome_numbered(number: u8) -> Option<Outcome> {
    // That nobody knows is no answer: a receiver knows.
    [Outcome::Delivered, Outcome::Expired, Outcome::Refused]
        .into_iter()
        .find(|outcome| outcome_number(*outcome) == number)
}

impl<'a> Numbered<'a> {
    /// Its octets, without a length in front.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let head = [self.number.to_be_bytes(), self.sent.micros().to_be_bytes()].concat();
        [&head, self.frame].concat()
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn parse(octets: &'a [u8]) -> Result<Self, WireError> {
        let short = WireError("a message that is too short");
        let (number, rest) = octets.split_first_chunk().ok_or(short)?;
        let (sent, frame) = rest.split_first_chunk().ok_or(short)?;
        let sent = Time64::from_micros(u64::from_be_bytes(*sent));
        Ok(Self { number: u64::from_be_bytes(*number), sent, frame })
    }
}

/// Cuts a stream into messages by the lengths in front of them.
#[derive(Debug)]
pub struct Splitter {
    waiting: Vec<u8>,
    limit: usize,
}

impl Splitter {
    /// For messages of at most `limit` octets.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { waiting: Vec::new(), limit }
    }

    /// Takes in octets.
    pub fn push(&mut self, octets: &[u8]) {
        self.waiting.extend_from_slice(octets);
    }

    /// The next message that is whole.
    ///
    /// # Errors
    /// [`WireError`] for one that is longer than any is.
    pub fn take(&mut self) -> Result<Option<Vec<u8>>, WireError> {
        let Some((length, rest)) = self.waiting.split_first_chunk() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes(*length));
        if length > self.limit {
            return Err(WireError("a message that is longer than any is"));
        }
        let Some(message) = rest.get(..length).map(<[u8]>::to_vec) else { return Ok(None) };
        self.waiting.drain(..2 + length);
        Ok(Some(message))
    }
}

/// A message with its length in front, as streams carry it.
///
/// # Errors
/// [`WireError`] for one that is too long.
pub fn prefixed(message: &[u8]) -> Result<Vec<u8>, WireError> {
    let length =
        u16::try_from(message.len()).map_err(|_| WireError("a message that is longer than any is"))?;
    Ok([&length.to_be_bytes(), message].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_message_is_refused() {
        for octets in
            [&[][..], &[0], &[3, 1], &[2], &[2, 0], &[2, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[2, 0, 1, 0]]
        {
            assert!(Control::parse(octets).is_err(), "{octets:?}");
        }
        let unknown = Control::Outcome { lane: Lane::Bulk, number: 1, outcome: Outcome::Unknown };
        assert!(Control::parse(&unknown.encode()).is_err());
        assert!(Numbered::parse(&[0; 15]).is_err());
        let mut splitter = Splitter::new(10);
        splitter.push(&[0, 11]);
        assert!(splitter.take().is_err());
        assert!(prefixed(&[0; 65_536]).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number: u64, sent: u64, frame in proptest::collection::vec(any::<u8>(), 0..300)) {
            let message = Numbered { number, sent: Time64::from_micros(sent), frame: &frame };
            let octets = message.encode();
            prop_assert_eq!(Numbered::parse(&octets), Ok(message.clone()));
            for control in [
                Control::Hello(frame.clone()),
                Control::Outcome { lane: Lane::Urgent, number, outcome: Outcome::Expired },
            ] {
                prop_assert_eq!(Control::parse(&control.encode()), Ok(control));
            }
        }

        #[test]
        fn it_does_not_matter_how_a_stream_is_cut(
            messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 0..10), cut in 1..20_usize,
        ) {
            let stream: Vec<u8> = messages.iter().flat_map(|message| prefixed(message).unwrap()).collect();
            let (mut splitter, mut found) = (Splitter::new(50), Vec::new());
            for chunk in stream.chunks(cut) {
                splitter.push(chunk);
                while let Some(message) = splitter.take().unwrap() { found.push(message); }
            }
            prop_assert_eq!(found, messages);
            prop_assert!(splitter.waiting.is_empty());
        }

        #[test]
        fn no_octets_bring_it_down(octets in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = (Control::parse(&octets), Numbered::parse(&octets));
        }
    }
}
