//! The stations, their messages, and who verifies them.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use simulator::fleet::Fleet;
use v2x_codec::time::{Time32, Time64};
use v2x_codec::view::{Content, Packet, Signer};
use v2x_crypto::{Curve, Provider, PublicKey, Signature, SignatureInput};
use v2x_crypto_key_tables::{Building, Config, Kernel, KeyTables};
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::SignerChoice;
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;

/// Stations with tickets, and the first message of each, with its certificate.
pub struct World {
    /// The stations, and their PKI.
    pub fleet: Fleet,
    /// When the first of them says something.
    pub start: Time64,
    /// By station.
    pub firsts: Vec<First>,
}

/// A message with its signer's certificate.
pub struct First {
    /// When it was sent, and heard.
    pub clock: Clock,
    /// As on the air.
    pub packet: Vec<u8>,
    /// The signer's.
    pub certificate: Certificate,
}

/// A signature, what was signed, and with which key.
pub struct Claim {
    /// Whose signature it is said to be.
    pub key: PublicKey,
    /// What is hashed.
    pub message: Vec<u8>,
    /// On P-256.
    pub signature: Signature,
}

impl World {
    /// So many stations, whose keys come from a fixed seed and who sign by `provider`.
    ///
    /// # Errors
    /// What fails that must not, here and below.
    pub fn new(stations: usize, provider: Arc<dyn Provider>) -> Result<Self> {
        let start = Time64::from(Time32::from_seconds(700_000_000));
        let fleet = Fleet::new(stations, start, provider, 1, || ())?;
        let firsts = (0..stations).map(|member| first(&fleet, member, start)).collect::<Result<_>>()?;
        Ok(Self { fleet, start, firsts })
    }

    /// A verifier that knows the authorities and has heard nobody.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn verifier(&self, provider: Arc<dyn Provider>) -> Result<Verifier> {
        let replay = ReplayFilter::new(ReplayConfig::new([1, 2]), self.start);
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, provider);
        for (known, _) in self.fleet.trust_store()?.iter() {
            trust.add_by_content(known.clone())?;
        }
        Ok(Verifier::new(trust, Policy::STANDARD, replay))
    }

    /// The issuer's signature of a certificate.
    ///
    /// # Errors
    /// When the world has not issued it.
    pub fn issued(&self, certificate: &Certificate) -> Result<Claim> {
        let v2x_security::certificate::Issuer::Digest { id, .. } = certificate.issuer() else {
            bail!("a ticket has an issuer")
        };
        let trust = self.fleet.trust_store()?;
        let (issuer, _) = trust.find(id).next().context("the issuer is known")?;
        let v2x_security::certificate::KeyIndicator::Explicit { signature, .. } = certificate.key() else {
            bail!("a ticket is explicit")
        };
        Self::claim(issuer, certificate.to_be_signed(), *signature)
    }

    /// The signature of a message by the holder of `signer`.
    ///
    /// # Errors
    /// When it is no signed message.
    pub fn signed(signer: &Certificate, packet: &[u8]) -> Result<Claim> {
        let data = Packet::parse(packet)?.secured().copied().context("the packet is secured")?;
        let Content::Signed(signed) = data.content else { bail!("the packet is signed") };
        let r = signed.signature.r.x().context("r is there")?;
        let signature = Signature::new(Curve::NistP256, r, signed.signature.s)?;
        Self::claim(signer, signed.to_be_signed, signature)
    }

    fn claim(signer: &Certificate, to_be_signed: &[u8], signature: Signature) -> Result<Claim> {
        let key = *signer.verification_key().context("an explicit certificate")?;
        let input = SignatureInput::from_digests(&key.curve().hash().digest(to_be_signed), signer.hash());
        Ok(Claim { key, message: input.as_bytes().to_vec(), signature })
    }
}

/// Tables that are built as they become due, so that nothing else runs beside what is measured.
#[must_use]
pub fn tables(provider: Arc<dyn Provider>, kernel: Kernel, batch: usize) -> Arc<KeyTables> {
    let config = Config { batch, kernel, building: Building::AtOnce, ..Config::detect() };
    Arc::new(KeyTables::new(provider, config))
}

/// Messages of each station before a measurement, until its key has its largest table.
const WARM_ROUNDS: u64 = 22;

impl World {
    /// A verifier that knows the first `stations` of them, whose keys have their tables.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn warm_verifier(&self, stations: usize, provider: Arc<dyn Provider>) -> Result<Verifier> {
        let mut verifier = self.verifier(provider)?;
        for member in 0..stations {
            let first = self.firsts.get(member).context("every station has a first message")?;
            verifier.verify_packet(&first.clock, &first.packet)?;
            for round in 0..WARM_ROUNDS {
                let now = self.start.saturating_add_micros(10_000 + round);
                let packet = self.fleet.cam(member, now, SignerChoice::Digest)?;
                verifier.verify_packets([(Clock::exact(now), packet.as_slice())], |_| ());
            }
        }
        Ok(verifier)
    }
}

fn first(fleet: &Fleet, member: usize, start: Time64) -> Result<First> {
    let now = start.saturating_add_micros(member as u64);
    let packet = fleet.cam(member, now, SignerChoice::Certificate)?;
    let certificate = Certificate::parse(attached(&packet)?)?;
    Ok(First { clock: Clock::exact(now), packet, certificate })
}

fn attached(packet: &[u8]) -> Result<&[u8]> {
    let data = Packet::parse(packet)?.secured().copied().context("the packet is secured")?;
    let Content::Signed(signed) = data.content else { bail!("the packet is signed") };
    match signed.signer {
        Signer::Certificate(list) => Ok(list.first().context("one certificate")?.octets),
        Signer::Digest(_) | Signer::SelfSigned => bail!("the certificate is attached"),
    }
}
