//! A small world to fuzz as a whole: a PKI with enrolled stations, what they would send next, and what is on the air.
//!
//! Every key follows from one seed, so each process and each thread has the same world. Only what is made here was ever
//! signed: whatever the cores grant or the verifier accepts must be among it.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use enrollment_aa::Step;
use enrollment_protocol::sealed::{Opened, open};
use enrollment_station::Credential;
use enrollment_station::authorization::{Ask, Authorization, Privacy, Proof};
use enrollment_station::enrolment::{Enrolment, Identity};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use simulator::pki::{Held, Pki, TicketWish, usual_profile};
use v2x_ca::lab::{Lab, Member, Plan};
use v2x_ca::services::{CAM, DENM, permission};
use v2x_codec::ieee1609dot2::SequenceOfPsidSsp;
use v2x_codec::time::{Time32, Time64};
use v2x_codec::ts102941::CertificateSubjectAttributes;
use v2x_codec::view::{Content, Data};
use v2x_crypto::{KeyAgreement, PrivateKey, Provider, RustCrypto, Signer};
use v2x_security::certificate::Certificate;
use v2x_security::permission::Psid;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::{Location, SignRequest, SignedPayload, SignerChoice};
use v2x_security::trust::TrustProfile;
use v2x_security::verifier::Verifier;
use v2x_station::Kinematics;
use v2x_station::cam_trigger::CamDue;
use v2x_station::router::{Message, Router, position_vector, secured_packet};
use v2x_station::vehicle::{VehicleState, encode_cam};

const START: Time32 = Time32::from_seconds(700_000_000);

/// When everything happens.
pub(crate) const NOW: Time64 = Time64::from_micros(700_003_600_000_000);

/// A service whose messages have no profile of their own.
const OTHER: Psid = Psid(141);

/// Where messages that name their place were made.
const BERLIN: Location = Location { latitude: 525_200_000, longitude: 134_050_000, elevation: 4_096 };

/// Stations, each with a different way of asking where there is one.
const STATIONS: usize = 10;

/// What the stations and authorities would send next. None of it was answered.
#[derive(Default)]
pub(crate) struct Exchanges {
    /// Enrolment requests, first and next, inside their envelopes.
    pub(crate) enrolments: Vec<Vec<u8>>,
    /// Authorization requests inside their envelopes.
    pub(crate) authorizations: Vec<Vec<u8>>,
    /// Authorization validation requests inside their envelopes.
    pub(crate) validations: Vec<Vec<u8>>,
    /// All of them as they are sent to the EA.
    pub(crate) sealed: Vec<Vec<u8>>,
    /// Packets on the air, with CAMs.
    pub(crate) packets: Vec<Vec<u8>>,
    /// The same without GeoNetworking, and messages of another service.
    pub(crate) messages: Vec<Vec<u8>>,
}

/// The world as it starts: each thread has its own copy of the authorities.
pub(crate) struct World {
    pub(crate) pki: Pki,
    stations: Vec<Station>,
    tickets: Vec<Held>,
    rng: ChaCha20Rng,
}

struct Station {
    id: Vec<u8>,
    canonical: PrivateKey,
    credential: Held,
}

/// What every world's stations would send.
pub(crate) fn exchanges() -> &'static Exchanges {
    static EXCHANGES: OnceLock<Exchanges> = OnceLock::new();
    EXCHANGES.get_or_init(|| World::new().exchanges())
}

/// Runs `judge` in this thread's world.
pub(crate) fn with_world<T>(judge: impl FnOnce(&mut World) -> T) -> T {
    thread_local! {
        static WORLD: RefCell<World> = RefCell::new(World::new());
    }
    WORLD.with_borrow_mut(judge)
}

/// The octets that a signature covers, when `octets` are signed data.
pub(crate) fn signed_part(octets: &[u8]) -> Option<&[u8]> {
    match Data::parse(octets).ok()?.content {
        Content::Signed(signed) => Some(signed.to_be_signed),
        Content::Unsecured(_) | Content::Encrypted(_) | Content::SignedCertificateRequest(_) => None,
    }
}

fn signer(key: &PrivateKey) -> Box<dyn Signer> {
    RustCrypto.signer(key).expect("a key signs")
}

impl World {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(0x5eed);
        let lab = Lab::new(&Plan::new("fuzz", START), &RustCrypto, &mut rng).expect("a lab");
        let pki = Pki::new(lab, Arc::new(RustCrypto)).expect("its authorities");
        let mut world = Self { pki, stations: Vec::new(), tickets: Vec::new(), rng };
        (0..STATIONS).for_each(|number| world.add_station(number));
        world
    }

    fn add_station(&mut self, number: usize) {
        let id = format!("station {number}").into_bytes();
        let canonical = self.pki.new_key(&mut self.rng).expect("a key");
        self.pki.register(&id, &canonical, usual_profile(None)).expect("it is registered");
        let credential = self.pki.enrol(&id, &canonical, NOW, &mut self.rng).expect("it is enrolled");
        let wish = TicketWish::new(vec![permission(CAM, &[1, 0, 0]), permission(OTHER.0, &[0])]);
        self.tickets.push(self.pki.ticket(&credential, &wish, NOW, &mut self.rng).expect("it gets a ticket"));
        self.stations.push(Station { id, canonical, credential });
    }

    /// The EA's side of an envelope.
    pub(crate) fn ea(&self) -> (&Certificate, Box<dyn KeyAgreement>) {
        party(&self.pki.lab().enrolment_authority)
    }

    /// The AA's side of an envelope.
    pub(crate) fn aa(&self) -> (&Certificate, Box<dyn KeyAgreement>) {
        party(&self.pki.lab().authorization_authority)
    }

    /// A receiver that has heard nobody, and was told of the tickets that sign with their digests.
    pub(crate) fn verifier(&self) -> Verifier {
        let mut trust = self.pki.trust_store().expect("a trust store");
        for ticket in &self.tickets {
            trust.add(ticket.certificate.clone()).expect("there is room");
        }
        let replay = ReplayFilter::new(ReplayConfig::new([1, 2]), Time64::from_micros(0));
        Verifier::new(trust, Policy::STANDARD, replay)
    }

    fn exchanges(mut self) -> Exchanges {
        let mut made = Exchanges::default();
        for number in 0..STATIONS {
            self.enrolments(number, &mut made);
            self.authorizations(number, &mut made);
            self.messages(&mut made);
        }
        made
    }

    /// A first and a next enrolment.
    fn enrolments(&mut self, number: usize, made: &mut Exchanges) {
        let station = self.stations.get(number).expect("a station");
        let (canonical, own) = (signer(&station.canonical), signer(&station.credential.key));
        let current = Credential { certificate: &station.credential.certificate, signer: &*own };
        let first = Identity::Canonical { id: &station.id, signer: &*canonical };
        for identity in [first, Identity::Credential(current)] {
            let key = self.pki.new_signer(&mut self.rng).expect("a key");
            let mut trust = self.pki.trust_store().expect("a trust store");
            let ea = self.pki.authorities().ea;
            let asked = Enrolment::new(identity, &*key, ea, &mut trust, NOW, &mut self.rng);
            let request = asked.expect("a request").request().to_vec();
            made.enrolments.push(plaintext(&request, self.ea()));
            made.sealed.push(request);
        }
    }

    /// Tickets asked for with and without privacy and proof of possession, and what the AA asks the EA for each.
    fn authorizations(&mut self, number: usize, made: &mut Exchanges) {
        for (privacy, proof) in [
            (Privacy::Hidden, Proof::OfPossession),
            (Privacy::Open, Proof::OfPossession),
            (Privacy::Hidden, Proof::Omitted),
        ] {
            let request = self.authorization(number, privacy, proof);
            made.authorizations.push(plaintext(&request, self.aa()));
            let aa = self.pki.authorization_authority();
            let step = aa.request(NOW, &request, &mut self.rng).expect("the AA judges");
            let Step::AskEa { request, .. } = step else { panic!("the AA asks the EA") };
            made.validations.push(plaintext(&request, self.ea()));
            made.sealed.push(request);
        }
    }

    fn authorization(&mut self, number: usize, privacy: Privacy, proof: Proof) -> Vec<u8> {
        let held = &self.stations.get(number).expect("a station").credential;
        let (own, key) = (signer(&held.key), self.pki.new_signer(&mut self.rng).expect("a key"));
        let permissions = vec![permission(CAM, &[1, 0, 0]), permission(DENM, &[1, 0, 0, 0])];
        let attributes = CertificateSubjectAttributes::signing(SequenceOfPsidSsp(permissions));
        let ask = Ask { key: &*key, encryption_key: None, attributes, privacy, proof };
        let credential = Credential { certificate: &held.certificate, signer: &*own };
        let mut trust = self.pki.trust_store().expect("a trust store");
        let authorities = self.pki.authorities();
        let asked = Authorization::new(&ask, credential, authorities, &mut trust, NOW, &mut self.rng);
        asked.expect("a request").request().to_vec()
    }

    /// CAMs that name their signer in both ways, in packets and bare, and a bare message of another service.
    fn messages(&mut self, made: &mut Exchanges) {
        let Held { certificate, key } = self.tickets.pop().expect("a ticket");
        let identity = v2x_security::sign::Identity::new(certificate, signer(&key)).expect("its key");
        let cam = network_pdu();
        for (psid, payload, choice) in [
            (Psid::CAM, &cam[..], SignerChoice::Certificate),
            (Psid::CAM, &cam, SignerChoice::Digest),
            (OTHER, b"another service", SignerChoice::Digest),
        ] {
            let mut request = SignRequest::new(psid, NOW, SignedPayload::Data(payload));
            request.signer = choice;
            request.generation_location = (psid == OTHER).then_some(BERLIN);
            let signed = identity.sign(TrustProfile::EtsiTs103097, &request).expect("it is signed");
            if psid == Psid::CAM {
                made.packets.push(secured_packet(&signed, 1));
            }
            made.messages.push(signed);
        }
    }
}

fn party(member: &Member) -> (&Certificate, Box<dyn KeyAgreement>) {
    let key = member.encryption.as_ref().expect("an authority decrypts");
    (&member.certificate, RustCrypto.key_agreement(key).expect("it agrees"))
}

fn plaintext(request: &[u8], (certificate, agreement): (&Certificate, Box<dyn KeyAgreement>)) -> Vec<u8> {
    let Opened { plaintext, .. } = open(request, certificate, &*agreement).expect("it opens");
    plaintext.to_vec()
}

/// A CAM with its GeoNetworking and BTP headers.
fn network_pdu() -> Vec<u8> {
    let kinematics = Kinematics { latitude: 525_200_000, longitude: 134_050_000, heading: 900, speed: 1_389 };
    let state = VehicleState { kinematics, station_type: 5, length: 42, width: 18, emergency: false };
    let due = CamDue { low_frequency: true, special_vehicle: false };
    let octets = encode_cam(&state, 4_711, NOW, due).expect("a CAM");
    let message = Message::cam(&octets);
    let source = position_vector([2, 0, 0, 0, 0, 1], NOW, &kinematics);
    Router::new().network_pdu(&message, source, true).expect("it fits a packet")
}
