//! Kinds of messages, and what a receiver must say of each.

use clap::ValueEnum;
use v2x_security::code::Code;

/// What kind of message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Kind {
    /// As it should be
    #[value(hide = true)]
    Honest,
    /// A known signer's message with another signature
    BadSignature,
    /// Signed by somebody whose certificate was never shown
    UnknownSigner,
    /// Signed under a root that nobody trusts, its certificate attached
    UnknownIssuer,
    /// What was sent before, again
    Replay,
    /// Signed by who may, but made five seconds ago
    Stale,
    /// Signed by who may, but to be made in five seconds
    Future,
}

impl Kind {
    /// Every kind of forged message.
    pub(super) const FORGED: [Self; 6] = [
        Self::BadSignature,
        Self::UnknownSigner,
        Self::UnknownIssuer,
        Self::Replay,
        Self::Stale,
        Self::Future,
    ];

    /// Every kind.
    pub(super) const ALL: [Self; 7] = [
        Self::Honest,
        Self::BadSignature,
        Self::UnknownSigner,
        Self::UnknownIssuer,
        Self::Replay,
        Self::Stale,
        Self::Future,
    ];

    /// Why a receiver refuses it; `None` when it does not.
    pub(super) const fn reason(self) -> Option<Code> {
        match self {
            Self::Honest => None,
            Self::BadSignature => Some(Code::BadMessageSignature),
            Self::UnknownSigner => Some(Code::UnknownSigner),
            Self::UnknownIssuer => Some(Code::UnknownIssuer),
            Self::Replay => Some(Code::Replayed),
            Self::Stale => Some(Code::TooOld),
            Self::Future => Some(Code::FromTheFuture),
        }
    }

    /// Its name on the command line and in reports.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Honest => "honest",
            Self::BadSignature => "bad-signature",
            Self::UnknownSigner => "unknown-signer",
            Self::UnknownIssuer => "unknown-issuer",
            Self::Replay => "replay",
            Self::Stale => "stale",
            Self::Future => "future",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
