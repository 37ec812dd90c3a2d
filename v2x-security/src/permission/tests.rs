use proptest::prelude::*;

use super::*;

fn app(psid: u64, ssp: &[u8]) -> PsidSsp {
    PsidSsp { psid: Psid(psid), ssp: Some(Ssp::bitmap(ssp).unwrap()) }
}

fn bitmap_range(psid: u64, value: &[u8], mask: &[u8]) -> PsidSspRange {
    PsidSspRange { psid: Psid(psid), range: SspRange::Bitmap(BitmapSspRange::new(value, mask).unwrap()) }
}

fn group(
    ranges: Vec<PsidSspRange>,
    min: i64,
    range: i64,
    end_entities: EndEntityTypes,
) -> PsidGroupPermissions {
    PsidGroupPermissions {
        subject_permissions: SubjectPermissions::Explicit(ranges),
        chain_lengths: ChainLengths::new(min, range).unwrap(),
        end_entities,
    }
}

fn all_group(min: i64, range: i64) -> PsidGroupPermissions {
    PsidGroupPermissions {
        subject_permissions: SubjectPermissions::All,
        chain_lengths: ChainLengths::new(min, range).unwrap(),
        end_entities: EndEntityTypes::APP,
    }
}

fn issuer(groups: Vec<PsidGroupPermissions>) -> IssuePermissions {
    IssuePermissions::new(groups).unwrap()
}

fn subject(entries: Vec<PsidSsp>) -> AppPermissions {
    AppPermissions::new(entries).unwrap()
}

fn cam_authority() -> IssuePermissions {
    issuer(vec![group(vec![bitmap_range(36, &[1, 0xff, 0xfc], &[0xff, 0, 3])], 1, 0, EndEntityTypes::APP)])
}

#[test]
fn a_cam_ticket_fits_under_an_authority_that_fixes_version_and_reserved_bits() {
    assert_eq!(
        cam_authority().permit_end_entity(&subject(vec![app(36, &[1, 0x80, 0])]), EndEntity::App),
        Ok(())
    );
}

#[test]
fn a_ticket_with_a_reserved_bit_a_wrong_version_or_another_length_is_refused() {
    for ssp in [&[1, 0, 1][..], &[2, 0, 0], &[1, 0], &[1, 0, 0, 0], &[]] {
        let refused = cam_authority().permit_end_entity(&subject(vec![app(36, ssp)]), EndEntity::App);
        assert_eq!(refused, Err(PermissionRefusal::SspNotGranted(Psid::CAM)), "{ssp:?}");
    }
}

#[test]
fn a_service_that_the_authority_lacks_is_refused_by_name() {
    let refused = cam_authority().permit_end_entity(&subject(vec![app(37, &[1, 0, 0, 0])]), EndEntity::App);
    assert_eq!(refused, Err(PermissionRefusal::PsidNotGranted(Psid::DENM)));
}

#[test]
fn an_authority_for_tickets_issues_no_enrolment_credentials() {
    let refused = cam_authority().permit_end_entity(&subject(vec![app(36, &[1, 0, 0])]), EndEntity::Enrol);
    assert_eq!(refused, Err(PermissionRefusal::EndEntityNotGranted(Psid::CAM, EndEntity::Enrol)));
}

#[test]
fn a_root_that_asks_for_two_certificates_below_issues_no_ticket_itself() {
    let range = vec![bitmap_range(36, &[1, 0xff, 0xfc], &[0xff, 0, 3])];
    let root = issuer(vec![group(range, 2, 0, EndEntityTypes::APP)]);
    let ticket = subject(vec![app(36, &[1, 0, 0])]);
    let refused = root.permit_end_entity(&ticket, EndEntity::App);
    assert_eq!(refused, Err(PermissionRefusal::ChainLengthNotGranted(Psid::CAM)));
    assert_eq!(root.permit_authority(&cam_authority()), Ok(()));
}

#[test]
fn an_authority_cannot_reach_deeper_than_its_root_allows() {
    let range = || vec![bitmap_range(36, &[1, 0xff, 0xfc], &[0xff, 0, 3])];
    let root = issuer(vec![group(range(), 1, 1, EndEntityTypes::APP)]);
    for (min, extra) in [(1, 1), (2, 0), (1, -1)] {
        let authority = issuer(vec![group(range(), min, extra, EndEntityTypes::APP)]);
        let refused = root.permit_authority(&authority);
        assert_eq!(refused, Err(PermissionRefusal::ChainLengthNotGranted(Psid::CAM)), "{min}+{extra}");
    }
}

#[test]
fn both_end_entity_types_may_come_from_two_groups_of_the_issuer() {
    let range = || vec![PsidSspRange { psid: Psid(623), range: SspRange::All }];
    let root =
        issuer(vec![group(range(), 2, 0, EndEntityTypes::APP), group(range(), 2, 0, EndEntityTypes::ENROL)]);
    let authority = issuer(vec![group(range(), 1, 0, EndEntityTypes::BOTH)]);
    assert_eq!(root.permit_authority(&authority), Ok(()));
}

#[test]
fn all_in_the_issuer_does_not_reach_a_service_that_it_names_elsewhere() {
    let root = issuer(vec![
        all_group(1, -1),
        group(vec![bitmap_range(36, &[1, 0, 0], &[0xff, 0xff, 0xff])], 1, 0, EndEntityTypes::APP),
    ]);
    assert_eq!(root.permit_end_entity(&subject(vec![app(99, &[7])]), EndEntity::App), Ok(()));
    let refused = root.permit_end_entity(&subject(vec![app(36, &[1, 0x80, 0])]), EndEntity::App);
    assert_eq!(refused, Err(PermissionRefusal::SspNotGranted(Psid::CAM)));
}

#[test]
fn all_in_the_subject_needs_all_in_the_issuer_and_no_narrower_name_beside_it() {
    let all = issuer(vec![all_group(1, 0)]);
    assert_eq!(issuer(vec![all_group(1, -1)]).permit_authority(&all), Ok(()));
    let refused = cam_authority().permit_authority(&all);
    assert_eq!(refused, Err(PermissionRefusal::AllNotGranted(EndEntity::App)));

    let narrow = vec![bitmap_range(36, &[1, 0, 0], &[0xff, 0xff, 0xff])];
    let with_narrow = issuer(vec![all_group(1, -1), group(narrow, 1, -1, EndEntityTypes::APP)]);
    assert_eq!(with_narrow.permit_authority(&all), Err(PermissionRefusal::SspNotGranted(Psid::CAM)));
}

#[test]
fn an_absent_ssp_is_the_empty_opaque_one() {
    let absent = subject(vec![PsidSsp { psid: Psid(32), ssp: None }]);
    let with = |list: Vec<Box<[u8]>>| {
        issuer(vec![group(
            vec![PsidSspRange { psid: Psid(32), range: SspRange::Opaque(list) }],
            1,
            0,
            EndEntityTypes::APP,
        )])
    };
    assert_eq!(with(vec![[].into()]).permit_end_entity(&absent, EndEntity::App), Ok(()));
    let refused = with(vec![[1].into()]).permit_end_entity(&absent, EndEntity::App);
    assert_eq!(refused, Err(PermissionRefusal::SspNotGranted(Psid::BSM)));
}

#[test]
fn two_entries_for_one_service_are_refused() {
    let twice = AppPermissions::new(vec![app(36, &[1]), app(37, &[1]), app(36, &[2])]);
    assert_eq!(twice, Err(PermissionRefusal::DuplicatePsid(Psid::CAM)));
}

#[test]
fn an_ssp_has_at_most_31_octets() {
    assert!(Ssp::bitmap(&[0; 31]).is_ok());
    assert_eq!(Ssp::opaque(&[0; 32]), Err(PermissionRefusal::SspTooLong(32)));
}

#[test]
fn malformed_groups_are_refused() {
    assert!(BitmapSspRange::new(&[], &[]).is_err());
    assert!(BitmapSspRange::new(&[1, 2], &[1]).is_err());
    assert!(BitmapSspRange::new(&[0; 33], &[0; 33]).is_err());
    for (min, range) in [(0, 0), (-1, 0), (1, -2), (i64::from(u32::MAX), 1), (i64::MIN, 0)] {
        assert_eq!(ChainLengths::new(min, range), Err(PermissionRefusal::BadChainLength { min, range }));
    }
    assert_eq!(EndEntityTypes::new(false, false), Err(PermissionRefusal::NoEndEntityType));
    let many = vec![all_group(1, 0); limits::MAX_PERMISSION_GROUPS + 1];
    assert!(matches!(IssuePermissions::new(many), Err(PermissionRefusal::TooMany { .. })));
}

#[test]
fn decoded_groups_keep_their_meaning() {
    use v2x_codec::ieee1609dot2 as asn;
    use v2x_codec::ieee1609dot2 as base;
    let range =
        base::BitmapSspRange { ssp_value: vec![1, 0xff, 0xfc].into(), ssp_bitmask: vec![0xff, 0, 3].into() };
    let decoded = asn::SequenceOfPsidGroupPermissions(vec![
        asn::PsidGroupPermissions::builder()
            .subject_permissions(asn::SubjectPermissions::Explicit(base::SequenceOfPsidSspRange(vec![
                base::PsidSspRange {
                    psid: base::Psid(36.into()),
                    ssp_range: Some(base::SspRange::BitmapSspRange(range)),
                },
            ])))
            .build(),
    ]);
    assert_eq!(IssuePermissions::try_from(&decoded), Ok(cam_authority()));
}

/// Ranges over one octet, so that a model can try every bitmap.
fn small_range() -> impl Strategy<Value = SspRange> {
    prop_oneof![
        Just(SspRange::All),
        proptest::collection::vec((0u8..4).prop_map(|n| Box::from([n])), 0..3).prop_map(SspRange::Opaque),
        (any::<u8>(), any::<u8>())
            .prop_map(|(value, mask)| SspRange::Bitmap(BitmapSspRange::new(&[value], &[mask]).unwrap())),
    ]
}

fn every_ssp() -> impl Iterator<Item = Ssp> {
    (0..=u8::MAX).flat_map(|n| [Ssp::bitmap(&[n]).unwrap(), Ssp::opaque(&[n]).unwrap()])
}

fn small_group() -> impl Strategy<Value = PsidGroupPermissions> {
    let ranges = proptest::collection::vec(
        (30u64..33, small_range()).prop_map(|(psid, range)| PsidSspRange { psid: Psid(psid), range }),
        0..3,
    );
    let subject =
        prop_oneof![1 => Just(SubjectPermissions::All), 3 => ranges.prop_map(SubjectPermissions::Explicit)];
    let kinds =
        prop_oneof![Just(EndEntityTypes::APP), Just(EndEntityTypes::ENROL), Just(EndEntityTypes::BOTH)];
    (subject, 1i64..4, -1i64..3, kinds).prop_map(|(subject_permissions, min, range, end_entities)| {
        PsidGroupPermissions {
            subject_permissions,
            chain_lengths: ChainLengths::new(min, range).unwrap(),
            end_entities,
        }
    })
}

fn small_issuer() -> impl Strategy<Value = IssuePermissions> {
    proptest::collection::vec(small_group(), 0..4).prop_map(issuer)
}

/// The same permissions as an issuer one step up would need them.
fn lifted(below: &IssuePermissions) -> IssuePermissions {
    let lift = |group: &PsidGroupPermissions| PsidGroupPermissions {
        chain_lengths: ChainLengths {
            min: group.chain_lengths.min + 1,
            max: group.chain_lengths.max.map(|max| max + 1),
        },
        ..group.clone()
    };
    issuer(below.iter().map(lift).collect())
}

proptest! {
    #[test]
    fn inclusion_of_ranges_is_what_the_brute_force_model_says(outer in small_range(), inner in small_range()) {
        let model = every_ssp().all(|ssp| !inner.contains(Some(&ssp)) || outer.contains(Some(&ssp)));
        if outer.includes(&inner) {
            prop_assert!(model);
        }
        if let (SspRange::Bitmap(_), SspRange::Bitmap(_)) = (&outer, &inner) {
            prop_assert_eq!(outer.includes(&inner), model);
        }
    }

    #[test]
    fn inclusion_of_ranges_is_reflexive_and_transitive(a in small_range(), b in small_range(), c in small_range()) {
        prop_assert!(a.includes(&a));
        if a.includes(&b) && b.includes(&c) {
            prop_assert!(a.includes(&c));
        }
    }

    #[test]
    fn an_authority_fits_under_its_own_permissions_one_step_up(below in small_issuer()) {
        prop_assert_eq!(lifted(&below).permit_authority(&below), Ok(()));
    }

    /// The rule that matters: what a permitted authority may grant to an end entity, its issuer could grant over one more step.
    #[test]
    fn a_permitted_authority_grants_nothing_that_its_issuer_does_not(
        upper in small_issuer(),
        lower in small_issuer(),
        psid in 30u64..34,
        octet in any::<u8>(),
        enrol in any::<bool>(),
    ) {
        prop_assume!(upper.permit_authority(&lower).is_ok());
        let kind = if enrol { EndEntity::Enrol } else { EndEntity::App };
        let ticket = subject(vec![app(psid, &[octet])]);
        if lower.permit_end_entity(&ticket, kind).is_ok() {
            let two_steps = ChainLengths { min: 2, max: Some(2) };
            let allowed = upper.iter().any(|group| {
                let in_chain = group.end_entities.contains(kind) && group.chain_lengths.includes(two_steps);
                let names = |entry: &PsidSspRange| entry.psid == Psid(psid);
                let named = upper.iter().any(|g| match &g.subject_permissions {
                    SubjectPermissions::Explicit(ranges) => ranges.iter().any(names),
                    SubjectPermissions::All => false,
                });
                in_chain && match &group.subject_permissions {
                    SubjectPermissions::All => !named,
                    SubjectPermissions::Explicit(ranges) => ranges
                        .iter()
                        .any(|e| names(e) && e.range.contains(Some(&Ssp::bitmap(&[octet]).unwrap()))),
                }
            });
            prop_assert!(allowed);
        }
    }

    /// Taking a group away from an issuer with explicit groups only never permits more.
    #[test]
    fn permission_is_monotone_in_explicit_groups(base in small_issuer(), extra in small_group(), lower in small_issuer()) {
        prop_assume!(!matches!(extra.subject_permissions, SubjectPermissions::Explicit(_)) || base.iter().all(
            |group| matches!(group.subject_permissions, SubjectPermissions::Explicit(_))));
        if base.permit_authority(&lower).is_ok() {
            let mut groups: Vec<_> = base.iter().cloned().collect();
            groups.push(extra);
            prop_assert_eq!(issuer(groups).permit_authority(&lower), Ok(()));
        }
    }
}
