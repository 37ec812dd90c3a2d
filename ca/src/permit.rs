//! From octets that passed lint to the right to sign them once.
//!
//! ```text
//! Template ─lint→ Linted ─record→ Permit ─sign→ Unreleased ─conclude→ the answer
//! ```
//! Each arrow consumes what is on its left. None of the types in between can be made elsewhere, cloned or copied, and
//! the to-be-signed octets do not change from the first arrow on: what is linted is what is recorded is what is
//! signed, and no certificate leaves before the record that holds it is durable.

use crate::{
    asn1::CertificateType,
    error::CaError,
    ledger::{Ledger, Recorded, RequestDigest},
    role::Role,
};
use v2x_codec::time::{Time32, Time64};
use v2x_security::{certificate::Certificate, refusal::Refusal};

/// To-be-signed octets that passed every lint.
#[derive(Debug)]
pub struct Linted {
    role: Role,
    certificate_type: CertificateType,
    octets: Vec<u8>,
    at: Time32,
}

impl Linted {
    /// Only [`crate::issuer`] lints, and only it comes here, with what no lint objected to, and when.
    pub(crate) const fn passed(
        role: Role,
        certificate_type: CertificateType,
        octets: Vec<u8>,
        at: Time32,
    ) -> Self {
        Self { role, certificate_type, octets, at }
    }

    /// The to-be-signed octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Records that these octets will be signed for `request`, and with it the right to do so.
    ///
    /// # Errors
    /// [`CaError::Ledger`] when the ledger does not take the record, or answers for other octets.
    pub fn record(self, request: RequestDigest, ledger: &mut dyn Ledger) -> Result<Permit, CaError> {
        let recorded = ledger.intend(self.at.into(), &request, &self.octets)?;
        Permit::new(self, request, &recorded)
    }
}

/// The right to sign certain octets once.
///
/// ```
/// use v2x_ca::{CaError, Issuer, permit::{Permit, Unreleased}};
/// fn sign(issuer: &Issuer, permit: Permit) -> Result<Unreleased, CaError> {
///     issuer.sign(permit)
/// }
/// ```
///
/// It is spent by that, and there is no second one:
///
/// ```compile_fail,E0382
/// use v2x_ca::{CaError, Issuer, permit::{Permit, Unreleased}};
/// fn sign(issuer: &Issuer, permit: Permit) -> Result<Unreleased, CaError> {
///     issuer.sign(permit)?; issuer.sign(permit)
/// }
/// ```
///
/// ```compile_fail,E0599
/// use v2x_ca::{CaError, Issuer, permit::{Permit, Unreleased}};
/// fn sign(issuer: &Issuer, permit: Permit) -> Result<Unreleased, CaError> {
///     issuer.sign(permit.clone())
/// }
/// ```
///
/// Neither it nor what comes before it is made elsewhere:
///
/// ```compile_fail,E0624
/// use v2x_ca::{CaError, Issuer, permit::{Linted, Permit, Unreleased}};
/// fn sign(issuer: &Issuer, permit: Permit) -> Result<Unreleased, CaError> {
///     Linted::passed(permit.role(), Default::default(), Vec::new(), Default::default()); issuer.sign(permit)
/// }
/// ```
///
/// ```compile_fail,E0451
/// use v2x_ca::{CaError, Issuer, permit::{Permit, Unreleased}};
/// fn sign(issuer: &Issuer, permit: Permit) -> Result<Unreleased, CaError> {
///     issuer.sign(Permit { ..permit })
/// }
/// ```
#[derive(Debug)]
pub struct Permit {
    linted: Linted,
    request: RequestDigest,
}

impl Permit {
    fn new(linted: Linted, request: RequestDigest, recorded: &Recorded) -> Result<Self, CaError> {
        if recorded.covers(&linted.octets) {
            Ok(Self { linted, request })
        } else {
            Err(CaError::Misuse("the ledger recorded other octets than those that were linted"))
        }
    }

    /// Whose certificate may be signed.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.linted.role
    }

    /// The octets that may be signed.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.linted.octets
    }

    pub(crate) const fn certificate_type(&self) -> CertificateType {
        self.linted.certificate_type
    }

    /// Spends the permit: `sign` makes a certificate of its octets.
    pub(crate) fn spend(
        self,
        sign: impl FnOnce(&[u8]) -> Result<Certificate, Refusal>,
    ) -> Result<Unreleased, CaError> {
        let certificate = sign(&self.linted.octets).map_err(|refusal| CaError::Refused(Box::new(refusal)))?;
        if certificate.to_be_signed() != self.linted.octets {
            return Err(CaError::Misuse("other octets were signed than those that were linted"));
        }
        Ok(Unreleased { request: self.request, certificate, at: self.linted.at })
    }
}

/// What is put on record before an answer leaves.
#[derive(Clone, Copy, Debug)]
pub struct Conclusion<'a> {
    /// By when it was judged.
    pub at: Time64,
    /// Whose answer it is.
    pub request: &'a RequestDigest,
    /// The certificate that was signed.
    pub certificate: &'a Certificate,
    /// The answer.
    pub answer: &'a [u8],
}

/// A signed certificate that is not yet on record, so nobody may see it.
#[derive(Debug)]
pub struct Unreleased {
    request: RequestDigest,
    certificate: Certificate,
    at: Time32,
}

impl Unreleased {
    pub(crate) const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Builds the answer with the certificate, records both, and only then gives the answer out.
    ///
    /// `build` must not send anything: it makes octets.
    ///
    /// # Errors
    /// Those of `build`; [`CaError::Ledger`] when the ledger does not take the record: then the answer is dropped.
    pub fn conclude<E: From<CaError>>(
        self,
        ledger: &mut dyn Ledger,
        build: impl FnOnce(&Certificate) -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u8>, E> {
        self.conclude_by(build, |conclusion| {
            let Conclusion { at, request, certificate, answer } = conclusion;
            let concluded = ledger.conclude(at, request, certificate.octets(), answer);
            concluded.map_err(|error| E::from(CaError::Ledger(error)))
        })
    }

    /// As [`conclude`](Self::conclude), where `record` does what [`Ledger::conclude`] does and records with it what must
    /// stand or fall with the answer. It promises what a ledger promises: all of it is durable when it returns.
    ///
    /// # Errors
    /// Those of `build` and of `record`: then the answer is dropped.
    pub fn conclude_by<E>(
        self,
        build: impl FnOnce(&Certificate) -> Result<Vec<u8>, E>,
        record: impl FnOnce(Conclusion<'_>) -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        let answer = build(&self.certificate)?;
        let Self { request, certificate, at } = &self;
        record(Conclusion { at: (*at).into(), request, certificate, answer: &answer })?;
        Ok(answer)
    }

    /// As [`conclude`](Self::conclude), where the certificate itself is the answer.
    ///
    /// # Errors
    /// [`CaError::Ledger`] when the ledger does not take the record.
    pub fn release(self, ledger: &mut dyn Ledger) -> Result<Certificate, CaError> {
        let certificate = self.certificate.clone();
        self.conclude(ledger, |certificate| Ok::<_, CaError>(certificate.octets().to_vec()))?;
        Ok(certificate)
    }
}

#[cfg(test)]
mod tests {
    //! What was linted, what is on record and what is signed are the same octets, for every profile on every curve.

    use super::*;
    use crate::{
        asn1::encode,
        implicit::Issuance,
        issuer::{Issuer, self_signed},
        ledger::{Hash, LedgerError, MemoryLedger, Standing},
        policy::Policy,
        profile::{Key, Template},
        services::{CAM, ServiceRange, issuing, its_services, permission},
    };
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
    use v2x_codec::time::{Duration, ValidityPeriod};
    use v2x_crypto::{Curve, PrivateKey, Provider as _, RustCrypto};

    const NOW: Time32 = Time32::from_seconds(700_000_000);
    const MISBEHAVIOUR: u64 = 140;

    /// A ledger that shows what it was told, in order.
    #[derive(Default)]
    struct Watching {
        inner: MemoryLedger,
        intended: Vec<Vec<u8>>,
        certificates: Vec<Vec<u8>>,
    }

    impl Ledger for Watching {
        fn standing(&self, request: &RequestDigest) -> Result<Standing, LedgerError> {
            self.inner.standing(request)
        }

        fn intend(
            &mut self,
            now: Time64,
            request: &RequestDigest,
            octets: &[u8],
        ) -> Result<Recorded, LedgerError> {
            self.intended.push(octets.to_vec());
            self.inner.intend(now, request, octets)
        }

        fn conclude(
            &mut self,
            now: Time64,
            request: &RequestDigest,
            certificate: &[u8],
            answer: &[u8],
        ) -> Result<(), LedgerError> {
            self.certificates.push(certificate.to_vec());
            self.inner.conclude(now, request, certificate, answer)
        }

        fn remember(
            &mut self,
            now: Time64,
            request: &RequestDigest,
            answer: &[u8],
        ) -> Result<(), LedgerError> {
            self.inner.remember(now, request, answer)
        }

        fn knows_certificate(&self, certificate: &Hash) -> Result<bool, LedgerError> {
            self.inner.knows_certificate(certificate)
        }
    }

    struct Maker {
        curve: Curve,
        rng: ChaCha20Rng,
        ledger: Watching,
    }

    fn valid(duration: Duration) -> ValidityPeriod {
        ValidityPeriod { start: NOW, duration }
    }

    impl Maker {
        fn key(&mut self) -> PrivateKey {
            PrivateKey::generate(self.curve, &mut self.rng).unwrap()
        }

        fn encryption_key(&mut self) -> v2x_crypto::PublicKey {
            *PrivateKey::generate(Curve::BrainpoolP256r1, &mut self.rng).unwrap().public_key()
        }

        fn alone(&mut self, role: Role) -> (Certificate, PrivateKey) {
            let key = self.key();
            let validity = valid(Duration::Years(4));
            let mut template = if role == Role::RootCa {
                Template::root("root", *key.public_key(), validity, &its_services())
            } else {
                Template::trust_list_manager("tlm", *key.public_key(), validity)
            };
            if role == Role::RootCa {
                let service = ServiceRange::up_to(MISBEHAVIOUR, &[1, 0xFF, 0xFF, 0xE0]);
                template.issue_permissions.push(issuing(&[service], 1, 0));
            }
            let (signer, request) = (RustCrypto.signer(&key).unwrap(), RequestDigest::of(&[role as u8]));
            let made = self_signed(&template, &*signer, &Policy::EU, request, NOW, &mut self.ledger);
            (made.unwrap(), key)
        }

        fn issue(&mut self, issuer: &Issuer, template: &Template) -> Certificate {
            let linted = issuer.lint(template, NOW).unwrap();
            assert_eq!(linted.octets(), encode(&template.to_be_signed().unwrap()).unwrap());
            let (octets, request) = (linted.octets().to_vec(), RequestDigest::of(&[template.role as u8]));
            let permit = linted.record(request, &mut self.ledger).unwrap();
            assert_eq!(permit.octets(), octets);
            let certificate = issuer.sign(permit).unwrap().release(&mut self.ledger).unwrap();
            assert_eq!(certificate.to_be_signed(), octets);
            certificate
        }
    }

    fn issuer(role: Role, (certificate, key): (Certificate, &PrivateKey)) -> Issuer {
        Issuer::new(role, certificate, RustCrypto.signer(key).unwrap(), Policy::EU).unwrap()
    }

    /// One certificate of every role, and an implicit ticket where the curve has them.
    fn make_all(curve: Curve) -> Watching {
        let mut maker =
            Maker { curve, rng: ChaCha20Rng::seed_from_u64(curve as u64), ledger: Watching::default() };
        let (root, root_key) = maker.alone(Role::RootCa);
        maker.alone(Role::TrustListManager);
        let root = issuer(Role::RootCa, (root, &root_key));
        let keys: [PrivateKey; 5] = std::array::from_fn(|_| maker.key());
        let [ea, aa, ma, credential, ticket] = &keys;
        let (years, encryption) = (valid(Duration::Years(3)), maker.encryption_key());
        let template = Template::enrolment_authority("ea", *ea.public_key(), encryption, years);
        let ea_certificate = maker.issue(&root, &template);
        let template =
            Template::authorization_authority("aa", *aa.public_key(), encryption, years, &its_services());
        let aa_certificate = maker.issue(&root, &template);
        let service = permission(MISBEHAVIOUR, &[1, 0, 0, 0]);
        let template = Template::misbehaviour_authority("ma", *ma.public_key(), encryption, years, service);
        maker.issue(&root, &template);
        let ea = issuer(Role::EnrolmentAuthority, (ea_certificate, ea));
        let template =
            Template::enrolment_credential("ec", *credential.public_key(), valid(Duration::Years(1)));
        maker.issue(&ea, &template);
        let issuing_aa = issuer(Role::AuthorizationAuthority, (aa_certificate, aa));
        let (week, cam) = (valid(Duration::Hours(168)), vec![permission(CAM, &[1, 0, 0])]);
        let key = Key::Verification(*ticket.public_key());
        maker.issue(&issuing_aa, &Template::authorization_ticket(key, week, cam.clone()));
        if let Ok(issuance) = Issuance::new(&issuing_aa, aa, ticket.public_key(), &mut maker.rng) {
            let template = Template::authorization_ticket(issuance.key(), week, cam);
            let request = RequestDigest::of(b"implicit");
            issuance.issue(&template, request, NOW, &mut maker.ledger).unwrap();
        }
        maker.ledger
    }

    #[test]
    fn what_is_linted_is_what_is_recorded_is_what_is_signed() {
        for curve in Curve::ALL {
            let ledger = make_all(curve);
            let implicit = usize::from(curve.coordinate_len() == 32);
            assert_eq!(ledger.certificates.len(), Role::ALL.len() + implicit, "{curve}");
            assert_eq!(ledger.intended.len(), ledger.certificates.len(), "{curve}");
            for (intended, certificate) in ledger.intended.iter().zip(&ledger.certificates) {
                let certificate = Certificate::parse(certificate).unwrap();
                assert_eq!(certificate.to_be_signed(), intended, "{curve}: {certificate}");
            }
        }
    }

    #[test]
    fn a_record_of_other_octets_permits_nothing() {
        struct Lying(MemoryLedger);
        impl Ledger for Lying {
            fn standing(&self, request: &RequestDigest) -> Result<Standing, LedgerError> {
                self.0.standing(request)
            }
            fn intend(&mut self, _: Time64, _: &RequestDigest, _: &[u8]) -> Result<Recorded, LedgerError> {
                Ok(Recorded::durably(b"other octets"))
            }
            fn conclude(
                &mut self,
                _: Time64,
                _: &RequestDigest,
                _: &[u8],
                _: &[u8],
            ) -> Result<(), LedgerError> {
                Ok(())
            }
            fn remember(&mut self, _: Time64, _: &RequestDigest, _: &[u8]) -> Result<(), LedgerError> {
                Ok(())
            }
            fn knows_certificate(&self, _: &Hash) -> Result<bool, LedgerError> {
                Ok(false)
            }
        }
        let linted = Linted::passed(Role::RootCa, CertificateType::Explicit, b"octets".to_vec(), NOW);
        let refused = linted.record(RequestDigest::of(b"request"), &mut Lying(MemoryLedger::new()));
        assert!(matches!(refused, Err(CaError::Misuse(_))));
    }

    #[test]
    fn a_signature_over_other_octets_is_not_released() {
        let mut maker =
            Maker { curve: Curve::NistP256, rng: ChaCha20Rng::seed_from_u64(1), ledger: Watching::default() };
        let (another, _) = maker.alone(Role::RootCa);
        let linted = Linted::passed(Role::RootCa, CertificateType::Explicit, b"octets".to_vec(), NOW);
        let permit = linted.record(RequestDigest::of(b"request"), &mut maker.ledger).unwrap();
        assert!(matches!(permit.spend(|_| Ok(another)), Err(CaError::Misuse(_))));
    }
}
