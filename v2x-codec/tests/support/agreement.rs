//! What a view accepts, the scan accepts too, and the owned decoder, if it does, with the same content. Shared by tests
//! and fuzz targets.

use v2x_codec::coer::{scan, schema};
use v2x_codec::ieee1609dot2 as owned;
use v2x_codec::view::{CertificateView, Content, Data, Signed, Signer};

/// Looks at everything a view of `octets` as data yields, and at the owned decoding of it.
pub(crate) fn data(octets: &[u8]) {
    let Ok(view) = Data::parse(octets) else { return };
    assert_eq!(view.octets, octets);
    assert_eq!(scan(&schema::IEEE1609_DOT2_DATA, octets), Ok(()));
    // The owned decoder may refuse additions of another edition; it must not read them as something else.
    if let Ok(owned) = owned::decode::<owned::Ieee1609Dot2Data>(octets) {
        content(&view, &owned);
    }
}

/// Looks at everything a view of `octets` as a certificate yields, and at the owned decoding of it.
pub(crate) fn certificate(octets: &[u8]) {
    let Ok(view) = CertificateView::parse(octets) else { return };
    assert_eq!(view.octets, octets);
    assert_eq!(scan(&schema::CERTIFICATE, octets), Ok(()));
    if let Ok(owned) = owned::decode::<owned::Certificate>(octets) {
        same_certificate(&view, &owned);
    }
}

fn content(view: &Data<'_>, owned: &owned::Ieee1609Dot2Data) {
    match (&view.content, &owned.content) {
        (Content::Unsecured(view), owned::Ieee1609Dot2Content::UnsecuredData(owned)) => {
            assert_eq!(view, &&*owned.0)
        }
        (Content::Signed(view), owned::Ieee1609Dot2Content::SignedData(owned)) => signed(view, owned),
        (Content::Encrypted(view), owned::Ieee1609Dot2Content::EncryptedData(owned)) => {
            assert_eq!(view.recipients.iter().count(), owned.recipients.0.len());
        }
        (
            Content::SignedCertificateRequest(view),
            owned::Ieee1609Dot2Content::SignedCertificateRequest(owned),
        ) => {
            assert_eq!(view, &&*owned.0);
        }
        (view, owned) => unreachable!("{view:?} is not {owned:?}"),
    }
}

fn signed(view: &Signed<'_>, owned: &owned::SignedData) {
    let (header, owned_header) = (&view.header_info, &owned.tbs_data.header_info);
    assert_eq!(Some(header.psid), owned_header.psid_value());
    assert_eq!(
        header.generation_time.map(|t| t.micros()),
        owned_header.generation_time.as_ref().map(|t| t.0)
    );
    assert_eq!(header.expiry_time.map(|t| t.micros()), owned_header.expiry_time.as_ref().map(|t| t.0));
    assert_eq!(header.generation_location.is_some(), owned_header.generation_location.is_some());
    assert_eq!(header.pdu_functional_type, owned_header.pdu_functional_type.as_ref().map(|kind| kind.0));
    let requested = header.inline_p2pcd_request.map(|list| list.iter().len());
    assert_eq!(requested, owned_header.inline_p2pcd_request.as_ref().map(|list| list.0.len()));
    let blocks = owned_header.contributed_extensions.as_ref();
    let extensions = blocks.map(|blocks| blocks.0.iter().map(|block| block.extns.len()).sum::<usize>());
    assert_eq!(header.contributed_extensions.map(|list| list.iter().count()), extensions);
    if is_plain(view) {
        let tbs = owned::encode(&owned.tbs_data).expect("what was decoded encodes");
        assert_eq!(tbs, view.to_be_signed);
    }
    payload(view, owned);
    signer(&view.signer, &owned.signer);
}

/// Whether the owned encoding must have the received octets: a bitmap of extensions may have had another length.
fn is_plain(view: &Signed<'_>) -> bool {
    let (header, payload) = (&view.header_info, &view.payload);
    let extends_header = header.has_unknown_extensions
        || header.inline_p2pcd_request.is_some()
        || header.requested_certificate.is_some()
        || header.pdu_functional_type.is_some()
        || header.contributed_extensions.is_some();
    let extends_payload = payload.has_unknown_extensions || payload.is_omitted;
    let is_flat = payload.data.is_none_or(|data| data.unsecured().is_some());
    !extends_header && !extends_payload && is_flat && header.missing_crl_identifier.is_none()
}

fn payload(view: &Signed<'_>, owned: &owned::SignedData) {
    assert_eq!(view.payload.is_omitted, owned.tbs_data.payload.omitted.is_some());
    assert_eq!(view.payload.ext_data_hash.is_some(), owned.tbs_data.payload.ext_data_hash.is_some());
    match (&view.payload.data, &owned.tbs_data.payload.data) {
        (Some(view), Some(owned)) => content(&view.view().expect("it was read before"), owned),
        (view, owned) => assert!(view.is_none() && owned.is_none()),
    }
}

fn signer(view: &Signer<'_>, owned: &owned::SignerIdentifier) {
    match (view, owned) {
        (Signer::Digest(view), owned::SignerIdentifier::Digest(owned)) => assert_eq!(view.0[..], owned.0[..]),
        (Signer::SelfSigned, owned::SignerIdentifier::SelfSigned(())) => {}
        (Signer::Certificate(view), owned::SignerIdentifier::Certificate(owned)) => {
            assert_eq!(view.len(), owned.0.len());
            assert_eq!(view.iter().count(), owned.0.len());
            view.iter().zip(&owned.0).for_each(|(view, owned)| same_certificate(&view, owned));
        }
        (view, owned) => unreachable!("{view:?} is not {owned:?}"),
    }
}

fn same_certificate(view: &CertificateView<'_>, owned: &owned::Certificate) {
    let tbs = &owned.to_be_signed;
    assert_eq!(view.validity_period.start.seconds(), tbs.validity_period.start.0);
    assert_eq!(view.craca_id.0[..], tbs.craca_id.0[..]);
    assert_eq!(view.crl_series, tbs.crl_series.0);
    assert_eq!(view.region.is_some(), tbs.region.is_some());
    assert_eq!(view.assurance_level.is_some(), tbs.assurance_level.is_some());
    assert_eq!(view.can_request_rollover, tbs.can_request_rollover.is_some());
    assert_eq!(view.encryption_key.is_some(), tbs.encryption_key.is_some());
    assert_eq!(view.flags.is_some(), tbs.flags.is_some());
    assert_eq!(view.signature.is_some(), owned.signature.is_some());
    assert_eq!(
        view.app_permissions.map(|list| list.iter().count()),
        tbs.app_permissions.as_ref().map(|list| list.0.len())
    );
    if let Some(permissions) = view.app_permissions {
        for permission in permissions {
            assert!(permissions.find(permission.psid).is_some());
        }
    }
}
