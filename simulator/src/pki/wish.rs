//! What stations are registered for, and what they ask for.

use enrollment_ea::registry::Profile;
use enrollment_station::authorization::{Privacy, Proof};
use v2x_ca::services::{CAM, DENM, its_services, permission};
use v2x_codec::{
    ieee1609dot2::{GeographicRegion, PsidSsp, SequenceOfPsidSsp},
    time::ValidityPeriod,
    ts102941::CertificateSubjectAttributes,
};

/// Assurance level of a usual station's tickets: 3 of 7.
const ASSURANCE: u8 = 0b0110_0000;
/// Tickets that a usual station may hold at the same time.
const PARALLEL_TICKETS: u32 = 20;

/// A station for all usual services, whose tickets are valid in `region`, or wherever the AA is.
#[must_use]
pub fn usual_profile(region: Option<GeographicRegion>) -> Profile {
    Profile { services: its_services(), region, assurance: ASSURANCE, parallel_tickets: PARALLEL_TICKETS }
}

/// What a station asks its tickets for.
#[derive(Clone)]
pub struct TicketWish {
    /// The services and permissions.
    pub permissions: Vec<PsidSsp>,
    /// When the ticket shall be valid; `None`: from now on, as long as the policy allows.
    pub validity: Option<ValidityPeriod>,
    /// Whether the AA may learn who asks.
    pub privacy: Privacy,
    /// Whether possession of the key is proved.
    pub proof: Proof,
}

impl TicketWish {
    /// CAM and DENM without any special right, from now on: what an ordinary car gets.
    #[must_use]
    pub fn ordinary() -> Self {
        Self::new(vec![permission(CAM, &[1, 0, 0]), permission(DENM, &[1, 0, 0, 0])])
    }

    /// A wish for these permissions from now on, with privacy and proof of possession.
    #[must_use]
    pub const fn new(permissions: Vec<PsidSsp>) -> Self {
        Self { permissions, validity: None, privacy: Privacy::Hidden, proof: Proof::OfPossession }
    }

    pub(super) fn attributes(&self) -> CertificateSubjectAttributes {
        let permissions = SequenceOfPsidSsp(self.permissions.clone());
        let mut attributes = CertificateSubjectAttributes::signing(permissions);
        attributes.validity_period = self.validity.map(Into::into);
        attributes
    }
}
