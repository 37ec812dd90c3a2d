//! MAVLink 2 signatures on the local side: between a gateway and the autopilot or ground station beside it.
//!
//! They protect a serial line or a local network with one shared key, and know no rights: what is sent over the link is
//! protected by the tickets instead, so the key never leaves its side.
//!
//! A signature is the first 48 bits of SHA-256 over key, frame, link id and timestamp. Timestamps only go up, of each signer
//! by itself, also over a restart: [`SigningState`] is what must be on disk for that, and reserves what the next seconds need. So
//! it is saved before the first frame and each second from then on; a process that cannot save it soon signs and believes
//! nothing more.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use v2x_codec::time::Time64;
use v2x_crypto::sha256;
use zeroize::Zeroizing;

use crate::frame::{Frame, FrameError};
use crate::limits::MAX_SIGNING_STREAMS;

/// Units of 10 µs in a second.
const SECOND: u64 = 100_000;
/// A signer that was not heard before may be this far behind (MAVLink, message signing): a minute.
const NEW_STREAM_LAG: u64 = 60 * SECOND;
/// How far beyond the present a save reserves timestamps. Saved each second, there is room for a disk that hesitates; after a
/// crash it is how long signers wait until they are believed again.
const RESERVE: u64 = 3 * SECOND;
/// What a timestamp has room for.
const MAX_TIMESTAMP: u64 = (1 << 48) - 1;
/// Seconds from the epoch of [`Time64`] (2004-01-01) to that of MAVLink's timestamps (2015-01-01 00:00 UTC), in TAI: 4018 days
/// and the three leap seconds of 2005, 2008 and 2012.
const EPOCH_SECONDS: u64 = 4018 * 86_400 + 3;

/// A shared key of 32 octets. It has no Debug, and is gone from memory when it is dropped.
pub struct SigningKey(Zeroizing<[u8; 32]>);

impl SigningKey {
    /// A key as it is.
    #[must_use]
    pub fn new(octets: Zeroizing<[u8; 32]>) -> Self {
        Self(octets)
    }

    /// The key of a passphrase, as MAVProxy, Mission Planner and QGroundControl derive it: its SHA-256.
    #[must_use]
    pub fn of_passphrase(passphrase: &[u8]) -> Self {
        Self(Zeroizing::new(sha256(passphrase)))
    }

    fn value(&self, signed: &[u8], link: u8, timestamp: u64) -> [u8; 6] {
        let [a, b, c, d, e, f, ..] = timestamp.to_le_bytes();
        let mut input = Zeroizing::new(Vec::with_capacity(self.0.len() + signed.len() + 7));
        input.extend_from_slice(&*self.0);
        input.extend_from_slice(signed);
        input.extend_from_slice(&[link, a, b, c, d, e, f]);
        let [a, b, c, d, e, f, ..] = sha256(&input);
        [a, b, c, d, e, f]
    }
}

/// What survives a restart: timestamps up to these may have been used, so they are not used again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningState {
    /// To sign.
    own: u64,
    /// By each signer: link, system, component.
    heard: Vec<(u8, u8, u8, u64)>,
}

/// Why a frame is not believed, or not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SigningError {
    /// It has no signature.
    #[error("the frame is not signed")]
    Unsigned,
    /// Another key, or it was changed.
    #[error("the signature is not that of the key")]
    BadSignature,
    /// This timestamp or a later one was seen, so the frame is a replay.
    #[error("the timestamp {found} is not after {last}: a replay")]
    Replayed {
        /// That of the frame.
        found: u64,
        /// The last that was seen.
        last: u64,
    },
    /// A signer that was not heard before is more than a minute behind.
    #[error("the timestamp {found} of a new signer is more than a minute before {now}")]
    TooOld {
        /// That of the frame.
        found: u64,
        /// Our own.
        now: u64,
    },
    /// More signers than are remembered.
    #[error("more than {MAX_SIGNING_STREAMS} signers")]
    TooManySigners,
    /// The timestamp is beyond what is reserved on disk: after a restart it could be used again. The next save reserves more.
    #[error("the timestamp is beyond what was reserved on disk; the next save reserves more")]
    NotReserved,
    /// There is no such frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Signs what goes to the local side, and checks what comes from there.
pub struct LocalSigning {
    key: SigningKey,
    link: u8,
    own: Counter,
    heard: HashMap<(u8, u8, u8), Counter>,
}

/// Timestamps of one signer.
#[derive(Clone, Copy, Default)]
struct Counter {
    last: u64,
    /// The latest that was asked for, reserved or not.
    wanted: u64,
    /// The latest that may be used, since it is on disk.
    reserved: u64,
}

impl Counter {
    const fn resumed(saved: u64) -> Self {
        Self { last: saved, wanted: saved, reserved: saved }
    }

    fn advance(&mut self, found: u64) -> Result<(), SigningError> {
        if found <= self.last {
            return Err(SigningError::Replayed { found, last: self.last });
        }
        self.wanted = self.wanted.max(found);
        if found > self.reserved {
            return Err(SigningError::NotReserved);
        }
        self.last = found;
        Ok(())
    }

    fn reserve(&self, now: u64) -> u64 {
        self.wanted.max(now).saturating_add(RESERVE).min(MAX_TIMESTAMP)
    }
}

impl LocalSigning {
    /// Goes on from what was saved; from [`SigningState::default`] where nothing was. `link` tells this signer from others with
    /// the same system and component.
    #[must_use]
    pub fn resume(key: SigningKey, link: u8, state: &SigningState) -> Self {
        let heard = state.heard.iter().take(MAX_SIGNING_STREAMS);
        let heard = heard
            .map(|(link, system, component, saved)| ((*link, *system, *component), Counter::resumed(*saved)));
        Self { key, link, own: Counter::resumed(state.own), heard: heard.collect() }
    }

    /// What is to be saved now, so that the next seconds can sign and believe. Once it is on disk, [`saved`](Self::saved) is told.
    #[must_use]
    pub fn reservation(&self, now: Time64) -> SigningState {
        let now = timestamp(now);
        self.state(|counter| counter.reserve(now))
    }

    /// What is to be saved last of all: nothing is signed or believed after it, so nothing is reserved.
    #[must_use]
    pub fn into_final(self) -> SigningState {
        self.state(|counter| counter.last)
    }

    fn state(&self, of: impl Fn(&Counter) -> u64) -> SigningState {
        let heard = self.heard.iter();
        let heard =
            heard.map(|((link, system, component), counter)| (*link, *system, *component, of(counter)));
        SigningState { own: of(&self.own), heard: heard.collect() }
    }

    /// This is on disk.
    pub fn saved(&mut self, state: &SigningState) {
        self.own.reserved = state.own;
        for (link, system, component, saved) in &state.heard {
            if let Some(counter) = self.heard.get_mut(&(*link, *system, *component)) {
                counter.reserved = *saved;
            }
        }
    }

    /// The octets of a frame with a signature.
    ///
    /// # Errors
    /// [`SigningError::NotReserved`]; [`SigningError::Frame`].
    pub fn sign(&mut self, frame: &Frame, now: Time64) -> Result<Vec<u8>, SigningError> {
        let mut octets = frame.encode_to_sign()?;
        let timestamp = timestamp(now).max(self.own.last.saturating_add(1)).min(MAX_TIMESTAMP);
        self.own.advance(timestamp)?;
        let value = self.key.value(&octets, self.link, timestamp);
        let [a, b, c, d, e, f, ..] = timestamp.to_le_bytes();
        octets.extend([self.link, a, b, c, d, e, f]);
        octets.extend(value);
        Ok(octets)
    }

    /// Checks the signature of a frame and that it is no replay.
    ///
    /// # Errors
    /// [`SigningError`]. A signer that is heard for the first time is believed from the next save on.
    pub fn check(&mut self, frame: &Frame, now: Time64) -> Result<(), SigningError> {
        let signature = frame.signature.as_ref().ok_or(SigningError::Unsigned)?;
        let found = signature.timestamp;
        let expected = self.key.value(&signature.signed, signature.link, found);
        if !bool::from(expected.ct_eq(&signature.value)) {
            return Err(SigningError::BadSignature);
        }
        let stream = (signature.link, frame.system, frame.component);
        if !self.heard.contains_key(&stream) {
            self.check_new(found, timestamp(now).max(self.own.last))?;
        }
        self.heard.entry(stream).or_default().advance(found)
    }

    fn check_new(&self, found: u64, now: u64) -> Result<(), SigningError> {
        if self.heard.len() >= MAX_SIGNING_STREAMS {
            return Err(SigningError::TooManySigners);
        }
        let is_late = found.saturating_add(NEW_STREAM_LAG) < now;
        if is_late { Err(SigningError::TooOld { found, now }) } else { Ok(()) }
    }
}

/// MAVLink's timestamp of a moment: tens of microseconds since 2015.
fn timestamp(now: Time64) -> u64 {
    (now.micros() / 10).saturating_sub(EPOCH_SECONDS * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::id;

    /// 2026-11-28, about.
    const NOW: Time64 = Time64::from_micros(722_000_000_000_000);

    fn after(seconds: u64) -> Time64 {
        NOW.saturating_add_micros(seconds * 1_000_000)
    }

    fn heartbeat(sequence: u8) -> Frame {
        Frame::new(1, 1, sequence, id::HEARTBEAT, &[0, 0, 0, 0, 2, 3, 81, 4, 3])
    }

    fn signing(passphrase: &[u8], state: &SigningState) -> LocalSigning {
        LocalSigning::resume(SigningKey::of_passphrase(passphrase), 3, state)
    }

    fn save(signing: &mut LocalSigning, now: Time64) -> SigningState {
        let state = signing.reservation(now);
        signing.saved(&state);
        state
    }

    /// A signer that has saved, and a frame of it.
    fn signed(sequence: u8, now: Time64) -> Frame {
        let mut signer = signing(b"secret", &SigningState::default());
        save(&mut signer, now);
        Frame::parse(&signer.sign(&heartbeat(sequence), now).unwrap()).unwrap().0
    }

    /// Somebody who has heard the signer a moment ago.
    fn receiver() -> LocalSigning {
        let mut receiver = signing(b"secret", &SigningState::default());
        assert_eq!(receiver.check(&signed(0, NOW), NOW), Err(SigningError::NotReserved));
        save(&mut receiver, NOW);
        receiver
    }

    #[test]
    fn who_has_the_key_is_believed_once() {
        let mut receiver = receiver();
        let frame = signed(1, after(1));
        assert_eq!(receiver.check(&frame, after(1)), Ok(()));
        assert!(matches!(receiver.check(&frame, after(1)), Err(SigningError::Replayed { .. })));
        assert!(matches!(receiver.check(&signed(2, NOW), after(1)), Err(SigningError::Replayed { .. })));
    }

    #[test]
    fn another_key_no_signature_and_a_change_are_refused() {
        let mut receiver = receiver();
        let mut other = signing(b"another", &SigningState::default());
        save(&mut other, NOW);
        let (foreign, _) = Frame::parse(&other.sign(&heartbeat(1), NOW).unwrap()).unwrap();
        assert_eq!(receiver.check(&foreign, NOW), Err(SigningError::BadSignature));
        assert_eq!(receiver.check(&heartbeat(1), NOW), Err(SigningError::Unsigned));
        let mut signer = signing(b"secret", &SigningState::default());
        save(&mut signer, NOW);
        let octets = signer.sign(&heartbeat(1), NOW).unwrap();
        for bit in 0..octets.len() * 8 {
            let mut changed = octets.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let believed = Frame::parse(&changed).is_ok_and(|(frame, _)| receiver.check(&frame, NOW).is_ok());
            assert!(!believed, "bit {bit}");
        }
    }

    #[test]
    fn a_new_signer_may_be_a_minute_late_and_no_more() {
        let mut receiver = signing(b"secret", &SigningState::default());
        assert_eq!(receiver.check(&signed(1, NOW), after(59)), Err(SigningError::NotReserved));
        let mut receiver = signing(b"secret", &SigningState::default());
        assert!(matches!(receiver.check(&signed(1, NOW), after(61)), Err(SigningError::TooOld { .. })));
    }

    #[test]
    fn a_restart_makes_no_timestamp_new_again() {
        let mut receiver = receiver();
        let saved = save(&mut receiver, after(1));
        let heard = signed(1, after(3));
        assert_eq!(receiver.check(&heard, after(3)), Ok(()), "believed after the last save");
        let mut restarted = signing(b"secret", &saved);
        save(&mut restarted, after(4));
        assert!(matches!(restarted.check(&heard, after(4)), Err(SigningError::Replayed { .. })));
        assert_eq!(restarted.check(&signed(2, after(5)), after(5)), Ok(()), "and what is new is believed");
    }

    #[test]
    fn a_restart_signs_with_later_timestamps_even_when_the_clock_went_back() {
        let mut signer = signing(b"secret", &SigningState::default());
        let saved = save(&mut signer, after(100));
        let before = Frame::parse(&signer.sign(&heartbeat(1), after(101)).unwrap()).unwrap().0;
        let mut restarted = signing(b"secret", &saved);
        save(&mut restarted, NOW);
        let later = Frame::parse(&restarted.sign(&heartbeat(2), NOW).unwrap()).unwrap().0;
        assert!(later.signature.unwrap().timestamp > before.signature.unwrap().timestamp);
    }

    #[test]
    fn what_is_not_saved_is_neither_signed_nor_believed() {
        let mut signer = signing(b"secret", &SigningState::default());
        assert_eq!(signer.sign(&heartbeat(1), NOW), Err(SigningError::NotReserved));
        save(&mut signer, NOW);
        assert!(signer.sign(&heartbeat(1), after(2)).is_ok());
        assert_eq!(signer.sign(&heartbeat(1), after(4)), Err(SigningError::NotReserved));
        let mut receiver = receiver();
        assert_eq!(receiver.check(&signed(1, after(4)), after(4)), Err(SigningError::NotReserved));
        save(&mut receiver, after(4));
        assert_eq!(receiver.check(&signed(1, after(4)), after(4)), Ok(()));
    }

    #[test]
    fn the_state_that_is_left_behind_reserves_nothing() {
        let mut receiver = receiver();
        receiver.check(&signed(1, after(1)), after(1)).unwrap();
        let mut next = signing(b"secret", &receiver.into_final());
        save(&mut next, after(1));
        assert_eq!(next.check(&signed(2, after(2)), after(2)), Ok(()));
    }

    #[test]
    fn timestamps_count_from_2015() {
        let new_year_2015 = Time64::from_unix_micros(1_420_070_400_000_000).unwrap();
        assert_eq!(timestamp(new_year_2015), 0);
        assert_eq!(timestamp(new_year_2015.saturating_add_micros(25)), 2);
    }
}
