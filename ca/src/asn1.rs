//! Making and reading the ASN.1 values that certificates are built of.

pub(crate) use v2x_codec::ieee1609dot2::*;

/// `value` as a PSID.
pub(crate) fn psid(value: u64) -> Psid {
    Psid(Integer::from(value))
}

/// A PSID's number; `None` above 2^64, which no register reaches.
pub(crate) fn psid_value(psid: &Psid) -> Option<u64> {
    u64::try_from(&psid.0).ok()
}

/// A whole number of at most 64 bits; `None` when it is negative or larger.
pub(crate) fn whole(number: &Integer) -> Option<u64> {
    u64::try_from(number).ok()
}

/// One service with a bitmap of permissions.
pub(crate) fn bitmap_permission(service: u64, ssp: &[u8]) -> PsidSsp {
    let ssp = ServiceSpecificPermissions::BitmapSsp(BitmapSsp(OctetString::from_slice(ssp)));
    PsidSsp { psid: psid(service), ssp: Some(ssp) }
}

/// The octets of a service's bitmap; `None` where the service has no permissions or opaque ones.
pub(crate) fn bitmap(permission: &PsidSsp) -> Option<&[u8]> {
    match &permission.ssp {
        Some(ServiceSpecificPermissions::BitmapSsp(ssp)) => Some(ssp.0.as_ref()),
        Some(_) | None => None,
    }
}

/// `EndEntityType` with the bit `app` alone: what TS 102 941 clause B.5 wants of issuing permissions.
pub(crate) fn end_entity_app() -> EndEntityType {
    EndEntityType([EndEntityType::APP, 0, 0, 0, 0, 0, 0, 0].into())
}

/// A validity period to reckon with.
pub(crate) fn period(validity: &ValidityPeriod) -> v2x_codec::time::ValidityPeriod {
    validity.into()
}
