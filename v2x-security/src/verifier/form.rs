//! What needs no signer: decoding, clock, choices, header fields and times.

use core::time::Duration;

use v2x_codec::view::{self, Content, Data, Packet};

use super::{Incoming, Verifier};
use crate::clock::Clock;
use crate::message::{Fields, payload_name};
use crate::observer::Observer;
use crate::policy::check_expiry;
use crate::refusal::{Refusal, Structure};
use crate::rule::Rule;

impl Verifier {
    /// Everything that needs no signer.
    pub(super) fn check_form(
        &self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), Refusal> {
        let (rules, header) = (incoming.rules, &incoming.signed.header_info);
        let seconds = |duration: Duration| duration.as_secs_f64();
        let limit = self.policy.max_clock_uncertainty;
        let uncertainty =
            || format!("uncertain by {} s, at most {} s", seconds(clock.uncertainty()), seconds(limit));
        observer.note(Rule::ClockCertainty, uncertainty, self.policy.check_clock(clock))?;
        let payload = &incoming.signed.payload;
        let text = || format!("{} in {}", payload_name(payload), rules.name());
        observer.note(Rule::PayloadChoice, text, rules.check_payload(payload))?;
        let fields = Fields::of_view(header);
        let text = || format!("{fields} in {}", rules.name());
        observer.note(Rule::HeaderFields, text, rules.check_fields(fields))?;
        let text = || signer_name(&incoming.signed.signer);
        observer.note(Rule::SignerChoice, text, rules.check_signer(&incoming.signed.signer))?;
        self.check_times(clock, incoming, observer)
    }

    fn check_times(
        &self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), Refusal> {
        let header = &incoming.signed.header_info;
        let recent = match header.generation_time {
            Some(generated) => self.policy.check_generation(clock, incoming.psid, generated),
            // Without it, neither age nor replay can be judged: only what is made to last may do without.
            None if self.policy.max_age(incoming.psid).is_none() => Ok(()),
            None => {
                Err(Refusal::HeaderFieldMissing { field: "generationTime", profile: incoming.rules.name() })
            }
        };
        let made = || header.generation_time.map_or_else(|| "none".to_owned(), |time| time.to_string());
        let text = || format!("{} against now {}", made(), clock.now());
        observer.note(Rule::GenerationTime, text, recent)?;
        let Some(expiry) = header.expiry_time else { return Ok(()) };
        let ahead = check_expiry(clock, header.generation_time, expiry);
        observer.note(Rule::ExpiryTime, || format!("{expiry} against now {}", clock.now()), ahead)
    }
}

pub(super) fn secured(frame: &[u8]) -> Result<Data<'_>, Refusal> {
    let undecodable = |error| Refusal::Undecodable { what: Structure::Packet, error };
    let packet = Packet::parse(frame).map_err(undecodable)?;
    packet.secured().copied().ok_or(Refusal::NotSecured)
}

pub(super) fn signed<'p>(data: &Data<'p>) -> Result<view::Signed<'p>, Refusal> {
    match data.content {
        Content::Signed(signed) => Ok(signed),
        Content::Unsecured(_) | Content::Encrypted(_) | Content::SignedCertificateRequest(_) => {
            Err(Refusal::NotSigned { found: content_name(data) })
        }
    }
}

pub(super) const fn content_name(data: &Data<'_>) -> &'static str {
    match data.content {
        Content::Unsecured(_) => "unsecuredData",
        Content::Signed(_) => "signedData",
        Content::Encrypted(_) => "encryptedData",
        Content::SignedCertificateRequest(_) => "signedCertificateRequest",
    }
}

fn signer_name(signer: &view::Signer<'_>) -> String {
    match signer {
        view::Signer::Digest(id) => format!("digest {id}"),
        view::Signer::Certificate(list) => format!("{} certificate", list.len()),
        view::Signer::SelfSigned => "self".to_owned(),
    }
}
