//! Policy figures: how long certificates live, how many there are, how much they overlap.
//!
//! The standards leave these figures to a certificate policy. Those marked *second-hand* were taken from readings of
//! the EU C-ITS certificate policy, not from its text: an operator checks them against the policy in force and sets
//! the fields of [`Policy`] where they differ.

use crate::role::Role;

/// Seconds in a day.
const DAY: u64 = 86_400;
/// Seconds in a year of 1609.2's `Duration` (31 556 952 s, the mean Gregorian year).
const YEAR: u64 = 31_556_952;

/// What a deployment allows beyond what the profiles of TS 103 097 say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Longest validity of a root certificate, in seconds. Second-hand: eight years.
    pub root_seconds: u64,
    /// Longest validity of an EA certificate, in seconds. Second-hand: five years.
    pub enrolment_authority_seconds: u64,
    /// Longest validity of an AA certificate, in seconds. Second-hand: five years.
    pub authorization_authority_seconds: u64,
    /// Longest validity of a TLM certificate, in seconds. Second-hand: four years.
    pub trust_list_manager_seconds: u64,
    /// Longest validity of a misbehaviour authority's certificate, in seconds. No figure was found: as for an AA.
    pub misbehaviour_authority_seconds: u64,
    /// Longest validity of an enrolment credential, in seconds. Second-hand: three years.
    pub credential_seconds: u64,
    /// Longest validity of an authorization ticket, in seconds. Second-hand: one week.
    pub ticket_seconds: u64,
    /// How far ahead of now a ticket may start, in seconds. Second-hand: three months of preloading.
    pub preload_seconds: u64,
    /// Tickets of one station valid at the same time. Second-hand: 100 (a later policy: 200).
    pub parallel_tickets: u32,
    /// How far before now a validity may start, in seconds: one hour, so that a station with a slow clock can use
    /// what it has just got. Our own choice.
    pub backdating_seconds: u64,
    /// How old a CA certificate request may be, in seconds: it travels outside the network, and its application form is
    /// read by people. Our own choice: 30 days.
    pub request_seconds: u64,
    /// Longest time from issue to `nextUpdate` of a CTL or CRL, in seconds. Second-hand: three months.
    pub list_seconds: u64,
}

impl Policy {
    /// The figures of the EU C-ITS certificate policy, as far as they are known (see the module's head).
    pub const EU: Self = Self {
        root_seconds: 8 * YEAR,
        enrolment_authority_seconds: 5 * YEAR,
        authorization_authority_seconds: 5 * YEAR,
        trust_list_manager_seconds: 4 * YEAR,
        misbehaviour_authority_seconds: 5 * YEAR,
        credential_seconds: 3 * YEAR,
        ticket_seconds: 7 * DAY,
        preload_seconds: 92 * DAY,
        parallel_tickets: 100,
        backdating_seconds: 3_600,
        request_seconds: 30 * DAY,
        list_seconds: 92 * DAY,
    };

    /// The longest validity of a certificate of `role`, in seconds.
    #[must_use]
    pub const fn longest_validity(&self, role: Role) -> u64 {
        match role {
            Role::RootCa => self.root_seconds,
            Role::EnrolmentAuthority => self.enrolment_authority_seconds,
            Role::AuthorizationAuthority => self.authorization_authority_seconds,
            Role::TrustListManager => self.trust_list_manager_seconds,
            Role::MisbehaviourAuthority => self.misbehaviour_authority_seconds,
            Role::EnrolmentCredential => self.credential_seconds,
            Role::AuthorizationTicket => self.ticket_seconds,
        }
    }

    /// How far ahead of now a certificate of `role` may start, in seconds. Tickets are preloaded; authorities are
    /// certified ahead of a rollover, at most a validity ahead.
    #[must_use]
    pub const fn longest_lead(&self, role: Role) -> u64 {
        match role {
            Role::AuthorizationTicket => self.preload_seconds,
            Role::RootCa
            | Role::EnrolmentAuthority
            | Role::AuthorizationAuthority
            | Role::TrustListManager
            | Role::MisbehaviourAuthority
            | Role::EnrolmentCredential => self.longest_validity(role),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::EU
    }
}
