//! A PKI for tests that obeys only where a test wants it to.
//!
//! The contents of certificates start as those of the profiles in `v2x-ca`; a test changes what it wants and has them
//! signed without anybody asking whether they are right. Keys follow from names, so every run makes the same octets.

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use v2x_ca::profile::{Key, Template};
use v2x_ca::services::{self, its_services};
use v2x_codec::ieee1609dot2::{ToBeSignedCertificate, encode};
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::ecqv::{Contribution, Issuance, reconstruct_private};
use v2x_crypto::{Curve, HashAlgorithm, PrivateKey, Provider, RustCrypto, Signer};
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::implicit;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::{CertificateIssuer, Identity, sign_certificate};
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;

/// When every certificate that no test changes begins.
pub const START: Time32 = Time32::from_seconds(700_000_000);

/// An hour later: when the tests take place.
pub const NOW: Time64 = Time64::from_micros(700_003_600_000_000);

/// The clock of a receiver at `NOW`, without error.
pub const CLOCK: Clock = Clock::exact(NOW);

/// A certificate and the key to it.
pub struct Holder {
    /// The certificate.
    pub certificate: Certificate,
    /// Its private key.
    pub key: PrivateKey,
}

/// Root, enrolment authority and authorization authority.
pub struct Pki {
    /// The root CA.
    pub root: Holder,
    /// The enrolment authority.
    pub enrolment: Holder,
    /// The authorization authority.
    pub authorization: Holder,
}

/// The private key of this name: always the same.
///
/// # Panics
/// Never: the scalar lies below the order of every curve.
#[must_use]
pub fn key(curve: Curve, name: &str) -> PrivateKey {
    let hash = match curve.coordinate_len() {
        32 => HashAlgorithm::Sha256,
        _ => HashAlgorithm::Sha384,
    };
    let mut scalar = hash.digest(name.as_bytes()).as_bytes().to_vec();
    scalar.iter_mut().take(1).for_each(|first| *first &= 0x3f);
    PrivateKey::from_scalar(curve, &scalar).expect("the scalar is in range")
}

/// `count` years from [`START`].
#[must_use]
pub const fn years(count: u16) -> ValidityPeriod {
    ValidityPeriod { start: START, duration: Duration::Years(count) }
}

/// One week from [`START`].
#[must_use]
pub const fn one_week() -> ValidityPeriod {
    ValidityPeriod { start: START, duration: Duration::Hours(7 * 24) }
}

/// The contents of a root's certificate.
///
/// # Panics
/// Never: the template has an encoding.
#[must_use]
pub fn root_contents(key: &PrivateKey) -> ToBeSignedCertificate {
    contents(&Template::root("Conformance Root", *key.public_key(), years(8), &its_services()))
}

/// The contents of an authorization authority's certificate.
///
/// # Panics
/// Never: the template has an encoding.
#[must_use]
pub fn authority_contents(key: &PrivateKey) -> ToBeSignedCertificate {
    let encryption = self::key(encryption_curve(key.curve()), "authorization authority, encryption");
    let (public, encryption) = (*key.public_key(), *encryption.public_key());
    let name = "Conformance AA";
    contents(&Template::authorization_authority(name, public, encryption, years(4), &its_services()))
}

/// The contents of an enrolment authority's certificate.
///
/// # Panics
/// Never: the template has an encoding.
#[must_use]
pub fn enrolment_authority_contents(key: &PrivateKey) -> ToBeSignedCertificate {
    let encryption = self::key(encryption_curve(key.curve()), "enrolment authority, encryption");
    let (public, encryption) = (*key.public_key(), *encryption.public_key());
    contents(&Template::enrolment_authority("Conformance EA", public, encryption, years(4)))
}

/// The contents of a ticket that may send CAM, DENM with any content, and messages of service 141.
///
/// # Panics
/// Never: the template has an encoding.
#[must_use]
pub fn ticket_contents(key: Key) -> ToBeSignedCertificate {
    let permissions = vec![
        services::permission(services::CAM, &[1, 0xff, 0xfc]),
        services::permission(services::DENM, &[1, 0xff, 0xff, 0xff]),
        services::permission(141, &[0]),
    ];
    contents(&Template::authorization_ticket(key, one_week(), permissions))
}

fn contents(template: &Template) -> ToBeSignedCertificate {
    template.to_be_signed().expect("the template has an encoding")
}

const fn encryption_curve(signing: Curve) -> Curve {
    match signing {
        Curve::NistP256 | Curve::NistP384 => Curve::NistP256,
        Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1 => Curve::BrainpoolP256r1,
    }
}

impl Holder {
    /// A certificate that signs itself.
    ///
    /// # Panics
    /// If the contents are no certificate's.
    #[must_use]
    pub fn self_signed(contents: &ToBeSignedCertificate, key: PrivateKey) -> Self {
        let octets = encode(contents).expect("the contents encode");
        let signer = RustCrypto.signer(&key).expect("the key signs");
        let certificate = sign_certificate(&octets, CertificateIssuer::SelfSigned, &*signer);
        Self { certificate: certificate.expect("the contents are a certificate's"), key }
    }

    /// A certificate that this holder signs, right or wrong.
    ///
    /// # Panics
    /// If the contents are no certificate's.
    #[must_use]
    pub fn issue(&self, contents: &ToBeSignedCertificate, key: PrivateKey) -> Self {
        let octets = encode(contents).expect("the contents encode");
        let issuer = CertificateIssuer::By(&self.certificate);
        let certificate = sign_certificate(&octets, issuer, &*self.signer());
        Self { certificate: certificate.expect("the contents are a certificate's"), key }
    }

    /// A ticket on `curve`, as it should be but for what `change` does to it.
    #[must_use]
    pub fn issue_ticket(&self, curve: Curve, change: impl FnOnce(&mut ToBeSignedCertificate)) -> Self {
        let key = key(curve, "ticket");
        let mut contents = ticket_contents(Key::Verification(*key.public_key()));
        change(&mut contents);
        self.issue(&contents, key)
    }

    /// An implicit ticket, whose key both sides contribute to.
    ///
    /// # Panics
    /// Never: both contributions are in range.
    #[must_use]
    pub fn issue_implicit_ticket(&self, change: impl FnOnce(&mut ToBeSignedCertificate)) -> Self {
        let curve = self.key.curve();
        let request = key(curve, "ticket, request");
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let issuance = Issuance::new(request.public_key(), &mut rng).expect("the curve has 256 bits");
        let mut contents = ticket_contents(Key::Reconstruction(*issuance.reconstruction()));
        change(&mut contents);
        let octets = encode(&contents).expect("the contents encode");
        let hash = implicit::hash(&octets, &self.certificate);
        let certificate = implicit::assemble(&octets, &self.certificate).expect("a certificate");
        let contribution: Contribution = issuance.finish(&hash, &self.key).expect("in range");
        let key = reconstruct_private(&request, &hash, &contribution).expect("in range");
        Self { certificate, key }
    }

    /// The key as one that signs.
    ///
    /// # Panics
    /// Never: every key signs.
    #[must_use]
    pub fn signer(&self) -> Box<dyn Signer> {
        RustCrypto.signer(&self.key).expect("the key signs")
    }

    /// Certificate and key joined, for an explicit certificate.
    ///
    /// # Panics
    /// If the key is not the certificate's.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity::new(self.certificate.clone(), self.signer()).expect("the key is the certificate's")
    }
}

impl Pki {
    /// One on a single curve.
    #[must_use]
    pub fn new(curve: Curve) -> Self {
        Self::on(curve, curve)
    }

    /// One whose authorities use another curve than the root.
    #[must_use]
    pub fn on(root: Curve, authorities: Curve) -> Self {
        let root_key = key(root, "root");
        let root = Holder::self_signed(&root_contents(&root_key), root_key);
        let (enrolment, authorization) =
            (key(authorities, "enrolment authority"), key(authorities, "authorization authority"));
        let contents = (enrolment_authority_contents(&enrolment), authority_contents(&authorization));
        let enrolment = root.issue(&contents.0, enrolment);
        let authorization = root.issue(&contents.1, authorization);
        Self { root, enrolment, authorization }
    }

    /// One whose authorization authority is right but for what `change` does to it.
    #[must_use]
    pub fn with_authority(change: impl FnOnce(&mut ToBeSignedCertificate)) -> Self {
        let sound = Self::new(Curve::NistP256);
        let key = key(Curve::NistP256, "authorization authority");
        let mut contents = authority_contents(&key);
        change(&mut contents);
        let authorization = sound.root.issue(&contents, key);
        Self { authorization, ..sound }
    }

    /// A ticket on the authority's curve.
    #[must_use]
    pub fn ticket(&self) -> Holder {
        self.ticket_with(|_| {})
    }

    /// A ticket on the authority's curve, right but for what `change` does to it.
    #[must_use]
    pub fn ticket_with(&self, change: impl FnOnce(&mut ToBeSignedCertificate)) -> Holder {
        self.authorization.issue_ticket(self.authorization.key.curve(), change)
    }

    /// A ticket's certificate and key joined, the key reconstructed where the certificate is implicit.
    ///
    /// # Panics
    /// If the ticket has no chain to the root.
    #[must_use]
    pub fn identity(&self, ticket: &Holder) -> Identity {
        let chain = self.trust().chain(&ticket.certificate).expect("the ticket chains to the root");
        Identity::of_chain(&chain, ticket.signer()).expect("the key is the certificate's")
    }

    /// A store that trusts the root and knows both authorities.
    ///
    /// # Panics
    /// If the root breaks its profile.
    #[must_use]
    pub fn trust(&self) -> TrustStore {
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
        trust.add_root(self.root.certificate.clone()).expect("the root is one");
        for authority in [&self.enrolment, &self.authorization] {
            trust.add(authority.certificate.clone()).expect("there is room");
        }
        trust
    }

    /// A receiver that trusts the root and has heard nobody yet.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        verifier(self.trust())
    }
}

/// A receiver that has heard nobody yet.
#[must_use]
pub fn verifier(trust: TrustStore) -> Verifier {
    let replay = ReplayFilter::new(ReplayConfig::new([1, 2]), Time64::from_micros(0));
    Verifier::new(trust, Policy::STANDARD, replay)
}
