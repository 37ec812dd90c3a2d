//! The attacks of the demo, each with the reason for which a roadside unit must refuse it.

use serde::Serialize;

/// One way to lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttackKind {
    /// A CAM with a known ticket's digest, signed by another key.
    ForgedSignature,
    /// An honest CAM whose content was changed on the way.
    TamperedContent,
    /// An honest CAM, sent again.
    Replayed,
    /// A CAM signed now with a `generationTime` of long ago.
    Stale,
    /// A CAM signed now with a `generationTime` to come.
    FromTheFuture,
    /// A CAM under a ticket that ran out.
    ExpiredTicket,
    /// A CAM under a ticket that is not valid yet.
    EarlyTicket,
    /// A CAM under a ticket without CAM permission.
    WrongPsid,
    /// An emergency vehicle's CAM under an ordinary ticket.
    WithoutPermission,
    /// A CAM from a place outside the ticket's region.
    OutsideRegion,
    /// A CAM under a ticket of an authority that is on the revocation list.
    RevokedIssuer,
    /// A CAM under a whole PKI that the attacker made.
    SelfMadePki,
    /// A CAM under a ticket that names the true authority, which never signed it.
    ForgedTicket,
    /// A CAM under a true authority's ticket that claims more than the authority may give.
    GreedyTicket,
    /// A CAM whose signer nobody ever introduced.
    UnknownSigner,
    /// A CAM without any security.
    Unsecured,
}

impl AttackKind {
    /// All kinds, in the order in which they take turns.
    pub const ALL: [Self; 16] = [
        Self::ForgedSignature,
        Self::TamperedContent,
        Self::Replayed,
        Self::Stale,
        Self::FromTheFuture,
        Self::ExpiredTicket,
        Self::EarlyTicket,
        Self::WrongPsid,
        Self::WithoutPermission,
        Self::OutsideRegion,
        Self::RevokedIssuer,
        Self::SelfMadePki,
        Self::ForgedTicket,
        Self::GreedyTicket,
        Self::UnknownSigner,
        Self::Unsecured,
    ];

    /// The code of the refusal that it must meet (`v2x_security::Refusal::code`).
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::ForgedSignature | Self::TamperedContent => "bad-message-signature",
            Self::Replayed => "replayed",
            Self::Stale => "too-old",
            Self::FromTheFuture => "from-the-future",
            Self::ExpiredTicket => "certificate-expired",
            Self::EarlyTicket => "certificate-not-yet-valid",
            Self::WrongPsid => "psid-not-permitted",
            Self::WithoutPermission => "content-not-permitted",
            Self::OutsideRegion => "outside-region",
            Self::RevokedIssuer => "revoked",
            Self::SelfMadePki => "unknown-issuer",
            Self::ForgedTicket => "bad-certificate-signature",
            Self::GreedyTicket => "permissions-exceed-issuer",
            Self::UnknownSigner => "unknown-signer",
            Self::Unsecured => "not-secured",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_is_listed_once() {
        let listed: BTreeSet<_> = AttackKind::ALL.into_iter().collect();
        assert_eq!(listed.len(), AttackKind::ALL.len());
        let last = AttackKind::ALL.last().copied();
        assert_eq!(last.map(|kind| kind as usize + 1), Some(AttackKind::ALL.len()));
    }
}
