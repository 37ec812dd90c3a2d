//! TS 103 097 clause 6: what holds for certificates of every role.

use super::{Candidate, Lint, Verdict, require};
use crate::{
    asn1::{CertificateId, CertificateType, VerificationKeyIndicator, period},
    limits::MAX_TBS_OCTETS,
};
use v2x_codec::time::{Time32, Time64};

pub(super) const LINTS: &[Lint] = &[
    Lint { id: "encoding_is_canonical", source: "TS 103 097 clause 4.1", check: canonical },
    Lint { id: "size_is_bounded", source: "Wayseal limit: MAX_TBS_OCTETS", check: size },
    Lint { id: "id_is_name_or_none", source: "TS 103 097 clause 6 (id)", check: id },
    Lint { id: "name_is_not_empty", source: "TS 103 097 clause 7.2 (CertificateId)", check: name },
    Lint { id: "craca_id_is_zero", source: "TS 103 097 clause 6 (cracaId)", check: craca_id },
    Lint { id: "crl_series_is_zero", source: "TS 103 097 clause 6 (crlSeries)", check: crl_series },
    Lint { id: "validity_is_not_empty", source: "TS 103 097 clause 6 (validityPeriod)", check: duration },
    Lint { id: "validity_end_is_representable", source: "Ieee1609Dot2BaseTypes, Time32", check: end },
    Lint { id: "some_permissions_are_present", source: "TS 103 097 clause 6", check: some_permissions },
    Lint { id: "no_cert_request_permissions", source: "TS 103 097 clause 6", check: no_request_permissions },
    Lint { id: "no_can_request_rollover", source: "TS 103 097 clause 6", check: no_rollover },
    Lint {
        id: "key_indicator_fits_type",
        source: "TS 103 097 clause 6 (verifyKeyIndicator)",
        check: indicator,
    },
    Lint { id: "no_app_extensions", source: "TS 103 097 clause 6 (appExtensions)", check: app_extensions },
    Lint { id: "no_cert_issue_extensions", source: "TS 103 097 clause 6", check: issue_extensions },
    Lint { id: "no_cert_request_extensions", source: "TS 103 097 clause 6", check: request_extensions },
    Lint { id: "no_flags", source: "TS 103 097 clause 6 (flags); Wayseal sets none", check: flags },
];

fn canonical(candidate: &Candidate<'_>) -> Verdict {
    let again = crate::asn1::encode(candidate.tbs).map_err(|_| "it does not encode")?;
    require(again == candidate.encoded, "the octets are not the canonical encoding of what they say")
}

fn size(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.encoded.len() <= MAX_TBS_OCTETS, "the to-be-signed certificate is too long")
}

fn id(candidate: &Candidate<'_>) -> Verdict {
    let allowed = matches!(candidate.tbs.id, CertificateId::Name(_) | CertificateId::None(()));
    require(allowed, "the id is neither a name nor none")
}

fn name(candidate: &Candidate<'_>) -> Verdict {
    let empty = matches!(&candidate.tbs.id, CertificateId::Name(name) if name.trim().is_empty());
    require(!empty, "the name is empty, so it cannot be unique")
}

fn craca_id(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.craca_id.0.iter().all(|octet| *octet == 0), "cracaId is not 000000")
}

fn crl_series(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.crl_series.0 == 0, "crlSeries is not 0")
}

fn duration(candidate: &Candidate<'_>) -> Verdict {
    let period = period(&candidate.tbs.validity_period);
    require(period.duration.micros() > 0, "the duration is zero, so the certificate is never valid")
}

fn end(candidate: &Candidate<'_>) -> Verdict {
    let end = period(&candidate.tbs.validity_period).end();
    require(
        end <= Time64::from(Time32::from_seconds(u32::MAX)),
        "the validity ends after the last Time32 (2140)",
    )
}

fn some_permissions(candidate: &Candidate<'_>) -> Verdict {
    let tbs = candidate.tbs;
    let some = tbs.app_permissions.is_some() || tbs.cert_issue_permissions.is_some();
    require(some, "neither appPermissions nor certIssuePermissions is present")
}

fn no_request_permissions(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.cert_request_permissions.is_none(), "certRequestPermissions is present")
}

fn no_rollover(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.can_request_rollover.is_none(), "canRequestRollover is present")
}

fn indicator(candidate: &Candidate<'_>) -> Verdict {
    let fits = match candidate.certificate_type {
        CertificateType::Explicit => {
            matches!(candidate.tbs.verify_key_indicator, VerificationKeyIndicator::VerificationKey(_))
        }
        CertificateType::Implicit => {
            matches!(candidate.tbs.verify_key_indicator, VerificationKeyIndicator::ReconstructionValue(_))
        }
        // The type is foreign and open: another one fits nothing.
        _ => false,
    };
    require(fits, "an explicit certificate has a verificationKey, an implicit one a reconstructionValue")
}

/// The clause allows one extension, the operating organization; this CA does not vouch for organizations.
fn app_extensions(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.app_extensions.is_none(), "appExtensions is present")
}

fn issue_extensions(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.cert_issue_extensions.is_none(), "certIssueExtensions is present")
}

fn request_extensions(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.cert_request_extension.is_none(), "certRequestExtension is present")
}

fn flags(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.flags.is_none(), "flags is present")
}
