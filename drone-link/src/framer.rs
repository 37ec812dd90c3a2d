//! Frames out of a stream of octets, as a serial line or TCP delivers it.

use crate::frame::{Frame, FrameError, STX_V1, STX_V2};
use crate::limits::MAX_FRAMER_OCTETS;

/// Cuts a stream into frames, and finds the next frame behind what is none.
#[derive(Debug, Default)]
pub struct Framer {
    waiting: Vec<u8>,
    /// Octets that were no part of a frame.
    skipped: u64,
}

impl Framer {
    /// Nothing has come yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Octets that were no part of a frame, so far.
    #[must_use]
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Takes in octets and hands each frame that is whole to `found`, and the reason why something that looked like one was
    /// none.
    pub fn push(&mut self, octets: &[u8], mut found: impl FnMut(Result<Frame, FrameError>)) {
        for chunk in octets.chunks(MAX_FRAMER_OCTETS / 2) {
            self.waiting.extend_from_slice(chunk);
            while let Some(result) = self.next() {
                found(result);
            }
        }
    }

    fn next(&mut self) -> Option<Result<Frame, FrameError>> {
        let start = self.waiting.iter().position(|octet| matches!(*octet, STX_V1 | STX_V2));
        self.skip(start.unwrap_or(self.waiting.len()));
        match Frame::parse(&self.waiting) {
            Ok((frame, taken)) => {
                self.waiting.drain(..taken);
                Some(Ok(frame))
            }
            Err(FrameError::Incomplete { .. }) => None,
            Err(error) => {
                // What looked like a start was none, or the frame is damaged: the next may start within it.
                self.skip(1);
                Some(Err(error))
            }
        }
    }

    fn skip(&mut self, count: usize) {
        self.waiting.drain(..count);
        self.skipped = self.skipped.saturating_add(count as u64);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dialect::id;

    fn frames(framer: &mut Framer, octets: &[u8]) -> Vec<Frame> {
        let mut frames = Vec::new();
        framer.push(octets, |found| frames.extend(found.ok()));
        frames
    }

    #[test]
    fn frames_are_found_between_noise() {
        let frame = Frame::new(1, 1, 7, id::HEARTBEAT, &[0, 0, 0, 0, 2, 3, 81, 4, 3]);
        let octets = frame.encode().unwrap();
        let noise = [0xfd, 3, 0, 0x41, 0xfe, 0, 0];
        let stream = [&noise[..], &octets, &octets[..9], &octets, &[0xfd; 30], &octets, &[0; 600]].concat();
        let mut framer = Framer::new();
        assert_eq!(frames(&mut framer, &stream), [frame.clone(), frame.clone(), frame]);
        assert!(framer.waiting.is_empty() && framer.skipped() >= 646);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_stream_is_cut(cuts in proptest::collection::vec(1..40_usize, 1..30)) {
            let frame = |sequence| Frame::new(1, 1, sequence, id::STATUSTEXT, &[sequence.max(1); 50]);
            let sent: Vec<Frame> = (0..10).map(frame).collect();
            let stream: Vec<u8> = sent.iter().flat_map(|frame| frame.encode().unwrap()).collect();
            let (mut framer, mut found, mut rest) = (Framer::new(), Vec::new(), &stream[..]);
            for cut in cuts.into_iter().cycle() {
                if rest.is_empty() { break }
                let (now, later) = rest.split_at(cut.min(rest.len()));
                found.extend(frames(&mut framer, now));
                rest = later;
            }
            prop_assert_eq!(found, sent);
        }

        #[test]
        fn noise_takes_no_memory(octets in proptest::collection::vec(any::<u8>(), 0..4000)) {
            let mut framer = Framer::new();
            framer.push(&octets, |_| {});
            prop_assert!(framer.waiting.len() <= MAX_FRAMER_OCTETS);
        }
    }
}
