//! ITS services, and what permissions a certificate of each role holds and gives.
//!
//! The rights over PKI messages are those of TS 102 941 V2.2.1 annex B; bits count from the most significant.

use crate::asn1::{
    BitmapSspRange, Integer, OctetString, PsidGroupPermissions, PsidSsp, PsidSspRange,
    SequenceOfPsidSspRange, SspRange, SubjectPermissions, bitmap_permission, end_entity_app, psid,
};

/// Cooperative awareness messages.
pub const CAM: u64 = 36;
/// Decentralized environmental notification messages.
pub const DENM: u64 = 37;
/// VRU awareness messages (TS 102 965 as public stacks carry it).
pub const VAM: u64 = 638;
/// Certificate revocation lists (TS 102 941 clause B.3).
pub const CRL: u64 = 622;
/// Secured certificate requests (TS 102 941 clause B.4).
pub const CERTIFICATE_REQUEST: u64 = 623;
/// Certificate trust lists (TS 102 941 clause B.2).
pub const CTL: u64 = 624;

/// Version of the SSPs of annex B.
pub const SSP_VERSION: u8 = 1;

/// SSP of a root for CTLs with EA, AA and DC entries (TS 102 941 table B.3).
pub const ROOT_CTL_SSP: [u8; 2] = [SSP_VERSION, 0x38];
/// SSP of a TLM for CTLs with TLM, root and DC entries (TS 102 941 table B.3).
pub const TLM_CTL_SSP: [u8; 2] = [SSP_VERSION, 0xC8];
/// SSP of a root for CRLs (TS 102 941 clause B.3).
pub const CRL_SSP: [u8; 1] = [SSP_VERSION];
/// SSP of an EC: may sign enrolment and authorization requests (TS 102 941 tables B.5 and B.6).
pub const CREDENTIAL_REQUEST_SSP: [u8; 2] = [SSP_VERSION, 0xC0];
/// SSP of an EA: authorization validation responses, enrolment responses, CA certificate requests (tables B.5, B.6).
pub const EA_REQUEST_SSP: [u8; 2] = [SSP_VERSION, 0x0E];
/// SSP of an AA: authorization validation requests, authorization responses, CA certificate requests (B.5, B.6).
pub const AA_REQUEST_SSP: [u8; 2] = [SSP_VERSION, 0x32];
/// Every right over certificate requests that table B.5 defines: what a root may give.
pub const ALL_REQUEST_RIGHTS: u8 = 0xFE;

/// A service and the permissions that may be given for it: bits where `mask` is 1 must equal `value`, the others are
/// free (Ieee1609Dot2BaseTypes, `BitmapSspRange`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRange {
    /// The service's ITS-AID.
    pub psid: u64,
    /// The bitmap with every right set that may be given.
    pub value: Vec<u8>,
    /// Which bits are fixed.
    pub mask: Vec<u8>,
}

impl ServiceRange {
    /// Every right of `psid` that `ssp` sets may be given or not; the version octet in front is fixed.
    #[must_use]
    pub fn up_to(psid: u64, ssp: &[u8]) -> Self {
        let rights = ssp.iter().skip(1).map(|octet| !octet);
        let mask = ssp.iter().take(1).map(|_| 0xFF).chain(rights).collect();
        Self { psid, value: ssp.to_vec(), mask }
    }

    /// The ASN.1 value.
    #[must_use]
    pub fn to_asn1(&self) -> PsidSspRange {
        let range = BitmapSspRange {
            ssp_value: OctetString::from_slice(&self.value),
            ssp_bitmask: OctetString::from_slice(&self.mask),
        };
        PsidSspRange { psid: psid(self.psid), ssp_range: Some(SspRange::BitmapSspRange(range)) }
    }
}

/// The services for which a European PKI gives tickets, with every right of their SSPs: the numbers of the ETSI test
/// PKI's certificates.
#[must_use]
pub fn its_services() -> Vec<ServiceRange> {
    vec![
        ServiceRange::up_to(CAM, &[1, 0xFF, 0xFC]),
        ServiceRange::up_to(DENM, &[1, 0xFF, 0xFF, 0xFF]),
        ServiceRange::up_to(137, &[1, 0xE0]),
        ServiceRange::up_to(138, &[1, 0xC0]),
        ServiceRange::up_to(139, &[1, 0, 0, 0, 0xFF, 0xF8]),
        ServiceRange::up_to(140, &[1, 0xFF, 0xFF, 0xE0]),
        ServiceRange::up_to(141, &[0]),
    ]
}

/// One group of issuing permissions: chains of `min..=min + range` certificates below the holder, for end entities
/// of type `app` (TS 102 941 clause B.5).
#[must_use]
pub fn issuing(services: &[ServiceRange], min: u8, range: u8) -> PsidGroupPermissions {
    let ranges = services.iter().map(ServiceRange::to_asn1).collect();
    PsidGroupPermissions {
        subject_permissions: SubjectPermissions::Explicit(SequenceOfPsidSspRange(ranges)),
        min_chain_length: Integer::from(min),
        chain_length_range: Integer::from(range),
        ee_type: end_entity_app(),
    }
}

/// One permission with a bitmap SSP of at most 31 octets.
#[must_use]
pub fn permission(service: u64, ssp: &[u8]) -> PsidSsp {
    bitmap_permission(service, ssp)
}
