//! One message or certificate, judged by the verifier under the rules that its root belongs to.

use std::collections::HashMap;

use anyhow::Result;
use v2x_codec::time::Time64;
use v2x_codec::view::{self, Signed};
use v2x_security::certificate::{Certificate, Issuer};
use v2x_security::chain::Chain;
use v2x_security::clock::Clock;
use v2x_security::code::Code;
use v2x_security::id::HashedId8;
use v2x_security::limits::MAX_CHAIN;
use v2x_security::observer::{Observer, Silent};
use v2x_security::permission::Psid;
use v2x_security::refusal::Refusal;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::rule::Rule;
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;

use crate::exit::Outcome;
use crate::open_chain;
use crate::subject::Subject;
use crate::time;
use crate::trust_dir::{Rules, Trust, keeps_etsi_profile};

/// Signers whose rules are remembered; after that many, all are forgotten and looked up again.
const MAX_HEARD: usize = 65_536;

/// Judges one thing after the other. Signers whose certificates were verified are known from then on.
pub(crate) struct Judge {
    rules: Rules,
    etsi: Verifier,
    ieee: Verifier,
    heard: HashMap<HashedId8, TrustProfile>,
    at: Option<Time64>,
    now: Time64,
}

/// What was found.
pub(crate) struct Verdict {
    /// The rules that it was held against.
    pub(crate) rules: TrustProfile,
    /// The time for which it was judged.
    pub(crate) judged_at: Time64,
    /// The application of a message.
    pub(crate) psid: Option<u64>,
    /// When a message was made.
    pub(crate) generation_time: Option<Time64>,
    /// The signer of a message, or the certificate itself.
    pub(crate) signer: Option<HashedId8>,
    /// The root that vouches for it, or why it is not believed.
    pub(crate) result: Result<Anchor, Refusal>,
}

/// What a refusal means: that something is wrong, or only that somebody is not known.
pub(crate) fn outcome_of(refusal: Code) -> Outcome {
    if matches!(refusal, Code::UnknownSigner | Code::UnknownIssuer) {
        Outcome::Unknown
    } else {
        Outcome::Refused
    }
}

/// The end of a chain that was verified: a root, or a trust list manager, whose chain is itself alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    /// Which of the two.
    is_root: bool,
    /// Its short name.
    pub(crate) id: HashedId8,
    /// Its name, if it has one.
    pub(crate) name: Option<String>,
}

impl Anchor {
    fn of(chain: &Chain) -> Self {
        let top = chain.certificates().last().unwrap_or_else(|| chain.certificate());
        let is_root = top.issue_permissions().is_some();
        Self { is_root, id: top.hashed_id8(), name: top.name().map(str::to_owned) }
    }
}

impl std::fmt::Display for Anchor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let role = if self.is_root { "root" } else { "trust list manager" };
        match &self.name {
            Some(name) => write!(f, "{role} {} ({name})", self.id),
            None => write!(f, "{role} {}", self.id),
        }
    }
}

impl Verdict {
    /// Verified, refused, or not to be judged for want of a certificate.
    pub(crate) fn outcome(&self) -> Outcome {
        self.result.as_ref().map_or_else(|refusal| outcome_of(refusal.kind()), |_| Outcome::Success)
    }
}

impl Judge {
    /// A judge who believes `trust`, for the time `at`, or else for each thing's own.
    pub(crate) fn new(trust: Trust, at: Option<Time64>) -> Result<Self> {
        let (rules, etsi, ieee) = trust.into_parts();
        Ok(Self { rules, etsi, ieee, heard: HashMap::new(), at, now: time::now()? })
    }

    /// Judges.
    pub(crate) fn judge(&mut self, subject: Subject<'_>) -> Verdict {
        self.judge_observed(subject, &mut Silent)
    }

    /// Judges, telling `observer` of every check.
    pub(crate) fn judge_observed(&mut self, subject: Subject<'_>, observer: &mut impl Observer) -> Verdict {
        match subject {
            Subject::Certificate(octets) => self.judge_certificate(octets, observer),
            Subject::Packet(_) | Subject::Data(_) => self.judge_message(subject, observer),
        }
    }

    fn judge_message(&mut self, subject: Subject<'_>, observer: &mut impl Observer) -> Verdict {
        let signed = subject.signed();
        let attached = signed.as_ref().and_then(attached);
        let generation_time = signed.as_ref().and_then(|signed| signed.header_info.generation_time);
        let rules = self.rules_of_message(signed.as_ref(), attached.as_ref());
        let judged_at = self.at.or(generation_time).unwrap_or(self.now);
        let result = self.verify(rules, subject, &Clock::exact(judged_at), observer);
        let result = match (result, &signed, &attached) {
            (Err(open @ Refusal::UnknownIssuer { .. }), Some(signed), Some(signer)) => {
                Err(self.judge_open(rules, signed, signer, open, observer))
            }
            (result, _, _) => result,
        };
        let signer = signed.as_ref().and_then(|signed| signer_id(signed, attached.as_ref()));
        if let (Ok(_), Some(id)) = (&result, signer) {
            self.hear(id, rules);
        }
        let psid = signed.map(|signed| signed.header_info.psid);
        Verdict { rules, judged_at, psid, generation_time, signer, result }
    }

    fn verify(
        &mut self,
        rules: TrustProfile,
        subject: Subject<'_>,
        clock: &Clock,
        observer: &mut impl Observer,
    ) -> Result<Anchor, Refusal> {
        let verifier = self.verifier(rules);
        // Stored messages are judged each for itself: the same one in two files is no replay.
        verifier.replace_replay_filter(no_memory());
        let received = match subject {
            Subject::Packet(octets) => verifier.verify_packet_observed(clock, octets, observer)?,
            Subject::Data(octets) | Subject::Certificate(octets) => {
                verifier.verify_data_observed(clock, octets, None, observer)?
            }
        };
        Ok(Anchor::of(received.signer()))
    }

    /// The refusal of a message whose signer's issuer is unknown: a worse one if some signature is wrong anyway.
    fn judge_open(
        &mut self,
        rules: TrustProfile,
        signed: &Signed<'_>,
        signer: &Certificate,
        open: Refusal,
        observer: &mut impl Observer,
    ) -> Refusal {
        let store = self.verifier(rules).trust();
        open_chain::check_certificates(store, signer, observer)
            .and_then(|()| open_chain::check_message(store, signed, signer, observer))
            .err()
            .unwrap_or(open)
    }

    fn judge_certificate(&mut self, octets: &[u8], observer: &mut impl Observer) -> Verdict {
        let parsed = observer.note(
            Rule::CertificateStructure,
            || format!("{} octets", octets.len()),
            Certificate::parse(octets),
        );
        let certificate = match parsed {
            Ok(certificate) => certificate,
            Err(refusal) => return self.no_certificate(refusal),
        };
        let rules = self.rules_of_certificate(&certificate);
        let judged_at = self.at.unwrap_or_else(|| certificate.validity().begin());
        let result = self.verify_certificate(rules, &certificate, &Clock::exact(judged_at), observer);
        let signer = Some(certificate.hashed_id8());
        Verdict { rules, judged_at, psid: None, generation_time: None, signer, result }
    }

    fn no_certificate(&self, refusal: Refusal) -> Verdict {
        Verdict {
            rules: TrustProfile::EtsiTs103097,
            judged_at: self.at.unwrap_or(self.now),
            psid: None,
            generation_time: None,
            signer: None,
            result: Err(refusal),
        }
    }

    fn verify_certificate(
        &mut self,
        rules: TrustProfile,
        certificate: &Certificate,
        clock: &Clock,
        observer: &mut impl Observer,
    ) -> Result<Anchor, Refusal> {
        let store = self.verifier(rules).trust_mut();
        let chain = match store.chain_observed(certificate, observer) {
            Ok(chain) => chain,
            Err(open @ Refusal::UnknownIssuer { .. }) => {
                open_chain::check_certificates(store, certificate, observer)?;
                return Err(open);
            }
            Err(refusal) => return Err(refusal),
        };
        let text = || format!("chain valid {}, now {}", chain.period(), clock.now());
        observer.note(Rule::CertificateTime, text, chain.check_time(clock))?;
        Ok(Anchor::of(&chain))
    }

    const fn verifier(&mut self, rules: TrustProfile) -> &mut Verifier {
        match rules {
            TrustProfile::EtsiTs103097 => &mut self.etsi,
            TrustProfile::Ieee1609Dot2Generic => &mut self.ieee,
        }
    }

    fn hear(&mut self, id: HashedId8, rules: TrustProfile) {
        if self.heard.len() >= MAX_HEARD {
            self.heard.clear();
        }
        self.heard.insert(id, rules);
    }

    /// A message follows its signer; where that is unknown, its application tells which world it is from.
    fn rules_of_message(&self, signed: Option<&Signed<'_>>, attached: Option<&Certificate>) -> TrustProfile {
        let Some(signed) = signed else { return self.fixed_rules().unwrap_or(TrustProfile::EtsiTs103097) };
        let known = match (attached, &signed.signer) {
            (Some(certificate), _) => Some(self.rules_of_certificate(certificate)),
            (None, view::Signer::Digest(id)) => self.rules_of_digest(*id),
            (None, view::Signer::Certificate(_) | view::Signer::SelfSigned) => None,
        };
        known.or(self.fixed_rules()).unwrap_or_else(|| rules_of_psid(Psid(signed.header_info.psid)))
    }

    fn rules_of_digest(&self, id: HashedId8) -> Option<TrustProfile> {
        let told = || find(self.etsi.trust(), id).or_else(|| find(self.ieee.trust(), id));
        let heard = self.heard.get(&id).copied();
        heard.or_else(|| told().map(|certificate| self.rules_of_certificate(certificate)))
    }

    /// The rules of a certificate are those of the root that its issuers lead to. Where they lead to none that is
    /// known, its own shape decides; it is not believed either way.
    fn rules_of_certificate(&self, certificate: &Certificate) -> TrustProfile {
        if let Some(fixed) = self.fixed_rules() {
            return fixed;
        }
        let (etsi, ieee) = (self.etsi.trust(), self.ieee.trust());
        let mut top = certificate;
        for _ in 0..MAX_CHAIN {
            let Issuer::Digest { id, .. } = top.issuer() else { break };
            let Some(issuer) = find(etsi, id).or_else(|| find(ieee, id)) else { break };
            top = issuer;
        }
        let is_root_of = |store: &TrustStore| {
            top.issuer() == Issuer::SelfSigned && store.find(top.hashed_id8()).any(|(known, _)| known == top)
        };
        if is_root_of(etsi) || (!is_root_of(ieee) && keeps_etsi_profile(certificate)) {
            TrustProfile::EtsiTs103097
        } else {
            TrustProfile::Ieee1609Dot2Generic
        }
    }

    const fn fixed_rules(&self) -> Option<TrustProfile> {
        match self.rules {
            Rules::Auto => None,
            Rules::Etsi => Some(TrustProfile::EtsiTs103097),
            Rules::Ieee => Some(TrustProfile::Ieee1609Dot2Generic),
        }
    }
}

fn find(store: &TrustStore, id: HashedId8) -> Option<&Certificate> {
    store.find(id).map(|(certificate, _)| certificate).next()
}

/// Safety messages and revocation lists of SCMS deployments have PSIDs that Europe does not use.
const fn rules_of_psid(psid: Psid) -> TrustProfile {
    /// `CrlPsid` of the module Ieee1609Dot2Crl.
    const SCMS_CRL: Psid = Psid(256);
    match psid {
        Psid::BSM | SCMS_CRL => TrustProfile::Ieee1609Dot2Generic,
        Psid(_) => TrustProfile::EtsiTs103097,
    }
}

/// A memory of messages that holds none yet. It never holds more than one, so nobody can make its keys collide.
pub(crate) const fn no_memory() -> ReplayFilter {
    ReplayFilter::new(ReplayConfig::new([0, 0]), Time64::from_micros(0))
}

/// The signer's certificate, when it came with the message.
fn attached(signed: &Signed<'_>) -> Option<Certificate> {
    match &signed.signer {
        view::Signer::Certificate(list) => Certificate::parse(list.first()?.octets).ok(),
        view::Signer::Digest(_) | view::Signer::SelfSigned => None,
    }
}

fn signer_id(signed: &Signed<'_>, attached: Option<&Certificate>) -> Option<HashedId8> {
    match &signed.signer {
        view::Signer::Digest(id) => Some(*id),
        view::Signer::Certificate(_) => attached.map(Certificate::hashed_id8),
        view::Signer::SelfSigned => None,
    }
}
