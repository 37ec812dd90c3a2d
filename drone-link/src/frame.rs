//! MAVLink frames: version 1 and 2 in, version 2 out.

use thiserror::Error;

use crate::dialect;

/// First octet of a MAVLink 1 frame.
pub(crate) const STX_V1: u8 = 0xFE;
/// First octet of a MAVLink 2 frame.
pub(crate) const STX_V2: u8 = 0xFD;
/// Octets before the payload.
const HEADER_V1: usize = 6;
const HEADER_V2: usize = 10;
const CHECKSUM: usize = 2;
/// Link id 1, timestamp 6, signature 6.
pub(crate) const SIGNATURE: usize = 13;
/// `MAVLINK_IFLAG_SIGNED`: the only incompatibility flag there is.
const SIGNED: u8 = 1;

/// Version of the frame that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// MAVLink 1: 256 messages, no signature.
    One,
    /// MAVLink 2.
    Two,
}

/// A frame whose checksum is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// As which version it came.
    pub version: Version,
    /// Counts the frames of a component, modulo 256.
    pub sequence: u8,
    /// Who sends: 1 to 255.
    pub system: u8,
    /// Which part of it.
    pub component: u8,
    /// What kind of message.
    pub message: u32,
    /// Flags that a receiver may ignore.
    pub compatibility: u8,
    /// The message, at most 255 octets, without zeros at its end (MAVLink 2, empty-byte payload truncation).
    pub payload: Vec<u8>,
    /// Link id, timestamp and signature of a signed frame, and what was signed in front of them.
    pub signature: Option<Signature>,
}

/// The signature of a frame, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Everything from the first octet to the checksum.
    pub(crate) signed: Vec<u8>,
    /// Which of the sender's links.
    pub link: u8,
    /// Tens of microseconds since 2015-01-01 00:00 UTC, 48 bits.
    pub timestamp: u64,
    /// The first 48 bits of SHA-256.
    pub(crate) value: [u8; 6],
}

/// Why octets are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// More octets are needed to tell.
    #[error("the frame ends after {found} of {needed} octets")]
    Incomplete {
        /// Octets that it has, at least.
        needed: usize,
        /// Octets that are there.
        found: usize,
    },
    /// It starts with neither of the two first octets.
    #[error("no MAVLink frame starts with {0:#04x}")]
    NoStart(u8),
    /// A flag whose meaning is not known, so that the frame must be dropped (MAVLink 2, incompatibility flags).
    #[error("incompatibility flags {0:#04x}: only 0x01, a signature, has a meaning")]
    Flags(u8),
    /// The dialect has no such message, so its checksum cannot be checked.
    #[error("message {0} is not in the dialect")]
    UnknownMessage(u32),
    /// The checksum is another.
    #[error("{}: the checksum is {found:#06x} and should be {expected:#06x}", dialect::message_name(*.message))]
    Checksum {
        /// What kind of message it says it is.
        message: u32,
        /// The checksum in the frame.
        found: u16,
        /// The checksum of what is in the frame.
        expected: u16,
    },
    /// MAVLink's systems are numbered from 1.
    #[error("a frame of system 0")]
    NoSystem,
}

impl Frame {
    /// A frame to be sent.
    #[must_use]
    pub fn new(system: u8, component: u8, sequence: u8, message: u32, payload: &[u8]) -> Self {
        let (version, compatibility, signature) = (Version::Two, 0, None);
        let payload = truncated(payload).to_vec();
        Self { version, sequence, system, component, message, compatibility, payload, signature }
    }

    /// The frame at the start of `octets`, and how many it takes.
    ///
    /// # Errors
    /// [`FrameError`]. After [`FrameError::Incomplete`] more octets may make it a frame, after the others they do not.
    pub fn parse(octets: &[u8]) -> Result<(Self, usize), FrameError> {
        let mut reader = Reader { octets, at: 0 };
        match reader.octet(1)? {
            STX_V1 => Self::parse_v1(&mut reader),
            STX_V2 => Self::parse_v2(&mut reader),
            other => Err(FrameError::NoStart(other)),
        }
    }

    fn parse_v1(reader: &mut Reader<'_>) -> Result<(Self, usize), FrameError> {
        let needed = HEADER_V1 + CHECKSUM;
        let length = reader.octet(needed)?;
        let whole = needed + usize::from(length);
        let [sequence, system, component, message] = reader.array(whole)?;
        let (version, compatibility, signature) = (Version::One, 0, None);
        let payload = truncated(reader.take(usize::from(length), whole)?).to_vec();
        reader.checksum(u32::from(message), whole)?;
        let message = u32::from(message);
        let frame = Self { version, sequence, system, component, message, compatibility, payload, signature };
        frame.of_a_system().map(|frame| (frame, whole))
    }

    fn parse_v2(reader: &mut Reader<'_>) -> Result<(Self, usize), FrameError> {
        let needed = HEADER_V2 + CHECKSUM;
        let [length, incompatibility] = reader.array(needed)?;
        if incompatibility & !SIGNED != 0 {
            return Err(FrameError::Flags(incompatibility));
        }
        let is_signed = incompatibility & SIGNED != 0;
        let whole = needed + usize::from(length) + if is_signed { SIGNATURE } else { 0 };
        let [compatibility, sequence, system, component, low, middle, high] = reader.array(whole)?;
        let message = u32::from_le_bytes([low, middle, high, 0]);
        let payload = truncated(reader.take(usize::from(length), whole)?).to_vec();
        reader.checksum(message, whole)?;
        let signature = is_signed.then(|| reader.signature(whole)).transpose()?;
        let version = Version::Two;
        let frame = Self { version, sequence, system, component, message, compatibility, payload, signature };
        frame.of_a_system().map(|frame| (frame, whole))
    }

    fn of_a_system(self) -> Result<Self, FrameError> {
        if self.system == 0 { Err(FrameError::NoSystem) } else { Ok(self) }
    }

    /// The octets of an unsigned MAVLink 2 frame.
    ///
    /// # Errors
    /// [`FrameError::UnknownMessage`].
    pub fn encode(&self) -> Result<Vec<u8>, FrameError> {
        self.encode_flagged(0)
    }

    /// The octets in front of a signature.
    pub(crate) fn encode_to_sign(&self) -> Result<Vec<u8>, FrameError> {
        self.encode_flagged(SIGNED)
    }

    fn encode_flagged(&self, incompatibility: u8) -> Result<Vec<u8>, FrameError> {
        let extra = dialect::crc_extra(self.message).ok_or(FrameError::UnknownMessage(self.message))?;
        let payload = self.payload.get(..self.payload.len().min(255)).unwrap_or_default();
        let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
        let [low, middle, high, _] = self.message.to_le_bytes();
        let mut out = Vec::with_capacity(HEADER_V2 + payload.len() + CHECKSUM + SIGNATURE);
        out.extend([STX_V2, length, incompatibility, self.compatibility, self.sequence]);
        out.extend([self.system, self.component, low, middle, high]);
        out.extend_from_slice(payload);
        let checksum = checksum(out.get(1..).unwrap_or_default(), extra);
        out.extend(checksum.to_le_bytes());
        Ok(out)
    }

    /// Whom it is for, each 0 for all: system, component.
    #[must_use]
    pub fn target(&self) -> (u8, u8) {
        dialect::target(self.message, &self.payload)
    }

    /// The command in it, if it is one.
    #[must_use]
    pub fn command(&self) -> Option<u16> {
        dialect::command(self.message, &self.payload)
    }

    /// What it is, for people: `COMMAND_LONG MAV_CMD_NAV_TAKEOFF`.
    #[must_use]
    pub fn name(&self) -> String {
        let name = dialect::message_name(self.message);
        match self.command() {
            Some(command) => format!("{name} {}", dialect::command_name(command)),
            None => name,
        }
    }
}

/// Without the zeros at its end, but for the first octet.
fn truncated(payload: &[u8]) -> &[u8] {
    let kept = payload.iter().rposition(|octet| *octet != 0).map_or(1, |last| last + 1);
    payload.get(..kept).unwrap_or(payload)
}

/// CRC-16/MCRF4XX over everything behind the first octet, and `CRC_EXTRA` (MAVLink, serialization).
fn checksum(octets: &[u8], extra: u8) -> u16 {
    octets.iter().chain(core::iter::once(&extra)).fold(0xFFFF, |crc: u16, octet| {
        let [low, _] = crc.to_le_bytes();
        let mut next = octet ^ low;
        next ^= next << 4;
        let next = u16::from(next);
        (crc >> 8) ^ (next << 8) ^ (next << 3) ^ (next >> 4)
    })
}

struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// The next `count` octets of a frame that has at least `needed`.
    fn take(&mut self, count: usize, needed: usize) -> Result<&'a [u8], FrameError> {
        let taken = self.octets.get(self.at..self.at.saturating_add(count));
        self.at += count;
        taken.ok_or(FrameError::Incomplete { needed, found: self.octets.len() })
    }

    fn array<const N: usize>(&mut self, needed: usize) -> Result<[u8; N], FrameError> {
        let taken = self.take(N, needed)?;
        taken.try_into().map_err(|_| FrameError::Incomplete { needed, found: self.octets.len() })
    }

    fn octet(&mut self, needed: usize) -> Result<u8, FrameError> {
        let [octet] = self.array(needed)?;
        Ok(octet)
    }

    fn so_far(&self) -> &'a [u8] {
        self.octets.get(..self.at).unwrap_or_default()
    }

    /// Checks the checksum of what was read so far.
    fn checksum(&mut self, message: u32, needed: usize) -> Result<(), FrameError> {
        let covered = self.so_far().get(1..).unwrap_or_default();
        let found = u16::from_le_bytes(self.array(needed)?);
        let extra = dialect::crc_extra(message).ok_or(FrameError::UnknownMessage(message))?;
        let expected = checksum(covered, extra);
        if found == expected { Ok(()) } else { Err(FrameError::Checksum { message, found, expected }) }
    }

    fn signature(&mut self, needed: usize) -> Result<Signature, FrameError> {
        let signed = self.so_far().to_vec();
        let link = self.octet(needed)?;
        let [a, b, c, d, e, f] = self.array(needed)?;
        let timestamp = u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
        Ok(Signature { signed, link, timestamp, value: self.array(needed)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dialect::id;

    /// A heartbeat of pymavlink: MAVLink 1, system 1, component 1, a quadrotor of ArduPilot.
    const HEARTBEAT_V1: [u8; 17] = [0xfe, 9, 0, 1, 1, 0, 0, 0, 0, 0, 2, 3, 81, 4, 3, 0, 0];

    fn with_checksum(mut frame: Vec<u8>, extra: u8) -> Vec<u8> {
        let end = frame.len() - 2;
        let sum = checksum(&frame[1..end], extra);
        frame[end..].copy_from_slice(&sum.to_le_bytes());
        frame
    }

    #[test]
    fn the_checksum_is_that_of_the_published_check_value() {
        // CRC-16/MCRF4XX of "123456789" is 0x6f91; the extra octet is the last here.
        assert_eq!(checksum(b"12345678", b'9'), 0x6f91);
    }

    #[test]
    fn version_1_comes_in_and_version_2_goes_out() {
        let octets = with_checksum(HEARTBEAT_V1.to_vec(), 50);
        let (frame, taken) = Frame::parse(&octets).unwrap();
        assert_eq!((taken, frame.version, frame.message), (octets.len(), Version::One, id::HEARTBEAT));
        let again = frame.encode().unwrap();
        let (second, _) = Frame::parse(&again).unwrap();
        assert_eq!(second.version, Version::Two);
        assert_eq!((second.payload, second.system), (frame.payload, 1));
    }

    #[test]
    fn every_changed_bit_of_a_frame_is_noticed() {
        let octets = Frame::new(1, 1, 7, id::HEARTBEAT, &[0, 0, 0, 0, 2, 3, 81, 4, 3]).encode().unwrap();
        let (frame, _) = Frame::parse(&octets).unwrap();
        for bit in 0..octets.len() * 8 {
            let mut changed = octets.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(Frame::parse(&changed).map(|(found, _)| found), Ok(frame.clone()), "bit {bit}");
        }
    }

    #[test]
    fn flags_without_a_meaning_and_unknown_messages_are_refused() {
        let mut octets = Frame::new(1, 1, 7, id::HEARTBEAT, &[1]).encode().unwrap();
        octets[2] = 2;
        assert_eq!(Frame::parse(&octets), Err(FrameError::Flags(2)));
        let unknown = [0xfd, 0, 0, 0, 0, 1, 1, 0x5f, 0xea, 0, 0, 0];
        assert_eq!(Frame::parse(&unknown), Err(FrameError::UnknownMessage(59_999)));
        assert_eq!(Frame::new(1, 1, 0, 59_999, &[1]).encode(), Err(FrameError::UnknownMessage(59_999)));
        assert_eq!(Frame::parse(b"GET"), Err(FrameError::NoStart(b'G')));
        let nobody = Frame::new(0, 1, 0, id::HEARTBEAT, &[1]).encode().unwrap();
        assert_eq!(Frame::parse(&nobody), Err(FrameError::NoSystem));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            system in 1..=255_u8, component: u8, sequence: u8, payload in proptest::collection::vec(any::<u8>(), 1..=255),
        ) {
            let frame = Frame::new(system, component, sequence, id::STATUSTEXT, &payload);
            let octets = frame.encode().unwrap();
            prop_assert_eq!(Frame::parse(&octets), Ok((frame, octets.len())));
        }

        #[test]
        fn a_frame_that_is_cut_is_incomplete_and_says_how_much_is_missing(cut in 0..21_usize) {
            let octets = Frame::new(1, 1, 7, id::HEARTBEAT, &[0, 0, 0, 0, 2, 3, 81, 4, 3]).encode().unwrap();
            let found = Frame::parse(&octets[..cut]);
            let Err(FrameError::Incomplete { needed, found }) = found else { panic!("{found:?}") };
            prop_assert_eq!(found, cut);
            prop_assert!(needed > cut && needed <= 21);
        }

        #[test]
        fn no_octets_bring_it_down(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok((frame, taken)) = Frame::parse(&octets) {
                prop_assert!(taken <= octets.len());
                prop_assert!(frame.encode().is_ok());
            }
        }
    }
}
