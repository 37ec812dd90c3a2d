//! From octets to verified messages: every check in one order, the cheap ones first.
//!
//! 1. Decoding.
//! 2. What needs no signer: clock, payload choice, header fields, signer choice, generationTime, expiryTime.
//! 3. The signer, known or by its attached certificate, whose chain is proven once and remembered.
//! 4. Message against signer: hash, replay, permission, validity, place.
//! 5. The signature, and then the replay memory, which only verified messages enter.
//! 6. The message itself, and whether its signer may say what it says.

use std::borrow::Cow;
use std::sync::Arc;

use v2x_codec::ieee1609dot2::canonical::CanonicalCertificate;
use v2x_codec::view::{self, Content, Data, NetworkPdu, Packet};
use v2x_crypto::{Curve, Digest, HashAlgorithm, Signature};

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::clock::Clock;
use crate::content::{self, Cam, Denm, Spdu, SpduPayload};
use crate::id::{HashedId3, HashedId8};
use crate::message::{Fields, MessageProfile, payload_name};
use crate::observer::{Observer, Silent};
use crate::permission::{Psid, Ssp};
use crate::policy::{Policy, check_expiry};
use crate::refusal::{Period, Position, Refusal, Structure};
use crate::region::{RegionRefusal, TwoDLocation};
use crate::replay::{ReplayFilter, ReplayKey, ReplayRefusal};
use crate::rule::Rule;
use crate::signers::{Candidates, Signers};
use crate::ssp;
use crate::trust::{Role, TrustProfile, TrustStore};
use crate::verified::{Header, Received, Verified};

/// Verifies messages against a trust store, within bounds, each message once. None of the three can be left out.
pub struct Verifier {
    trust: TrustStore,
    policy: Policy,
    replay: ReplayFilter,
    signers: Signers,
}

/// A message on its way through the checks.
struct Incoming<'p> {
    signed: view::Signed<'p>,
    rules: MessageProfile,
    psid: Psid,
    in_packet: bool,
    external: Option<&'p [u8]>,
}

impl Verifier {
    /// A verifier that knows no signer yet but those in `trust`.
    #[must_use]
    pub fn new(trust: TrustStore, policy: Policy, replay: ReplayFilter) -> Self {
        Self { trust, policy, replay, signers: Signers::default() }
    }

    /// Whom it trusts.
    #[must_use]
    pub const fn trust(&self) -> &TrustStore {
        &self.trust
    }

    /// Whom it trusts, to be changed: what is revoked here reaches the next message.
    pub const fn trust_mut(&mut self) -> &mut TrustStore {
        &mut self.trust
    }

    /// Forgets which messages were seen, and remembers with `replay` from now on: for stored messages, each judged at
    /// its own time, where meeting one twice is no attack. A station never calls this.
    pub fn replace_replay_filter(&mut self, replay: ReplayFilter) {
        self.replay = replay;
    }

    /// Verifies a secured GeoNetworking packet; padding behind it is ignored.
    ///
    /// # Errors
    /// The first check that fails. [`Refusal::UnknownSigner`] and [`Refusal::UnknownIssuer`] name the certificate to ask
    /// for.
    pub fn verify_packet<'p>(&mut self, clock: &Clock, frame: &'p [u8]) -> Result<Received<'p>, Refusal> {
        self.verify_packet_observed(clock, frame, &mut Silent)
    }

    /// As [`verify_packet`](Self::verify_packet), telling `observer` of every check.
    ///
    /// # Errors
    /// The same.
    pub fn verify_packet_observed<'p>(
        &mut self,
        clock: &Clock,
        frame: &'p [u8],
        observer: &mut impl Observer,
    ) -> Result<Received<'p>, Refusal> {
        let data =
            observer.note(Rule::SecuredPacket, || format!("{} octets", frame.len()), secured(frame))?;
        self.verify_content(clock, data, None, true, observer)
    }

    /// Verifies an `Ieee1609Dot2Data` that came without a packet.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify_data<'p>(&mut self, clock: &Clock, data: &'p [u8]) -> Result<Received<'p>, Refusal> {
        self.verify_data_observed(clock, data, None, &mut Silent)
    }

    /// Verifies an `Ieee1609Dot2Data` whose payload came another way.
    ///
    /// # Errors
    /// The first check that fails; [`Refusal::ExternalPayloadMismatch`] when `external` is not what was signed.
    pub fn verify_external<'p>(
        &mut self,
        clock: &Clock,
        data: &'p [u8],
        external: &'p [u8],
    ) -> Result<Received<'p>, Refusal> {
        self.verify_data_observed(clock, data, Some(external), &mut Silent)
    }

    /// As [`verify_data`](Self::verify_data) or, with a payload, [`verify_external`](Self::verify_external), telling
    /// `observer` of every check.
    ///
    /// # Errors
    /// The same.
    pub fn verify_data_observed<'p>(
        &mut self,
        clock: &Clock,
        data: &'p [u8],
        external: Option<&'p [u8]>,
        observer: &mut impl Observer,
    ) -> Result<Received<'p>, Refusal> {
        let undecodable = |error| Refusal::Undecodable { what: Structure::Data, error };
        let parsed = Data::parse(data).map_err(undecodable);
        let data = observer.note(Rule::DataStructure, || format!("{} octets", data.len()), parsed)?;
        self.verify_content(clock, data, external, false, observer)
    }

    /// Verifies the chain of a certificate that a peer sent on request, and makes it known.
    ///
    /// # Errors
    /// The first check that fails; a certificate whose chain is not valid now is not kept.
    pub fn learn_issuer(&mut self, clock: &Clock, certificate: &[u8]) -> Result<Certificate, Refusal> {
        self.policy.check_clock(clock)?;
        let certificate = Certificate::parse(certificate)?;
        self.trust.chain(&certificate)?.check_time(clock)?;
        self.trust.add(certificate.clone())?;
        Ok(certificate)
    }

    fn verify_content<'p>(
        &mut self,
        clock: &Clock,
        data: Data<'p>,
        external: Option<&'p [u8]>,
        in_packet: bool,
        observer: &mut impl Observer,
    ) -> Result<Received<'p>, Refusal> {
        let signed = observer.note(Rule::SignedContent, || content_name(&data).to_owned(), signed(&data))?;
        let psid = Psid(signed.header_info.psid);
        let rules = MessageProfile::of(self.trust.profile(), psid);
        let incoming = Incoming { signed, rules, psid, in_packet, external };
        self.check_form(clock, &incoming, observer)?;
        self.signers.follow(&self.trust);
        let (chain, is_new) = self.authenticate(clock, &incoming, observer)?;
        self.check_message(incoming, chain, is_new, observer)
    }

    /// Everything that needs no signer.
    fn check_form(
        &self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), Refusal> {
        let (rules, header) = (incoming.rules, &incoming.signed.header_info);
        let uncertainty =
            || format!("{:?}, at most {:?}", clock.uncertainty(), self.policy.max_clock_uncertainty);
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

    /// The chain of the signer whose key verifies the message, and whether it is new here.
    fn authenticate(
        &mut self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        observer: &mut impl Observer,
    ) -> Result<(Arc<Chain>, bool), Refusal> {
        let candidates = self.candidates(&incoming.signed.signer, observer)?;
        let mut last = Refusal::SelfSigned;
        for chain in candidates.iter() {
            match self.check_candidate(clock, incoming, chain, observer) {
                Ok(()) => {
                    let is_new = self.signers.insert(chain);
                    return Ok((Arc::clone(chain), is_new));
                }
                Err(refusal) => last = refusal,
            }
        }
        Err(last)
    }

    /// The chains that the signer identifier can mean; at least one.
    fn candidates(
        &mut self,
        signer: &view::Signer<'_>,
        observer: &mut impl Observer,
    ) -> Result<Candidates, Refusal> {
        match signer {
            view::Signer::Digest(id) => self.known_signers(HashedId8(id.0), observer),
            view::Signer::Certificate(list) => {
                let octets = list.first().map(|certificate| certificate.octets).ok_or(Refusal::SelfSigned)?;
                self.attached_signer(octets, observer).map(|chain| Candidates::from_iter([chain]))
            }
            view::Signer::SelfSigned => Err(Refusal::SelfSigned),
        }
    }

    fn known_signers(&mut self, id: HashedId8, observer: &mut impl Observer) -> Result<Candidates, Refusal> {
        let heard = self.signers.find(id);
        let told: Vec<_> = self.trust.find(id).map(|(certificate, _)| certificate.clone()).collect();
        let unknown = heard.is_empty() && told.is_empty();
        let known = if unknown { Err(Refusal::UnknownSigner(id)) } else { Ok(()) };
        let text = || format!("digest {id}: {} heard before, {} told", heard.len(), told.len());
        observer.note(Rule::SignerKnown, text, known)?;
        if !heard.is_empty() && !observer.watches() {
            return Ok(heard);
        }
        self.prove(id, heard.iter().map(|chain| chain.certificate().clone()).chain(told), observer)
    }

    /// The chains of those certificates that have one; when none has, why the last has not.
    fn prove(
        &mut self,
        id: HashedId8,
        certificates: impl Iterator<Item = Certificate>,
        observer: &mut impl Observer,
    ) -> Result<Candidates, Refusal> {
        let (mut chains, mut last) = (Candidates::default(), Refusal::UnknownSigner(id));
        for certificate in certificates {
            if chains.iter().any(|chain| *chain.certificate() == certificate) {
                continue;
            }
            match self.trust.chain_observed(&certificate, observer) {
                Ok(chain) => chains.push(chain),
                Err(refusal) => last = refusal,
            }
        }
        if chains.is_empty() { Err(last) } else { Ok(chains) }
    }

    fn attached_signer(
        &mut self,
        octets: &[u8],
        observer: &mut impl Observer,
    ) -> Result<Arc<Chain>, Refusal> {
        let undecodable = |error| Refusal::Undecodable { what: Structure::Certificate, error };
        let canonical = CanonicalCertificate::from_received(octets).map_err(undecodable)?;
        if !observer.watches()
            && let Some(chain) = self.heard(canonical.octets())
        {
            return Ok(chain);
        }
        let parsed = Certificate::parse(octets);
        let certificate = observer.note(
            Rule::CertificateStructure,
            || format!("attached certificate of {} octets", octets.len()),
            parsed,
        )?;
        self.trust.chain_observed(&certificate, observer)
    }

    /// The remembered chain of a certificate with these octets. Its name depends on its curve: the usual one first.
    fn heard(&mut self, octets: &[u8]) -> Option<Arc<Chain>> {
        let name = |hash: HashAlgorithm| HashedId8::of_hash(hash.digest(octets).as_bytes());
        let usual = self.signers.find_octets(name(HashAlgorithm::Sha256), octets);
        usual.or_else(|| self.signers.find_octets(name(HashAlgorithm::Sha384), octets))
    }

    /// Everything that holds a message against one signer, the signature last, then the replay memory.
    fn check_candidate(
        &mut self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        chain: &Chain,
        observer: &mut impl Observer,
    ) -> Result<(), Refusal> {
        let signed = &incoming.signed;
        check_hash(signed, chain, observer)?;
        let to_be_signed = canonical_to_be_signed(signed);
        let hash = chain.key().curve().hash();
        let replay = Memory::of(&self.policy, incoming, chain, &hash.digest(&to_be_signed))?;
        if let Some(memory) = &replay {
            let seen = self
                .replay
                .check(&memory.key, memory.generated)
                .map_err(|refusal| memory.refusal(refusal, clock));
            observer.note(Rule::Replay, || "against the replay memory".to_owned(), seen)?;
        }
        self.check_permission(incoming, chain, observer)?;
        check_validity(clock, incoming, chain, observer)?;
        check_location(incoming, chain, observer)?;
        let signature = signature(&signed.signature)?;
        let verified = chain.verify(&to_be_signed, &signature);
        let text = || format!("{} by the key of {}", chain.key().curve(), chain.certificate());
        observer.note(Rule::MessageSignature, text, verified)?;
        check_external(incoming, observer)?;
        match replay {
            Some(memory) => self.remember(clock, &memory),
            None => Ok(()),
        }
    }

    fn remember(&mut self, clock: &Clock, memory: &Memory) -> Result<(), Refusal> {
        let inserted = self.replay.insert(clock.now(), memory.key, memory.generated);
        inserted.map_err(|refusal| memory.refusal(refusal, clock))
    }

    fn check_permission(
        &self,
        incoming: &Incoming<'_>,
        chain: &Chain,
        observer: &mut impl Observer,
    ) -> Result<(), Refusal> {
        let (certificate, psid) = (chain.certificate(), incoming.psid);
        let lists_only = self.trust.roles(certificate).any(|role| role == Role::TrustListManager);
        let result = if lists_only && psid != Psid::CTL {
            Err(Refusal::TrustListManagerOnly(certificate.hashed_id8()))
        } else if ssp_of(chain, psid).is_none() {
            Err(Refusal::PsidNotPermitted { certificate: certificate.hashed_id8(), psid: psid.0 })
        } else {
            Ok(())
        };
        observer.note(Rule::AppPermission, || format!("PSID {} in {certificate}", psid.0), result)
    }

    /// The message itself, whose signature is good.
    fn check_message<'p>(
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

/// What the replay memory keeps of a message.
struct Memory {
    key: ReplayKey,
    generated: v2x_codec::time::Time64,
}

impl Memory {
    /// Messages made to last, such as lists, are meant to be read again: those without an age limit leave no trace.
    fn of(
        policy: &Policy,
        incoming: &Incoming<'_>,
        chain: &Chain,
        hash: &Digest,
    ) -> Result<Option<Self>, Refusal> {
        let lasting = policy.max_age(incoming.psid).is_none();
        let Some(generated) = incoming.signed.header_info.generation_time.filter(|_| !lasting) else {
            return Ok(None);
        };
        let short = Refusal::Unbuildable("a hash has at least 16 octets");
        let key = ReplayKey::of_hash(chain.certificate().hashed_id8(), hash.as_bytes()).ok_or(short)?;
        Ok(Some(Self { key, generated }))
    }

    fn refusal(&self, refusal: ReplayRefusal, clock: &Clock) -> Refusal {
        match refusal {
            ReplayRefusal::Replayed => Refusal::Replayed,
            ReplayRefusal::BeforeFloor { floor } => {
                Refusal::BeforeReplayMemory { generated: self.generated, floor }
            }
            ReplayRefusal::FromTheFuture => Refusal::FromTheFuture {
                generated: self.generated,
                ahead: core::time::Duration::from_micros(
                    self.generated.micros_since(clock.now()).unwrap_or(0),
                ),
                limit: core::time::Duration::from_micros(crate::limits::REPLAY_FUTURE_MICROS),
            },
            ReplayRefusal::Full => Refusal::ReplayMemoryFull,
        }
    }
}

fn secured(frame: &[u8]) -> Result<Data<'_>, Refusal> {
    let undecodable = |error| Refusal::Undecodable { what: Structure::Packet, error };
    let packet = Packet::parse(frame).map_err(undecodable)?;
    packet.secured().copied().ok_or(Refusal::NotSecured)
}

fn signed<'p>(data: &Data<'p>) -> Result<view::Signed<'p>, Refusal> {
    match data.content {
        Content::Signed(signed) => Ok(signed),
        Content::Unsecured(_) | Content::Encrypted(_) | Content::SignedCertificateRequest(_) => {
            Err(Refusal::NotSigned { found: content_name(data) })
        }
    }
}

const fn content_name(data: &Data<'_>) -> &'static str {
    match data.content {
        Content::Unsecured(_) => "unsecuredData",
        Content::Signed(_) => "signedData",
        Content::Encrypted(_) => "encryptedData",
        Content::SignedCertificateRequest(_) => "signedCertificateRequest",
    }
}

fn signer_name(signer: &view::Signer<'_>) -> String {
    match signer {
        view::Signer::Digest(id) => format!("digest {}", HashedId8(id.0)),
        view::Signer::Certificate(list) => format!("{} certificate", list.len()),
        view::Signer::SelfSigned => "self".to_owned(),
    }
}

const fn curve(curve: view::Curve) -> Curve {
    match curve {
        view::Curve::NistP256 => Curve::NistP256,
        view::Curve::BrainpoolP256r1 => Curve::BrainpoolP256r1,
        view::Curve::BrainpoolP384r1 => Curve::BrainpoolP384r1,
        view::Curve::NistP384 => Curve::NistP384,
    }
}

fn signature(signature: &view::Signature<'_>) -> Result<Signature, Refusal> {
    let r = signature.r.x().unwrap_or_default();
    let bad = |error| Refusal::BadKeyMaterial { what: "signature", error };
    Signature::new(curve(signature.curve), r, signature.s).map_err(bad)
}

/// No signature covers `hashId`, so it must say what the key says.
fn check_hash(signed: &view::Signed<'_>, chain: &Chain, observer: &mut impl Observer) -> Result<(), Refusal> {
    let found = match signed.hash_id {
        view::HashAlgorithm::Sha256 => HashAlgorithm::Sha256,
        view::HashAlgorithm::Sha384 => HashAlgorithm::Sha384,
    };
    let curve = chain.key().curve();
    let result = if found == curve.hash() { Ok(()) } else { Err(Refusal::HashMismatch { found, curve }) };
    observer.note(Rule::HashAlgorithm, || format!("{found} with {curve}"), result)
}

/// `tbsData` in canonical form: as received, but for an uncompressed `encryptionKey`, which is hashed compressed.
fn canonical_to_be_signed<'p>(signed: &view::Signed<'p>) -> Cow<'p, [u8]> {
    compressed(signed).map_or(Cow::Borrowed(signed.to_be_signed), Cow::Owned)
}

fn compressed(signed: &view::Signed<'_>) -> Option<Vec<u8>> {
    let Some(view::EncryptionKey::Public(key)) = signed.header_info.encryption_key else { return None };
    let view::Point::Uncompressed { x, y } = key.point else { return None };
    let start = x.as_ptr().addr().checked_sub(signed.to_be_signed.as_ptr().addr())?;
    let tag = 0x82 | (y.last()? & 1);
    let before = signed.to_be_signed.get(..start.checked_sub(1)?)?;
    let after = signed.to_be_signed.get(start + x.len() + y.len()..)?;
    Some([before, &[tag], x, after].concat())
}

fn check_validity(
    clock: &Clock,
    incoming: &Incoming<'_>,
    chain: &Chain,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    let text = || format!("chain valid {}, now {}", chain.period(), clock.now());
    observer.note(Rule::CertificateTime, text, chain.check_time(clock))?;
    let Some(generated) = incoming.signed.header_info.generation_time else { return Ok(()) };
    let (certificate, validity) = (chain.certificate().hashed_id8(), Period::of(chain.certificate()));
    let outside = Refusal::GeneratedOutsideValidity { certificate, generated, validity };
    let result = if validity.contains(generated) { Ok(()) } else { Err(outside) };
    observer.note(Rule::GenerationInValidity, || format!("{generated} in {validity}"), result)
}

/// Holds `generationLocation`, when it is there, against the signer's region, before the signature is paid for.
fn check_location(
    incoming: &Incoming<'_>,
    chain: &Chain,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    match location(&incoming.signed.header_info) {
        Some(position) => check_region(chain, Some(position), observer),
        None => Ok(()),
    }
}

fn location(header: &view::HeaderInfo<'_>) -> Option<Position> {
    let location = header.generation_location?;
    Some(Position { latitude: location.latitude, longitude: location.longitude })
}

/// A signer bound to a region must have been inside it; one that is not may be anywhere.
fn check_region(
    chain: &Chain,
    position: Option<Position>,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    let Some(region) = chain.region() else { return Ok(()) };
    let certificate = chain.certificate().hashed_id8();
    let inside = |position: Position| {
        let judged = TwoDLocation::new(position.latitude, position.longitude)
            .and_then(|location| region.contains(location));
        judged.map_err(|reason| out_of_region(certificate, position, reason))
    };
    let result = position.ok_or(Refusal::NoPosition(certificate)).and_then(inside);
    let text = || match position {
        Some(position) => format!("{position} in {region:?}"),
        None => format!("no position for {region:?}"),
    };
    observer.note(Rule::GenerationRegion, text, result)
}

fn out_of_region(certificate: HashedId8, position: Position, reason: RegionRefusal) -> Refusal {
    match reason {
        RegionRefusal::Outside => Refusal::OutsideRegion { certificate, position },
        RegionRefusal::PositionUnknown => Refusal::NoPosition(certificate),
        reason @ (RegionRefusal::PositionOutOfRange { .. }
        | RegionRefusal::Malformed(_)
        | RegionRefusal::TooMany { .. }
        | RegionRefusal::Unsupported(_)
        | RegionRefusal::UnknownCountry(_)
        | RegionRefusal::NotInside) => Refusal::UnsupportedRegion { certificate, reason },
    }
}

/// Where the GeoNetworking source says it is: signed, since the network headers are inside the payload.
fn source_position(pdu: &NetworkPdu<'_>) -> Position {
    let source = pdu.header.extended.source();
    Position { latitude: source.latitude, longitude: source.longitude }
}

/// Holds the payload that came another way against the hash that was signed.
fn check_external(incoming: &Incoming<'_>, observer: &mut impl Observer) -> Result<(), Refusal> {
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
fn ssp_of(chain: &Chain, psid: Psid) -> Option<Option<&Ssp>> {
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
        inline_p2pcd_request: ids.map(|id| HashedId3(id.0)).collect(),
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
    observer.note(Rule::ServicePermissions, || format!("{claims:?} with {granted:?}"), result).map(|()| cam)
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
    observer.note(Rule::ServicePermissions, || format!("{claims:?} with {granted:?}"), result).map(|()| denm)
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
