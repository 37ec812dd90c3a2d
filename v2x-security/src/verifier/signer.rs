//! Who signed: the chains that a signer identifier can mean, proven once and remembered.

use std::sync::Arc;

use v2x_codec::ieee1609dot2::canonical::CanonicalCertificate;
use v2x_codec::view;
use v2x_crypto::HashAlgorithm;

use super::Verifier;
use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::id::HashedId8;
use crate::observer::Observer;
use crate::point;
use crate::refusal::{Refusal, Structure};
use crate::rule::Rule;
use crate::signers::Candidates;

impl Verifier {
    /// The chains that the signer identifier can mean; at least one.
    pub(super) fn candidates(
        &mut self,
        signer: &view::Signer<'_>,
        observer: &mut impl Observer,
    ) -> Result<Candidates, Refusal> {
        match signer {
            view::Signer::Digest(id) => self.known_signers(*id, observer),
            view::Signer::Certificate(list) => {
                let certificate = list.first().ok_or(Refusal::SelfSigned)?;
                self.attached_signer(&certificate, observer).map(|chain| Candidates::from_iter([chain]))
            }
            view::Signer::SelfSigned => Err(Refusal::SelfSigned),
        }
    }

    fn known_signers(&mut self, id: HashedId8, observer: &mut impl Observer) -> Result<Candidates, Refusal> {
        let heard = self.signers.find(id);
        if !heard.is_empty() && !observer.watches() {
            return Ok(heard);
        }
        let told: Vec<_> = self.trust.find(id).map(|(certificate, _)| certificate.clone()).collect();
        let unknown = heard.is_empty() && told.is_empty();
        let known = if unknown { Err(Refusal::UnknownSigner(id)) } else { Ok(()) };
        let text = || format!("digest {id}: {} heard before, {} told", heard.len(), told.len());
        observer.note(Rule::SignerKnown, text, known)?;
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
        certificate: &view::CertificateView<'_>,
        observer: &mut impl Observer,
    ) -> Result<Arc<Chain>, Refusal> {
        match self.attached(certificate, observer)? {
            Attached::Heard(chain) => Ok(chain),
            Attached::New(certificate) => self.trust.chain_observed(&certificate, observer),
        }
    }

    pub(super) fn attached(
        &mut self,
        view: &view::CertificateView<'_>,
        observer: &mut impl Observer,
    ) -> Result<Attached, Refusal> {
        let undecodable = |error| Refusal::Undecodable { what: Structure::Certificate, error };
        let canonical = CanonicalCertificate::from_received(view.octets).map_err(undecodable)?;
        if !observer.watches()
            && let Some(chain) = self.heard(point::certificate_hash(view), canonical.octets())
        {
            return Ok(Attached::Heard(chain));
        }
        let text = || format!("attached certificate of {} octets", view.octets.len());
        let parsed = Certificate::parse_canonical(canonical, view.octets);
        observer.note(Rule::CertificateStructure, text, parsed).map(Attached::New)
    }

    /// The remembered chain of a certificate with these octets.
    fn heard(&mut self, hash: HashAlgorithm, octets: &[u8]) -> Option<Arc<Chain>> {
        let name = HashedId8::of_hash(hash.digest(octets).as_bytes());
        self.signers.find_octets(name, octets)
    }
}

/// A certificate that came with a message.
pub(super) enum Attached {
    /// It came before, and its chain was proven.
    Heard(Arc<Chain>),
    /// Its chain is still to be proven.
    New(Certificate),
}
