//! From a certificate up to a trusted root, every signature checked on the way.
//!
//! A [`Chain`] is the proof: it exists only for a certificate whose issuers, each inside the bounds of the next, end in
//! a trusted root, none of them revoked. What changes with time is not in the proof; [`Chain::check_time`] asks it
//! at every use, and the [`TrustStore`] throws proofs away when a revocation or a removed root could touch them.

use core::hint::black_box;
use std::sync::Arc;

use v2x_codec::time::Time64;
use v2x_crypto::{
    BatchVerifier, CryptoError, Curve, Digest, HashAlgorithm, PreparedKey, Provider, PublicKey, Signature,
    SignatureInput,
};

use crate::certificate::{Certificate, Issuer, KeyIndicator};
use crate::clock::Clock;
use crate::id::HashedId8;
use crate::implicit;
use crate::limits::MAX_CHAIN;
use crate::nesting;
use crate::observer::{Observer, Silent};
use crate::refusal::{Period, Refusal};
use crate::rule::Rule;
use crate::trust::TrustStore;

/// A certificate that a trusted root vouches for, with everybody in between.
pub struct Chain {
    certificate: Certificate,
    /// The certificate first, the root last.
    certificates: Vec<Certificate>,
    key: Box<dyn PreparedKey>,
    /// The key's, kept where it needs no way to the key.
    curve: Curve,
    period: Period,
    /// The certificate whose region binds the holder.
    region: Option<Certificate>,
}

impl Chain {
    /// The certificate at its lower end.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificate first, the root last.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The verification key of [`certificate`](Self::certificate), reconstructed when the certificate is implicit.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// When every certificate of the chain is valid.
    #[must_use]
    pub const fn period(&self) -> Period {
        self.period
    }

    /// Whether `certificate` is in the chain.
    #[must_use]
    pub fn contains(&self, certificate: &Certificate) -> bool {
        self.certificates.contains(certificate)
    }

    /// The region that binds the holder: its own, or its next issuer's that has one.
    #[must_use]
    pub fn region(&self) -> Option<&crate::region::GeographicRegion> {
        self.region.as_ref()?.region()
    }

    /// The curve of [`key`](Self::key).
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// Steps of the way through memory from a chain to what a message is held against.
    pub(crate) const DEPTH: usize = 4;

    /// Reads what is one step further on that way, and does nothing with it.
    pub(crate) fn fetch(&self, step: usize) {
        match step {
            0 => _ = black_box(self.curve),
            1 => self.certificate.fetch(),
            _ => {}
        }
        self.key.fetch(step.saturating_sub(1));
    }

    /// Checks that every certificate is valid now, for all that the clock may be wrong.
    ///
    /// # Errors
    /// [`Refusal::CertificateExpired`] or [`Refusal::CertificateNotYetValid`] for the first that is not.
    pub fn check_time(&self, clock: &Clock) -> Result<(), Refusal> {
        let (earliest, latest) = clock.bounds();
        if self.period.start <= earliest && latest < self.period.end {
            return Ok(());
        }
        self.certificates.iter().try_for_each(|certificate| valid_between(certificate, earliest, latest))
    }

    /// Verifies a signature of the chain's lower end over `to_be_signed`.
    ///
    /// # Errors
    /// [`Refusal::CurveMismatch`], [`Refusal::BadMessageSignature`].
    pub fn verify(&self, to_be_signed: &[u8], signature: &Signature) -> Result<(), Refusal> {
        self.verify_input(&self.input(to_be_signed), signature)
    }

    /// What this signer signs when it signs `to_be_signed`.
    fn input(&self, to_be_signed: &[u8]) -> SignatureInput {
        signature_input(self.curve.hash(), to_be_signed, self.certificate.hash())
    }

    /// As [`verify`](Self::verify), for whoever has hashed already.
    pub(crate) fn verify_input(&self, input: &SignatureInput, signature: &Signature) -> Result<(), Refusal> {
        self.verify_or(input, signature, || self.bad_signature())
    }

    /// The key in the form in which its provider verifies fastest.
    pub(crate) fn prepared_key(&self) -> &dyn PreparedKey {
        self.key.as_ref()
    }

    /// Why a signature on `curve` that did not verify is refused.
    pub(crate) fn refuse(&self, curve: Curve) -> Refusal {
        self.check_curve(curve).err().unwrap_or_else(|| self.bad_signature())
    }

    fn bad_signature(&self) -> Refusal {
        Refusal::BadMessageSignature(self.certificate.hashed_id8())
    }

    fn check_curve(&self, found: Curve) -> Result<(), Refusal> {
        let expected = self.curve;
        if found == expected { Ok(()) } else { Err(Refusal::CurveMismatch { found, expected }) }
    }

    fn verify_or(
        &self,
        input: &SignatureInput,
        signature: &Signature,
        bad: impl FnOnce() -> Refusal,
    ) -> Result<(), Refusal> {
        self.check_curve(signature.curve())?;
        self.key.verify(input.as_bytes(), signature).map_err(|_| bad())
    }
}

impl core::fmt::Debug for Chain {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(&self.certificates).finish()
    }
}

fn valid_between(certificate: &Certificate, earliest: Time64, latest: Time64) -> Result<(), Refusal> {
    let (validity, id) = (certificate.validity(), certificate.hashed_id8());
    if earliest < validity.begin() {
        return Err(Refusal::CertificateNotYetValid {
            certificate: id,
            start: validity.begin(),
            now: earliest,
        });
    }
    if latest >= validity.end() {
        return Err(Refusal::CertificateExpired { certificate: id, end: validity.end(), now: latest });
    }
    Ok(())
}

/// What a signature signs: the hash of the signed octets and the hash of the signer's certificate.
fn signature_input(hash: HashAlgorithm, to_be_signed: &[u8], signer: &Digest) -> SignatureInput {
    SignatureInput::from_digests(&hash.digest(to_be_signed), signer)
}

/// Builds the chain of a self-signed certificate: itself.
pub(crate) fn anchor(
    store: &TrustStore,
    root: &Certificate,
    observer: &mut impl Observer,
) -> Result<Arc<Chain>, Refusal> {
    let id = root.hashed_id8();
    let trusted = if store.anchors(root) { Ok(()) } else { Err(Refusal::UntrustedRoot(id)) };
    observer.note(Rule::TrustAnchor, || format!("{root} against the trusted roots"), trusted)?;
    let result = verify_self_signed(store.provider(), root);
    observer.note(Rule::CertificateSignature, || format!("{root} by its own key"), result)?;
    let KeyIndicator::Explicit { key, .. } = root.key() else { return Err(Refusal::UntrustedRoot(id)) };
    chain_of(store.provider(), root, *key, None)
}

/// Checks that a self-signed certificate was signed with the key in it.
///
/// # Errors
/// [`Refusal::UntrustedRoot`] when it is not self-signed, [`Refusal::BadCertificateSignature`] when the signature
/// does not verify.
pub fn verify_self_signed(provider: &dyn Provider, root: &Certificate) -> Result<(), Refusal> {
    let certificate = root.hashed_id8();
    let (Issuer::SelfSigned, KeyIndicator::Explicit { key, signature }) = (root.issuer(), root.key()) else {
        return Err(Refusal::UntrustedRoot(certificate));
    };
    let hash = key.curve().hash();
    let message = signature_input(hash, root.to_be_signed(), &hash.digest(&[]));
    let bad = |_| Refusal::BadCertificateSignature { certificate, issuer: certificate };
    provider.verify(key, message.as_bytes(), signature).map_err(bad)
}

/// Extends the chain of an issuer by one certificate, after all checks between the two.
pub(crate) fn extend(
    store: &TrustStore,
    certificate: &Certificate,
    issuer: &Arc<Chain>,
    observer: &mut impl Observer,
) -> Result<Arc<Chain>, Refusal> {
    check_length(certificate, issuer, observer)?;
    nesting::check(store.profile(), certificate, issuer, observer)?;
    let key = authenticate(certificate, issuer, observer)?;
    chain_of(store.provider(), certificate, key, Some(issuer))
}

/// How far the proof of a certificate has come.
#[expect(clippy::large_enum_variant, reason = "it lives for one step, on the stack")]
pub(crate) enum Proof {
    /// All the way.
    Chain(Arc<Chain>),
    /// Everything holds if the issuer's signature does.
    Claim(Claim),
}

/// An explicit certificate that passed every check but that of its issuer's signature, to be verified among others.
pub(crate) struct Claim {
    certificate: Certificate,
    issuer: Arc<Chain>,
    input: SignatureInput,
    key: PublicKey,
    signature: Signature,
}

impl Claim {
    /// Whose chain it would prove.
    pub(crate) const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Adds the signature to a batch.
    pub(crate) fn enter(&self, batch: &mut dyn BatchVerifier) {
        batch.add(self.issuer.prepared_key(), self.input.as_bytes(), &self.signature);
    }

    /// The chain, if the batch finds the signature good.
    pub(crate) fn judge(
        &self,
        provider: &dyn Provider,
        verdict: &Result<(), CryptoError>,
    ) -> Result<Arc<Chain>, Refusal> {
        verdict.as_ref().map_err(|_| bad_certificate(&self.certificate, &self.issuer))?;
        chain_of(provider, &self.certificate, self.key, Some(&self.issuer))
    }
}

/// As [`extend`], but for the issuer's signature, where there is one.
pub(crate) fn claim(
    store: &TrustStore,
    certificate: &Certificate,
    issuer: &Arc<Chain>,
) -> Result<Proof, Refusal> {
    let KeyIndicator::Explicit { key, signature } = certificate.key() else {
        return extend(store, certificate, issuer, &mut Silent).map(Proof::Chain);
    };
    check_length(certificate, issuer, &mut Silent)?;
    nesting::check(store.profile(), certificate, issuer, &mut Silent)?;
    issuer.check_curve(signature.curve())?;
    Ok(Proof::Claim(Claim {
        certificate: certificate.clone(),
        issuer: Arc::clone(issuer),
        input: issuer.input(certificate.to_be_signed()),
        key: *key,
        signature: *signature,
    }))
}

fn check_length(
    certificate: &Certificate,
    issuer: &Chain,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    let length = issuer.certificates.len() + 1;
    let too_long = Refusal::ChainTooLong { certificate: certificate.hashed_id8(), limit: MAX_CHAIN };
    let result = if length <= MAX_CHAIN { Ok(()) } else { Err(too_long) };
    observer.note(Rule::ChainLength, || format!("{length} certificates, at most {MAX_CHAIN}"), result)
}

/// The certificate's key, after its issuer's signature verified or the key was reconstructed with its issuer's.
fn authenticate(
    certificate: &Certificate,
    issuer: &Chain,
    observer: &mut impl Observer,
) -> Result<PublicKey, Refusal> {
    let by = issuer.certificate();
    match certificate.key() {
        KeyIndicator::Explicit { key, signature } => {
            let result = verify_issued(certificate, issuer, signature).map(|()| *key);
            observer.note(Rule::CertificateSignature, || format!("{certificate} by the key of {by}"), result)
        }
        KeyIndicator::Implicit(_) => {
            let result = implicit::public_key(certificate, by, issuer.key());
            observer.note(Rule::KeyReconstruction, || format!("{certificate} with the key of {by}"), result)
        }
    }
}

fn verify_issued(certificate: &Certificate, issuer: &Chain, signature: &Signature) -> Result<(), Refusal> {
    let input = issuer.input(certificate.to_be_signed());
    issuer.verify_or(&input, signature, || bad_certificate(certificate, issuer))
}

fn bad_certificate(certificate: &Certificate, issuer: &Chain) -> Refusal {
    let (certificate, issuer) = (certificate.hashed_id8(), issuer.certificate.hashed_id8());
    Refusal::BadCertificateSignature { certificate, issuer }
}

fn chain_of(
    provider: &dyn Provider,
    certificate: &Certificate,
    key: PublicKey,
    issuer: Option<&Arc<Chain>>,
) -> Result<Arc<Chain>, Refusal> {
    let validity = certificate.validity();
    let own = Period { start: validity.begin(), end: validity.end() };
    let above = issuer.map_or(&[][..], |issuer| issuer.certificates());
    let certificates: Vec<_> = core::iter::once(certificate).chain(above).cloned().collect();
    let what = "preparing the certificate's key";
    Ok(Arc::new(Chain {
        certificate: certificate.clone(),
        region: certificates.iter().find(|certificate| certificate.region().is_some()).cloned(),
        certificates,
        curve: key.curve(),
        key: provider.prepare(&key).map_err(|error| Refusal::Crypto { what, error })?,
        period: issuer.map_or(own, |issuer| own.within(issuer.period)),
    }))
}

/// The issuer's name in a refusal, whatever its hash.
pub(crate) fn issuer_id(certificate: &Certificate) -> Option<(HashAlgorithm, HashedId8)> {
    match certificate.issuer() {
        Issuer::SelfSigned => None,
        Issuer::Digest { algorithm, id } => Some((algorithm, id)),
    }
}
