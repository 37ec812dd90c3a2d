//! The message itself, whose signature is good: whether it is one, and whether its signer may say what it says.

use std::sync::Arc;

use v2x_codec::view;
use v2x_crypto::HashAlgorithm;

use super::place::{check_region, location, source_position};
use super::{Incoming, Verifier};
use crate::chain::Chain;
use crate::content::{self, Cam, Denm, Spdu, SpduPayload};
use crate::message::MessageProfile;
use crate::observer::Observer;
use crate::permission::{Psid, Ssp};
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::ssp;
use crate::trust::TrustProfile;
use crate::verified::{Header, Received, Verified};

impl Verifier {
    /// The message itself, whose signature is good.
    pub(super) fn check_message<'p>(
        &self,
        incoming: Incoming<'p>,
        chain: Arc<Chain>,
        is_new: bool,
        observer: &mut impl Observer,
    ) -> Result<Received<'p>, Refusal> {
        let header = header(&incoming);
        match incoming.rules {
            MessageProfile::Cam => {
                let cam = check_cam(&incoming, &chain, observer)?;
                Ok(Received::Cam(Verified::new(cam, header, chain, is_new)))
            }
            MessageProfile::Denm => {
                let denm = check_denm(&incoming, &chain, observer)?;
                Ok(Received::Denm(Verified::new(denm, header, chain, is_new)))
            }
            MessageProfile::Other | MessageProfile::Generic => {
                let spdu = self.check_spdu(&incoming, &chain, observer)?;
                Ok(Received::Spdu(Verified::new(spdu, header, chain, is_new)))
            }
        }
    }

    fn check_spdu<'p>(
        &self,
        incoming: &Incoming<'p>,
        chain: &Chain,
        observer: &mut impl Observer,
    ) -> Result<Spdu<'p>, Refusal> {
        let spdu = read_spdu(incoming);
        let spdu = observer.note(Rule::PayloadStructure, || "not looked into".to_owned(), spdu)?;
        if incoming.signed.header_info.generation_location.is_some() || self.needs_no_position(incoming.psid)
        {
            return Ok(spdu);
        }
        let position = spdu.pdu.as_ref().map(source_position);
        check_region(chain, position, observer).map(|()| spdu)
    }

    /// PKI messages have no place, and IEEE 1609.2 leaves the place of other messages to their own specification.
    fn needs_no_position(&self, psid: Psid) -> bool {
        match self.trust.profile() {
            TrustProfile::Ieee1609Dot2Generic => true,
            TrustProfile::EtsiTs103097 => self.policy.max_age(psid).is_none(),
        }
    }
}

/// Holds the payload that came another way against the hash that was signed.
pub(super) fn check_external(incoming: &Incoming<'_>, observer: &mut impl Observer) -> Result<(), Refusal> {
    let Some(hash) = incoming.signed.payload.ext_data_hash else {
        return match incoming.external {
            Some(_) => Err(Refusal::WrongPayload { expected: "extDataHash", found: "data" }),
            None => Ok(()),
        };
    };
    let missing =
        Refusal::WrongPayload { expected: "extDataHash with its payload", found: "extDataHash alone" };
    let external = incoming.external.ok_or(missing)?;
    let same = match hash {
        view::ExtDataHash::Sha256(hash) => HashAlgorithm::Sha256.digest(external).as_bytes() == hash,
        view::ExtDataHash::Sha384(hash) => HashAlgorithm::Sha384.digest(external).as_bytes() == hash,
    };
    let result = if same { Ok(()) } else { Err(Refusal::ExternalPayloadMismatch) };
    observer.note(Rule::ExternalPayload, || format!("{} octets", external.len()), result)
}

/// The signer's permission for `psid`: `None` when it has none, `Some(None)` when it has one without SSP.
pub(super) fn ssp_of(chain: &Chain, psid: Psid) -> Option<Option<&Ssp>> {
    let entry = chain.certificate().app_permissions()?.find(psid)?;
    Some(entry.ssp.as_ref())
}

fn header(incoming: &Incoming<'_>) -> Header {
    let header = &incoming.signed.header_info;
    let ids = header.inline_p2pcd_request.iter().flat_map(|list| list.iter());
    Header {
        psid: incoming.psid,
        generation_time: header.generation_time,
        expiry_time: header.expiry_time,
        generation_location: location(header),
        inline_p2pcd_request: ids.collect(),
        requested_certificate: header.requested_certificate.map(<[u8]>::to_vec),
    }
}

fn check_cam<'p>(
    incoming: &Incoming<'p>,
    chain: &Chain,
    observer: &mut impl Observer,
) -> Result<Cam<'p>, Refusal> {
    let payload = incoming.signed.payload.unsecured().unwrap_or_default();
    let read = content::facility(incoming.psid, payload, incoming.in_packet)
        .and_then(|(pdu, octets)| Cam::read(octets, pdu));
    let cam = observer.note(Rule::PayloadStructure, || format!("CAM of {} octets", payload.len()), read)?;
    check_region(chain, Some(cam.position()), observer)?;
    let (claims, granted) = (cam.claims(), ssp_of(chain, incoming.psid).flatten());
    let result = ssp::check_cam(&claims, granted).map_err(|reason| not_permitted(incoming.psid, reason));
    observer.note(Rule::ServicePermissions, || ssp::compared(&claims, granted), result).map(|()| cam)
}

fn check_denm<'p>(
    incoming: &Incoming<'p>,
    chain: &Chain,
    observer: &mut impl Observer,
) -> Result<Denm<'p>, Refusal> {
    let payload = incoming.signed.payload.unsecured().unwrap_or_default();
    let read = content::facility(incoming.psid, payload, incoming.in_packet)
        .and_then(|(pdu, octets)| Denm::read(octets, pdu));
    let denm = observer.note(Rule::PayloadStructure, || format!("DENM of {} octets", payload.len()), read)?;
    let (claims, granted) = (denm.claims(), ssp_of(chain, incoming.psid).flatten());
    let result = ssp::check_denm(&claims, granted).map_err(|reason| not_permitted(incoming.psid, reason));
    observer.note(Rule::ServicePermissions, || ssp::compared(&claims, granted), result).map(|()| denm)
}

const fn not_permitted(psid: Psid, reason: ssp::SspRefusal) -> Refusal {
    Refusal::ContentNotPermitted { psid: psid.0, reason }
}

fn read_spdu<'p>(incoming: &Incoming<'p>) -> Result<Spdu<'p>, Refusal> {
    let Some(data) = incoming.signed.payload.data else {
        return Ok(Spdu { payload: SpduPayload::External, pdu: None });
    };
    match data.unsecured() {
        Some(octets) => {
            let pdu = content::network_pdu(octets, incoming.in_packet)?;
            Ok(Spdu { payload: SpduPayload::Unsecured(octets), pdu })
        }
        None => Ok(Spdu { payload: SpduPayload::Nested(data.octets()), pdu: None }),
    }
}
