//! Every response code of TS 102 941 that an EA or an AA can answer, each provoked by a message that deserves it.
//!
//! Each table ends with the codes that it leaves out and why; a code that is neither reached nor excused fails.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy allows these in test functions, not in what they call"
)]

mod authorization;
mod enrolment;
mod validation;

use std::{fmt::Debug, sync::Arc};

use enrollment_ea::registry::Profile;
use enrollment_protocol::{
    message,
    sealed::{open_answer, seal},
    signed::{self, Received, SignedBy},
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use rasn::types::Enumerated;
use simulator::pki::{Held, Pki, usual_profile};
use v2x_ca::lab::{Lab, Plan};
use v2x_codec::{
    ieee1609dot2::{
        BasePublicEncryptionKey, EccP256CurvePoint, FixedOctetString, PublicEncryptionKey,
        PublicVerificationKey, SymmAlgorithm, encode,
    },
    time::{Time32, Time64},
    ts102941::{EnrolmentResponseCode, EtsiTs102941DataContent, InnerEcResponse},
    view::{Content, Data},
};
use v2x_crypto::{AesKey, PrivateKey, Provider, RustCrypto, Signer};
use v2x_security::{certificate::Certificate, sign::SignedPayload};

const START: Time32 = Time32::from_seconds(700_000_000);
const STATION: &[u8] = b"station 1";
/// As many tickets as the station may have at a time.
const QUOTA: u32 = 2;

fn now() -> Time64 {
    START.into()
}

fn an_hour_ago() -> Time64 {
    now().saturating_sub_micros(3_600_000_000)
}

/// A PKI, an enrolled station, and a PKI that it has nothing to do with.
struct World {
    pki: Pki,
    canonical: PrivateKey,
    credential: Held,
    stranger: Held,
    elsewhere: Pki,
    rng: ChaCha20Rng,
}

impl World {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut pki = pki("test", &mut rng);
        let canonical = pki.new_key(&mut rng).unwrap();
        pki.register(STATION, &canonical, profile()).unwrap();
        let credential = pki.enrol(STATION, &canonical, now(), &mut rng).unwrap();
        let mut elsewhere = self::pki("elsewhere", &mut rng);
        let stranger = elsewhere.newcomer(profile(), now(), &mut rng).unwrap();
        Self { pki, canonical, credential, stranger, elsewhere, rng }
    }

    fn signer(&mut self) -> Box<dyn Signer> {
        self.pki.new_signer(&mut self.rng).unwrap()
    }

    fn ea(&self) -> &Certificate {
        self.pki.authorities().ea
    }

    fn aa(&self) -> &Certificate {
        self.pki.authorities().aa
    }
}

fn pki(name: &str, rng: &mut ChaCha20Rng) -> Pki {
    Pki::new(Lab::new(&Plan::new(name, START), &RustCrypto, rng).unwrap(), Arc::new(RustCrypto)).unwrap()
}

fn profile() -> Profile {
    Profile { parallel_tickets: QUOTA, ..usual_profile(None) }
}

fn signer(key: &PrivateKey) -> Box<dyn Signer> {
    RustCrypto.signer(key).unwrap()
}

/// What is wrong with an encrypted message on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Envelope {
    Fine,
    /// What is inside is no message.
    Nonsense,
    /// It is no message at all.
    Noise,
    /// It is encrypted to another authority.
    ToAnother,
    /// Its content claims to be encrypted with SM4.
    UnknownAlgorithm,
    /// A bit of its content was turned over.
    Tampered,
}

/// Where the algorithm of the content stands behind one `certRecipInfo` with a key on P-256.
const CERTIFICATE_ALGORITHM: usize = 79;
/// Where it stands behind one `pskRecipInfo`.
const ANSWER_ALGORITHM: usize = 13;

/// A request as it is sent, and the key that its answer comes under.
struct Request {
    octets: Vec<u8>,
    key: AesKey,
}

impl Envelope {
    fn seal(
        self,
        plaintext: &[u8],
        to: &Certificate,
        another: &Certificate,
        rng: &mut ChaCha20Rng,
    ) -> Request {
        let plaintext = if self == Self::Nonsense { b"nonsense" } else { plaintext };
        let to = if self == Self::ToAnother { another } else { to };
        let (sealed, key) = seal(plaintext, to, &RustCrypto, rng).unwrap();
        Request { octets: self.spoil(encode(&sealed).unwrap(), CERTIFICATE_ALGORITHM), key }
    }

    fn spoil(self, octets: Vec<u8>, algorithm: usize) -> Vec<u8> {
        match self {
            Self::Fine | Self::Nonsense | Self::ToAnother => octets,
            Self::Noise => b"noise".to_vec(),
            Self::UnknownAlgorithm => with_unknown_algorithm(octets, algorithm),
            Self::Tampered => tampered(octets),
        }
    }
}

fn with_unknown_algorithm(mut octets: Vec<u8>, at: usize) -> Vec<u8> {
    const AES: u8 = 0x80;
    const SM4: u8 = 0x81;
    assert_eq!(octets[at], AES, "the place of the algorithm");
    octets[at] = SM4;
    octets
}

fn tampered(mut octets: Vec<u8>) -> Vec<u8> {
    *octets.last_mut().unwrap() ^= 1;
    octets
}

fn signed(content: EtsiTs102941DataContent, by: SignedBy<'_>, key: &dyn Signer, made: Time64) -> Vec<u8> {
    let octets = message::to_octets(content).unwrap();
    signed::sign(SignedPayload::Data(&octets), by, key, made).unwrap()
}

/// What an answer says, under its request's key or signed alone.
fn content(answer: &[u8], key: &AesKey) -> EtsiTs102941DataContent {
    let octets = match Data::parse(answer).unwrap().content {
        Content::Encrypted(_) => open_answer(answer, key).unwrap().to_vec(),
        Content::Unsecured(_) | Content::Signed(_) | Content::SignedCertificateRequest(_) => answer.to_vec(),
    };
    message::from_octets(Received::parse(&octets).unwrap().payload().unwrap()).unwrap()
}

/// A message that no authority expects.
fn unexpected() -> EtsiTs102941DataContent {
    let refused = InnerEcResponse::refused([0; 16], EnrolmentResponseCode::CantParse);
    EtsiTs102941DataContent::EnrolmentResponse(refused)
}

/// An x-coordinate above the field's order.
fn no_point() -> EccP256CurvePoint {
    EccP256CurvePoint::CompressedY0(FixedOctetString::new([0xff; 32]))
}

fn no_verification_key() -> PublicVerificationKey {
    PublicVerificationKey::EcdsaNistP256(no_point())
}

fn no_encryption_key() -> PublicEncryptionKey {
    let public_key = BasePublicEncryptionKey::EciesNistP256(no_point());
    PublicEncryptionKey { supported_symm_alg: SymmAlgorithm::Aes128Ccm, public_key }
}

/// Checks that each code is reached, or excused with a reason, and none both.
fn assert_all<C: Enumerated + Copy + PartialEq + Debug + 'static>(
    reached: &[C],
    never: &[(C, &'static str)],
) {
    for code in C::VARIANTS {
        let (is_reached, excuse) =
            (reached.contains(code), never.iter().find(|(excused, _)| excused == code));
        assert_eq!(is_reached, excuse.is_none(), "{code:?}: reached {is_reached}, excuse {excuse:?}");
    }
}
