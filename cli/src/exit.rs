//! What the process says by its exit code.

use std::process::ExitCode;

/// The outcome of a command that ran to its end; bad input is an error and exits with 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Done; everything verified.
    Success,
    /// Nothing refused, but some signer or issuer is unknown.
    Unknown,
    /// Something was refused.
    Refused,
}

/// The exit code of unusable input: arguments, files, values.
pub(crate) const BAD_INPUT: u8 = 2;

/// The exit code when the reader of our output has gone, as shells give it to programs that die of SIGPIPE. Not 0: the
/// verdict is not known to anybody.
pub(crate) const BROKEN_PIPE: u8 = 141;

impl Outcome {
    /// In a word, for reports.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Success => "verified",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::SUCCESS,
            Outcome::Refused => Self::from(1),
            Outcome::Unknown => Self::from(3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn the_worst_outcome_is_the_greatest() {
        let seen = [Outcome::Unknown, Outcome::Success, Outcome::Refused];
        assert_eq!(seen.into_iter().max(), Some(Outcome::Refused));
    }
}
