//! Lanes: messages of which each is delivered once and in order, over reconnects too.
//!
//! The sender keeps each message until it knows what became of it; a new connection goes on where the receiver says it is. The
//! receiver hands each on once, in order, before its deadline. A message whose deadline has passed keeps its place, so that
//! nothing behind it waits, and its sender is told. So for each message there is one outcome: it was handed on once, it was
//! not, or, when one of the two lost its memory, nobody knows.

use std::collections::VecDeque;

use thiserror::Error;
use v2x_codec::time::Time64;

use crate::frame::Frame;
use crate::limits::MAX_WAITING;

/// What overtakes what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Commands.
    Urgent,
    /// Missions, parameters, answers.
    Bulk,
}

impl Lane {
    /// Both, the urgent one first.
    pub const ALL: [Self; 2] = [Self::Urgent, Self::Bulk];

    /// Its number on the wire.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Urgent => 0,
            Self::Bulk => 1,
        }
    }

    /// The lane of a number on the wire.
    #[must_use]
    pub fn numbered(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.number() == number)
    }

    pub(crate) const fn index(self) -> usize {
        self.number() as usize
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was handed on.
    Delivered,
    /// Its deadline passed before: it was not handed on, and will not be.
    Expired,
    /// The receiver does not permit it.
    Refused,
    /// The receiver has forgotten: it may have been handed on, or not.
    Unknown,
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its place in the lane.
    pub number: u64,
    /// When it was sent first: its deadline counts from there.
    pub sent: Time64,
    /// What it is.
    pub frame: Frame,
}

/// No room: more messages wait than a lane holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{MAX_WAITING} messages wait on the lane already")]
pub struct LaneFull;

/// The receiver speaks of messages that were never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the peer is at message {found} of a lane with {sent}")]
pub struct OutOfStep {
    /// What it says.
    pub found: u64,
    /// Messages that there have been.
    pub sent: u64,
}

/// The sender's end.
#[derive(Debug, Default)]
pub struct Outgoing {
    waiting: VecDeque<Waiting>,
    next: u64,
}

impl Outgoing {
    /// Puts a message at the end.
    ///
    /// # Errors
    /// [`LaneFull`].
    pub fn push(&mut self, frame: Frame, sent: Time64) -> Result<&Waiting, LaneFull> {
        if self.waiting.len() >= MAX_WAITING {
            return Err(LaneFull);
        }
        let number = self.next;
        self.next += 1;
        self.waiting.push_back(Waiting { number, sent, frame });
        self.waiting.back().ok_or(LaneFull)
    }

    /// Takes out the message of this number, whose outcome is known. `None` when that was known before.
    ///
    /// # Errors
    /// [`OutOfStep`], also when the outcome of one in front of it is missing.
    pub fn settle(&mut self, number: u64) -> Result<Option<Waiting>, OutOfStep> {
        match self.waiting.front() {
            Some(front) if front.number == number => Ok(self.waiting.pop_front()),
            Some(front) if front.number < number => Err(self.out_of_step(number)),
            None if number >= self.next => Err(self.out_of_step(number)),
            Some(_) | None => Ok(None),
        }
    }

    const fn out_of_step(&self, found: u64) -> OutOfStep {
        OutOfStep { found, sent: self.next }
    }

    /// What waits from this number on, for a receiver that has come so far.
    ///
    /// # Errors
    /// [`OutOfStep`].
    pub fn from(&self, number: u64) -> Result<impl Iterator<Item = &Waiting>, OutOfStep> {
        if number > self.next {
            return Err(self.out_of_step(number));
        }
        Ok(self.waiting.iter().filter(move |waiting| waiting.number >= number))
    }

    /// The number of the first message whose outcome is not known, or the next number.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.waiting.front().map_or(self.next, |waiting| waiting.number)
    }

    /// Takes everything out, and counts from 0 again: for a receiver that knows nothing of what was before.
    pub fn restart(&mut self) -> Vec<Waiting> {
        self.next = 0;
        self.waiting.drain(..).collect()
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// What a receiver makes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is the next.
    Next,
    /// It was there before: drop it, and say again how far the lane is.
    Before,
    /// Something is missing in front of it, which a stream does not do.
    Ahead,
}

/// The receiver's end.
#[derive(Debug, Default)]
pub struct Incoming {
    next: u64,
    /// What became of the last messages, the latest at the end: an answer can be lost with a connection.
    outcomes: VecDeque<Outcome>,
}

impl Incoming {
    /// The number of the next message: what the sender is told.
    #[must_use]
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Where a message has its place.
    #[must_use]
    pub fn place(&self, number: u64) -> Place {
        match number.cmp(&self.next) {
            core::cmp::Ordering::Less => Place::Before,
            core::cmp::Ordering::Greater => Place::Ahead,
            core::cmp::Ordering::Equal => Place::Next,
        }
    }

    /// The next message is done with.
    pub fn advance(&mut self, outcome: Outcome) {
        self.next += 1;
        if self.outcomes.len() >= MAX_WAITING {
            self.outcomes.pop_front();
        }
        self.outcomes.push_back(outcome);
    }

    /// What became of the messages from this number on.
    pub fn outcomes(&self, from: u64) -> impl Iterator<Item = (u64, Outcome)> {
        let first = self.next - self.outcomes.len() as u64;
        let known = self.outcomes.iter().zip(first..).map(|(outcome, number)| (number, *outcome));
        known.skip_while(move |(number, _)| *number < from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::id;

    fn frame(sequence: u8) -> Frame {
        Frame::new(255, 190, sequence, id::HEARTBEAT, &[1])
    }

    #[test]
    fn a_message_waits_until_its_outcome_is_known() {
        let mut lane = Outgoing::default();
        for sequence in 0..3 {
            assert_eq!(lane.push(frame(sequence), Time64::MAX).unwrap().number, u64::from(sequence));
        }
        assert_eq!(lane.settle(1), Err(OutOfStep { found: 1, sent: 3 }), "the first is still open");
        assert_eq!(lane.settle(0).unwrap().map(|waiting| waiting.number), Some(0));
        assert_eq!(lane.settle(0), Ok(None), "told twice");
        assert_eq!((lane.first(), lane.len()), (1, 2));
        assert_eq!(lane.from(2).unwrap().map(|waiting| waiting.number).collect::<Vec<_>>(), [2]);
        assert_eq!(lane.from(4).err(), Some(OutOfStep { found: 4, sent: 3 }));
        assert!(lane.settle(1).is_ok() && lane.settle(2).is_ok() && lane.is_empty());
        assert_eq!(lane.settle(3), Err(OutOfStep { found: 3, sent: 3 }), "never sent");
    }

    #[test]
    fn a_lane_is_bounded() {
        let mut lane = Outgoing::default();
        for _ in 0..MAX_WAITING {
            lane.push(frame(0), Time64::MAX).unwrap();
        }
        assert_eq!(lane.push(frame(0), Time64::MAX), Err(LaneFull));
    }

    #[test]
    fn each_number_is_taken_once_and_in_order() {
        let mut lane = Incoming::default();
        assert_eq!(lane.place(1), Place::Ahead);
        assert_eq!(lane.place(0), Place::Next);
        lane.advance(Outcome::Delivered);
        assert_eq!((lane.place(0), lane.place(1)), (Place::Before, Place::Next));
    }

    #[test]
    fn outcomes_can_be_told_again_and_are_bounded() {
        let mut lane = Incoming::default();
        lane.advance(Outcome::Expired);
        lane.advance(Outcome::Delivered);
        assert_eq!(lane.outcomes(0).collect::<Vec<_>>(), [(0, Outcome::Expired), (1, Outcome::Delivered)]);
        assert_eq!(lane.outcomes(1).collect::<Vec<_>>(), [(1, Outcome::Delivered)]);
        (0..2 * MAX_WAITING).for_each(|_| lane.advance(Outcome::Refused));
        assert_eq!(lane.outcomes(0).count(), MAX_WAITING);
        assert_eq!(lane.outcomes(0).last(), Some((lane.next() - 1, Outcome::Refused)));
    }
}
