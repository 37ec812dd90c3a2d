//! From the decoder's types to ours.

use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::ieee1609dot2 as base;

use super::{
    AppPermissions, BitmapSspRange, ChainLengths, EndEntityTypes, IssuePermissions, PermissionRefusal, Psid,
    PsidGroupPermissions, PsidSsp, PsidSspRange, Ssp, SspRange, SubjectPermissions, within,
};
use crate::limits;

impl TryFrom<&base::Psid> for Psid {
    type Error = PermissionRefusal;

    fn try_from(psid: &base::Psid) -> Result<Self, Self::Error> {
        u64::try_from(&psid.0).map(Self).map_err(|_| PermissionRefusal::PsidTooLarge)
    }
}

impl TryFrom<&base::SequenceOfPsidSsp> for AppPermissions {
    type Error = PermissionRefusal;

    fn try_from(list: &base::SequenceOfPsidSsp) -> Result<Self, Self::Error> {
        within(list.0.len(), limits::MAX_APP_PERMISSIONS, "appPermissions")?;
        Self::new(list.0.iter().map(PsidSsp::try_from).collect::<Result<_, _>>()?)
    }
}

impl TryFrom<&base::PsidSsp> for PsidSsp {
    type Error = PermissionRefusal;

    fn try_from(entry: &base::PsidSsp) -> Result<Self, Self::Error> {
        let ssp = entry.ssp.as_ref().map(Ssp::try_from).transpose()?;
        Ok(Self { psid: Psid::try_from(&entry.psid)?, ssp })
    }
}

impl TryFrom<&base::ServiceSpecificPermissions> for Ssp {
    type Error = PermissionRefusal;

    fn try_from(ssp: &base::ServiceSpecificPermissions) -> Result<Self, Self::Error> {
        match ssp {
            base::ServiceSpecificPermissions::Opaque(octets) => Self::opaque(octets),
            base::ServiceSpecificPermissions::BitmapSsp(bitmap) => Self::bitmap(&bitmap.0),
            _ => Err(PermissionRefusal::UnknownChoice("ServiceSpecificPermissions")),
        }
    }
}

impl TryFrom<&asn::SequenceOfPsidGroupPermissions> for IssuePermissions {
    type Error = PermissionRefusal;

    fn try_from(list: &asn::SequenceOfPsidGroupPermissions) -> Result<Self, Self::Error> {
        within(list.0.len(), limits::MAX_PERMISSION_GROUPS, "certIssuePermissions")?;
        Self::new(list.0.iter().map(PsidGroupPermissions::try_from).collect::<Result<_, _>>()?)
    }
}

impl TryFrom<&asn::PsidGroupPermissions> for PsidGroupPermissions {
    type Error = PermissionRefusal;

    fn try_from(group: &asn::PsidGroupPermissions) -> Result<Self, Self::Error> {
        let bit = |index: usize| group.ee_type.0.get(index).is_some_and(|bit| *bit);
        Ok(Self {
            subject_permissions: SubjectPermissions::try_from(&group.subject_permissions)?,
            chain_lengths: chain_lengths(group)?,
            end_entities: EndEntityTypes::new(bit(0), bit(1))?,
        })
    }
}

/// Lengths beyond 64 bits are as malformed as negative ones, and reported with the value that stands for them.
fn chain_lengths(group: &asn::PsidGroupPermissions) -> Result<ChainLengths, PermissionRefusal> {
    let number = |integer| i64::try_from(integer).unwrap_or(i64::MIN);
    ChainLengths::new(number(&group.min_chain_length), number(&group.chain_length_range))
}

impl TryFrom<&asn::SubjectPermissions> for SubjectPermissions {
    type Error = PermissionRefusal;

    fn try_from(subject: &asn::SubjectPermissions) -> Result<Self, Self::Error> {
        match subject {
            asn::SubjectPermissions::Explicit(list) => {
                within(list.0.len(), limits::MAX_RANGES_PER_GROUP, "subjectPermissions")?;
                list.0.iter().map(PsidSspRange::try_from).collect::<Result<_, _>>().map(Self::Explicit)
            }
            asn::SubjectPermissions::All(()) => Ok(Self::All),
            _ => Err(PermissionRefusal::UnknownChoice("SubjectPermissions")),
        }
    }
}

impl TryFrom<&base::PsidSspRange> for PsidSspRange {
    type Error = PermissionRefusal;

    fn try_from(entry: &base::PsidSspRange) -> Result<Self, Self::Error> {
        let range = entry.ssp_range.as_ref().map_or(Ok(SspRange::All), SspRange::try_from)?;
        Ok(Self { psid: Psid::try_from(&entry.psid)?, range })
    }
}

impl TryFrom<&base::SspRange> for SspRange {
    type Error = PermissionRefusal;

    fn try_from(range: &base::SspRange) -> Result<Self, Self::Error> {
        match range {
            base::SspRange::All(()) => Ok(Self::All),
            base::SspRange::Opaque(list) => {
                within(list.len(), limits::MAX_OPAQUE_SSPS, "sspRange.opaque")?;
                Ok(Self::Opaque(list.iter().map(|octets| octets.to_vec().into_boxed_slice()).collect()))
            }
            base::SspRange::BitmapSspRange(range) => {
                BitmapSspRange::new(&range.ssp_value, &range.ssp_bitmask).map(Self::Bitmap)
            }
            _ => Err(PermissionRefusal::UnknownChoice("SspRange")),
        }
    }
}
