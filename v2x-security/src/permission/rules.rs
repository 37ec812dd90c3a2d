//! The consistency rules between a certificate and its issuer.
//!
//! A grant asks for one service, one range of SSPs, one kind of end entity and some chain lengths; it is good if one
//! entry of the issuer covers all four. `all` in the issuer covers a service only if no explicit entry of the same
//! certificate names it, whatever that entry's chain or end-entity type.

use super::{
    AppPermissions, BitmapSspRange, ChainLengths, EndEntity, EndEntityTypes, IssuePermissions,
    PermissionRefusal, Psid, PsidGroupPermissions, PsidSspRange, Ssp, SspRange, SubjectPermissions,
};

impl IssuePermissions {
    /// Checks that every `appPermissions` entry of a certificate issued directly by the holder lies inside `self`.
    ///
    /// # Errors
    /// The first entry that is not covered, with the nearest miss as the reason.
    pub fn permit_end_entity(
        &self,
        subject: &AppPermissions,
        kind: EndEntity,
    ) -> Result<(), PermissionRefusal> {
        subject.iter().try_for_each(|entry| {
            let covers = |range: &SspRange| range.contains(entry.ssp.as_ref());
            self.permit(Ask { psid: entry.psid, kind, lengths: Some(ChainLengths::DIRECT) }, covers)
        })
    }

    /// Checks that every `certIssuePermissions` group of an authority issued directly by the holder lies inside `self`.
    ///
    /// # Errors
    /// The first group or entry that is not covered, with the nearest miss as the reason.
    pub fn permit_authority(&self, subject: &Self) -> Result<(), PermissionRefusal> {
        self.permit_groups(subject, None)
    }

    /// As [`permit_authority`](Self::permit_authority), but `service` may be passed on whatever the length of chains.
    ///
    /// # Errors
    /// The same.
    pub fn permit_authority_but(&self, subject: &Self, service: Psid) -> Result<(), PermissionRefusal> {
        self.permit_groups(subject, Some(service))
    }

    fn permit_groups(&self, subject: &Self, any_length: Option<Psid>) -> Result<(), PermissionRefusal> {
        subject.iter().try_for_each(|group| {
            group
                .end_entities
                .kinds()
                .try_for_each(|kind| self.permit_group(subject, group, kind, any_length))
        })
    }

    fn permit_group(
        &self,
        subject: &Self,
        group: &PsidGroupPermissions,
        kind: EndEntity,
        any_length: Option<Psid>,
    ) -> Result<(), PermissionRefusal> {
        let lengths = group.chain_lengths.one_more();
        let within = |psid| (any_length != Some(psid)).then_some(lengths);
        match &group.subject_permissions {
            SubjectPermissions::Explicit(ranges) => ranges.iter().try_for_each(|asked| {
                let covers = |range: &SspRange| range.includes(&asked.range);
                self.permit(Ask { psid: asked.psid, kind, lengths: within(asked.psid) }, covers)
            }),
            SubjectPermissions::All => self.permit_all(subject, kind, lengths),
        }
    }

    /// `all` in the subject reaches every service that the subject does not name. The issuer covers that if it has `all`
    /// itself and gives every service that it names, and the subject does not, without bounds on the SSP.
    fn permit_all(
        &self,
        subject: &Self,
        kind: EndEntity,
        lengths: ChainLengths,
    ) -> Result<(), PermissionRefusal> {
        let fits = |group: &PsidGroupPermissions| {
            group.is_all() && group.end_entities.contains(kind) && group.chain_lengths.includes(lengths)
        };
        if !self.iter().any(fits) {
            return Err(PermissionRefusal::AllNotGranted(kind));
        }
        let reached = |entry: &&PsidSspRange| !subject.names(entry.psid);
        self.iter().flat_map(PsidGroupPermissions::explicit).filter(reached).try_for_each(|entry| {
            self.permit(Ask { psid: entry.psid, kind, lengths: Some(lengths) }, |range| {
                *range == SspRange::All
            })
        })
    }

    fn permit(&self, ask: Ask, covers: impl Fn(&SspRange) -> bool) -> Result<(), PermissionRefusal> {
        let named = self.names(ask.psid);
        let mut nearest = Miss::Psid;
        for group in self.iter() {
            match group.try_grant(ask, named, &covers) {
                Ok(()) => return Ok(()),
                Err(miss) => nearest = nearest.max(miss),
            }
        }
        Err(nearest.refusal(ask))
    }

    fn names(&self, psid: Psid) -> bool {
        self.iter().flat_map(PsidGroupPermissions::explicit).any(|entry| entry.psid == psid)
    }
}

/// One service in one kind of chain.
#[derive(Clone, Copy)]
struct Ask {
    psid: Psid,
    kind: EndEntity,
    /// The lengths of chain asked for; `None` asks for none in particular.
    lengths: Option<ChainLengths>,
}

/// How far a group came towards granting; later is nearer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Miss {
    Psid,
    EndEntity,
    ChainLength,
    Ssp,
}

impl Miss {
    const fn refusal(self, ask: Ask) -> PermissionRefusal {
        match self {
            Self::Psid => PermissionRefusal::PsidNotGranted(ask.psid),
            Self::EndEntity => PermissionRefusal::EndEntityNotGranted(ask.psid, ask.kind),
            Self::ChainLength => PermissionRefusal::ChainLengthNotGranted(ask.psid),
            Self::Ssp => PermissionRefusal::SspNotGranted(ask.psid),
        }
    }
}

impl PsidGroupPermissions {
    fn try_grant(&self, ask: Ask, named: bool, covers: &impl Fn(&SspRange) -> bool) -> Result<(), Miss> {
        let mut entries = self.explicit().iter().filter(|entry| entry.psid == ask.psid).peekable();
        let by_all = self.is_all() && !named;
        if !by_all && entries.peek().is_none() {
            return Err(Miss::Psid);
        }
        if !self.end_entities.contains(ask.kind) {
            return Err(Miss::EndEntity);
        }
        if ask.lengths.is_some_and(|lengths| !self.chain_lengths.includes(lengths)) {
            return Err(Miss::ChainLength);
        }
        if by_all || entries.any(|entry| covers(&entry.range)) { Ok(()) } else { Err(Miss::Ssp) }
    }

    fn explicit(&self) -> &[PsidSspRange] {
        match &self.subject_permissions {
            SubjectPermissions::Explicit(ranges) => ranges,
            SubjectPermissions::All => &[],
        }
    }

    const fn is_all(&self) -> bool {
        matches!(self.subject_permissions, SubjectPermissions::All)
    }
}

impl EndEntityTypes {
    fn kinds(self) -> impl Iterator<Item = EndEntity> {
        [EndEntity::App, EndEntity::Enrol].into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl ChainLengths {
    /// Whether every length that `inner` allows is allowed here.
    #[must_use]
    pub fn includes(self, inner: Self) -> bool {
        let upper = match (self.max, inner.max) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(outer), Some(inner)) => inner <= outer,
        };
        self.min <= inner.min && upper
    }

    /// The lengths of the same chains, seen from one certificate higher. Saturation keeps an absurd bound absurd.
    const fn one_more(self) -> Self {
        let max = match self.max {
            Some(max) => Some(max.saturating_add(1)),
            None => None,
        };
        Self { min: self.min.saturating_add(1), max }
    }
}

impl SspRange {
    /// Whether an SSP, or its absence, may be granted out of this range.
    ///
    /// An absent SSP stands for the empty opaque string.
    #[must_use]
    pub fn contains(&self, ssp: Option<&Ssp>) -> bool {
        match (self, ssp) {
            (Self::All, _) => true,
            (Self::Opaque(list), None) => list.iter().any(|octets| octets.is_empty()),
            (Self::Opaque(list), Some(Ssp::Opaque(ssp))) => list.contains(ssp),
            (Self::Bitmap(range), Some(Ssp::Bitmap(ssp))) => range.contains(ssp),
            (Self::Opaque(_), Some(Ssp::Bitmap(_))) | (Self::Bitmap(_), None | Some(Ssp::Opaque(_))) => false,
        }
    }

    /// Whether every SSP of `inner` is an SSP of this range.
    #[must_use]
    pub fn includes(&self, inner: &Self) -> bool {
        match (self, inner) {
            (Self::All, _) => true,
            (Self::Opaque(outer), Self::Opaque(inner)) => inner.iter().all(|octets| outer.contains(octets)),
            (Self::Bitmap(outer), Self::Bitmap(inner)) => outer.includes(inner),
            (Self::Opaque(_), Self::All | Self::Bitmap(_))
            | (Self::Bitmap(_), Self::All | Self::Opaque(_)) => false,
        }
    }
}

impl BitmapSspRange {
    /// Whether `bitmap` has this length and equals the value wherever the mask is one.
    #[must_use]
    pub fn contains(&self, bitmap: &[u8]) -> bool {
        bitmap.len() == self.value.len()
            && self.masked().zip(bitmap).all(|((value, mask), bits)| (value ^ bits) & mask == 0)
    }

    /// Whether every bitmap of `inner` is one of this range: each bit fixed here is fixed there, to the same value.
    #[must_use]
    pub fn includes(&self, inner: &Self) -> bool {
        inner.value.len() == self.value.len()
            && self
                .masked()
                .zip(inner.masked())
                .all(|((value, mask), (v, m))| mask & !m == 0 && (value ^ v) & mask == 0)
    }

    fn masked(&self) -> impl Iterator<Item = (u8, u8)> {
        self.value.iter().copied().zip(self.mask.iter().copied())
    }
}
