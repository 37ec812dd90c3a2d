//! What stands behind extension markers, inside one another too, encodes to exact canonical OER and back.

mod support;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use support::values::certificate;
use v2x_codec::ieee1609dot2::{
    Addition, AppExtension, CertIssueExtension, CertIssuePermissions, CertRequestExtension,
    CertRequestPermissions, Certificate, CertificateFlags, ContributedExtensionBlock,
    ContributedExtensionBlocks, CrlContents, CrlPriorityInfo, CrlSeries, GroupCrlEntry,
    GroupSingleSeedCrlEntry, HashedId3, HashedId8, HeaderInfo, IMaxGroup, IndividualRevocation, JMaxGroup,
    LAGroup, LaId, LinkageSeed, PduFunctionalType, SequenceOfAppExtensions, SequenceOfCertIssueExtensions,
    SequenceOfCertRequestExtensions, SequenceOfGroupCrlEntry, SequenceOfGroupSingleSeedCrlEntry,
    SequenceOfHashedId3, SequenceOfIMaxGroup, SequenceOfIndividualRevocation, SequenceOfJMaxGroup,
    SequenceOfLAGroup, SequenceOfLinkageSeed, ToBeSignedLinkageValueCrl,
    ToBeSignedLinkageValueCrlWithAlgIdentifier, TypeSpecificCrlContents, decode, encode,
};

fn octets() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..150)
}

fn app_extensions() -> impl Strategy<Value = SequenceOfAppExtensions> {
    let extension =
        (any::<u8>(), octets()).prop_map(|(id, content)| AppExtension { id, content: content.into() });
    vec(extension, 1..4).prop_map(SequenceOfAppExtensions)
}

fn issue_extensions() -> impl Strategy<Value = SequenceOfCertIssueExtensions> {
    let extension = (any::<u8>(), option::of(octets())).prop_map(|(id, specific)| {
        let all = CertIssuePermissions::All(());
        let permissions = specific.map_or(all, |octets| CertIssuePermissions::Specific(octets.into()));
        CertIssueExtension { id, permissions }
    });
    vec(extension, 1..4).prop_map(SequenceOfCertIssueExtensions)
}

fn request_extensions() -> impl Strategy<Value = SequenceOfCertRequestExtensions> {
    let extension = (any::<u8>(), option::of(octets())).prop_map(|(id, content)| {
        let all = CertRequestPermissions::All(());
        let permissions = content.map_or(all, |octets| CertRequestPermissions::Content(octets.into()));
        CertRequestExtension { id, permissions }
    });
    vec(extension, 1..4).prop_map(SequenceOfCertRequestExtensions)
}

prop_compose! {
    fn extended_certificate()(
        mut certificate in certificate(), flags in option::of(0..=255_u8),
        app in option::of(app_extensions()), issue in option::of(issue_extensions()),
        request in option::of(request_extensions()),
    ) -> Certificate {
        let contents = &mut certificate.to_be_signed;
        contents.flags = flags.and_then(CertificateFlags::new);
        contents.app_extensions = app;
        contents.cert_issue_extensions = issue;
        contents.cert_request_extension = request;
        certificate
    }
}

fn contributed() -> impl Strategy<Value = ContributedExtensionBlocks> {
    let block = (any::<u8>(), vec(octets(), 1..4)).prop_map(|(contributor_id, extns)| {
        ContributedExtensionBlock { contributor_id, extns: extns.into_iter().map(Into::into).collect() }
    });
    vec(block, 1..4).prop_map(ContributedExtensionBlocks)
}

prop_compose! {
    fn header()(
        psid: u64, inline in option::of(vec(any::<[u8; 3]>(), 0..5)),
        requested in option::of(extended_certificate()), functional in option::of(any::<u8>()),
        contributed in option::of(contributed()),
    ) -> HeaderInfo {
        let mut header = HeaderInfo::new(psid);
        let ids = |ids: Vec<[u8; 3]>| ids.into_iter().map(|id| HashedId3(id.into())).collect();
        header.inline_p2pcd_request = inline.map(|found| SequenceOfHashedId3(ids(found)));
        header.requested_certificate = requested.map(Addition);
        header.pdu_functional_type = functional.map(PduFunctionalType);
        header.contributed_extensions = contributed;
        header
    }
}

fn seed() -> impl Strategy<Value = LinkageSeed> {
    any::<[u8; 16]>().prop_map(|octets| LinkageSeed(octets.into()))
}

fn authority() -> impl Strategy<Value = LaId> {
    any::<[u8; 2]>().prop_map(|octets| LaId(octets.into()))
}

fn months() -> impl Strategy<Value = SequenceOfIMaxGroup> {
    let revoked = (seed(), seed()).prop_map(|(linkage_seed1, linkage_seed2)| {
        IndividualRevocation::builder().linkage_seed1(linkage_seed1).linkage_seed2(linkage_seed2).build()
    });
    let single = option::of(vec(seed(), 0..3).prop_map(SequenceOfLinkageSeed));
    let group = (any::<u16>(), vec(revoked, 0..3), single).prop_map(|(i_max, contents, single)| {
        let contents = SequenceOfIndividualRevocation(contents);
        IMaxGroup::builder().i_max(i_max).contents(contents).maybe_single_seed(single).build()
    });
    vec(group, 0..3).prop_map(SequenceOfIMaxGroup)
}

fn individual() -> impl Strategy<Value = SequenceOfJMaxGroup> {
    let authorities = (authority(), authority(), months()).prop_map(|(la1_id, la2_id, contents)| {
        LAGroup::builder().la1_id(la1_id).la2_id(la2_id).contents(contents).build()
    });
    let group = (any::<u8>(), vec(authorities, 0..3)).prop_map(|(jmax, contents)| {
        JMaxGroup::builder().jmax(jmax).contents(SequenceOfLAGroup(contents)).build()
    });
    vec(group, 0..3).prop_map(SequenceOfJMaxGroup)
}

fn groups() -> impl Strategy<Value = SequenceOfGroupCrlEntry> {
    let entry = (any::<u16>(), authority(), seed(), authority(), seed()).prop_map(
        |(i_max, la1_id, linkage_seed1, la2_id, linkage_seed2)| {
            let entry = GroupCrlEntry::builder().i_max(i_max).la1_id(la1_id).linkage_seed1(linkage_seed1);
            entry.la2_id(la2_id).linkage_seed2(linkage_seed2).build()
        },
    );
    vec(entry, 0..3).prop_map(SequenceOfGroupCrlEntry)
}

fn groups_single_seed() -> impl Strategy<Value = SequenceOfGroupSingleSeedCrlEntry> {
    let entry = (any::<u16>(), authority(), seed())
        .prop_map(|(i_max, la_id, seed)| GroupSingleSeedCrlEntry::new(i_max, la_id, seed));
    vec(entry, 0..3).prop_map(SequenceOfGroupSingleSeedCrlEntry)
}

fn revoked() -> impl Strategy<Value = TypeSpecificCrlContents> {
    let lists = (option::of(individual()), option::of(groups()), option::of(groups_single_seed()));
    (0..4, any::<u16>(), any::<u8>(), lists).prop_map(|(form, i_rev, index, (individual, groups, single))| {
        let mut plain = ToBeSignedLinkageValueCrl::new(i_rev.into(), index);
        let mut named = ToBeSignedLinkageValueCrlWithAlgIdentifier::new(i_rev.into(), index);
        (plain.individual, named.individual) = (individual.clone(), individual);
        (plain.groups, named.groups) = (groups.clone(), groups);
        (plain.groups_single_seed, named.groups_single_seed) = (single.clone(), single);
        match form {
            0 => TypeSpecificCrlContents::FullLinkedCrl(plain),
            1 => TypeSpecificCrlContents::DeltaLinkedCrl(plain),
            2 => TypeSpecificCrlContents::FullLinkedCrlWithAlg(named),
            _ => TypeSpecificCrlContents::DeltaLinkedCrlWithAlg(named),
        }
    })
}

prop_compose! {
    fn crl()(series: u16, craca: [u8; 8], type_specific in revoked()) -> CrlContents {
        CrlContents {
            version: CrlContents::VERSION,
            crl_series: CrlSeries(series),
            crl_craca: HashedId8(craca.into()),
            issue_date: 1.into(),
            next_crl: 2.into(),
            priority_info: CrlPriorityInfo::builder().build(),
            type_specific,
        }
    }
}

proptest! {
    #[test]
    fn an_extended_certificate_that_was_encoded_decodes_to_itself(certificate in extended_certificate()) {
        let octets = encode(&certificate).expect("it encodes");
        prop_assert_eq!(decode::<Certificate>(&octets), Ok(certificate));
    }

    #[test]
    fn a_header_encodes_with_whatever_certificate_was_requested(header in header()) {
        let octets = encode(&header).expect("it encodes");
        if let Some(Addition(certificate)) = &header.requested_certificate {
            let alone = encode(certificate).expect("it encodes by itself");
            prop_assert!(octets.windows(alone.len()).any(|found| found == alone));
        }
        prop_assert_eq!(decode::<HeaderInfo>(&octets), Ok(header));
    }

    #[test]
    fn a_revocation_list_by_linkage_encodes_with_every_kind_of_group(crl in crl()) {
        let octets = encode(&crl).expect("it encodes");
        prop_assert_eq!(decode::<CrlContents>(&octets), Ok(crl));
    }
}
