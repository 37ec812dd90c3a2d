//! CA certificate requests (TS 102 941 V2.2.1 clause 6.2.1): an EA or AA asks its root for a certificate.
//!
//! | | signed by | the root knows the applicant by |
//! | --- | --- | --- |
//! | initial ([`Asked::initial`]) | the new key, as `self` | an approved [`Application`] with the request's fingerprint |
//! | re-keying ([`Asked::rekeying`]) | the new key as `self`, and around that the current key | the current certificate |
//!
//! Neither is encrypted: they hold nothing secret, and travel outside the network. [`answer`] is the root's side. It
//! takes the role, EA or AA, from the rights that are asked for, and a re-keying changes keys and dates only: whoever
//! wants another name, region or permission files a new application. Whether the applicant also has the private half
//! of its encryption key is not shown; the clause leaves that to other means.

mod answer;
mod ask;
mod refusal;
#[cfg(test)]
mod tests;

pub use answer::{Application, answer};
pub use ask::Asked;
pub use refusal::RequestRefusal;

use crate::{
    ledger::Hash,
    role::Role,
    services::{AA_REQUEST_SSP, CERTIFICATE_REQUEST, EA_REQUEST_SSP},
};
use v2x_codec::ieee1609dot2::PsidSsp;

/// The fingerprint of a request as it stands on the application form: SHA-256 over the whole message (clause 6.2.1
/// note 1).
#[must_use]
pub fn fingerprint(message: &[u8]) -> Hash {
    v2x_crypto::sha256(message)
}

/// Whose rights over certificate requests these are (TS 102 941 tables B.5 and B.6): each of EA and AA has some that
/// the other must not have.
fn role_of(permissions: &[PsidSsp]) -> Option<Role> {
    let [only] = permissions else { return None };
    let requests = crate::asn1::psid_value(&only.psid) == Some(CERTIFICATE_REQUEST);
    let Some([version, rights]) = crate::asn1::bitmap(only).filter(|_| requests) else { return None };
    let inside = |most: [u8; 2]| {
        let own = most[1] & !(EA_REQUEST_SSP[1] & AA_REQUEST_SSP[1]);
        *version == most[0] && rights & !most[1] == 0 && rights & own != 0
    };
    match (inside(EA_REQUEST_SSP), inside(AA_REQUEST_SSP)) {
        (true, _) => Some(Role::EnrolmentAuthority),
        (false, true) => Some(Role::AuthorizationAuthority),
        (false, false) => None,
    }
}
