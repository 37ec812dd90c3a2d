//! What a station does with a CAM: encode, sign, verify, decode; and where a position lies.
#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up should stop")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use enrollment_ea::registry::Profile;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use simulator::pki::{Pki, TicketWish};
use v2x_ca::lab::{Lab, Plan};
use v2x_ca::services::{CAM, its_services, permission};
use v2x_codec::cam::{self, ReceivedCam, Release};
use v2x_codec::facility;
use v2x_codec::time::{Time32, Time64};
use v2x_crypto::{Curve, PrivateKey, Provider, RustCrypto};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::clock::Clock;
use v2x_security::permission::Psid;
use v2x_security::policy::Policy;
use v2x_security::region::{CircularRegion, Country, GeographicRegion, TwoDLocation};
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::{Identity, SignRequest, SignedPayload, SignerChoice};
use v2x_security::trust::TrustProfile;
use v2x_security::verifier::Verifier;
use v2x_station::Kinematics;
use v2x_station::cam_trigger::CamDue;
use v2x_station::router::{Message, Router, position_vector, secured_packet};
use v2x_station::vehicle::{VehicleState, encode_cam};

const START: Time32 = Time32::from_seconds(700_000_000);
const STATION: &[u8] = b"bench";

/// Greenwich: 10⁻⁷ degrees.
const HERE: Kinematics = Kinematics { latitude: 514_778_000, longitude: 14_000, heading: 900, speed: 1_390 };

const CAR: VehicleState =
    VehicleState { kinematics: HERE, station_type: 5, length: 42, width: 18, emergency: false };

/// Every third CAM or so carries the low-frequency container; the bench's all do.
const DUE: CamDue = CamDue { low_frequency: true, special_vehicle: false };

/// A PKI, and a station with one ticket of it.
struct World {
    pki: Pki,
    identity: Identity,
    now: Time64,
}

impl World {
    fn new(curve: Curve, provider: &Arc<dyn Provider>) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let lab = Lab::new(&Plan { curve, ..Plan::new("bench", START) }, &**provider, &mut rng).unwrap();
        let mut pki = Pki::new(lab, Arc::clone(provider)).unwrap();
        let canonical = PrivateKey::generate(curve, &mut rng).unwrap();
        let profile =
            Profile { services: its_services(), region: None, assurance: 0x60, parallel_tickets: 3 };
        pki.register(STATION, &canonical, profile).unwrap();
        let now = START.into();
        let credential = pki.enrol(STATION, &canonical, now, &mut rng).unwrap();
        let wish = TicketWish::new(vec![permission(CAM, &[1, 0, 0])]);
        let ticket = pki.ticket(&credential, &wish, now, &mut rng).unwrap();
        let identity = Identity::new(ticket.certificate, provider.signer(&ticket.key).unwrap()).unwrap();
        Self { pki, identity, now }
    }

    /// The next CAM as a packet, 100 ms after the one before.
    fn packet(&mut self, signer: SignerChoice) -> (Clock, Vec<u8>) {
        self.now = self.now.saturating_add_micros(100_000);
        let octets = encode_cam(&CAR, 1, self.now, DUE).unwrap();
        let signed = self.sign(&pdu(&octets, self.now), signer);
        (Clock::exact(self.now), secured_packet(&signed, 1))
    }

    fn sign(&self, pdu: &[u8], signer: SignerChoice) -> Vec<u8> {
        let mut request = SignRequest::new(Psid::CAM, self.now, SignedPayload::Data(pdu));
        request.signer = signer;
        self.identity.sign(TrustProfile::EtsiTs103097, &request).unwrap()
    }

    /// A verifier that has heard nobody yet, and knows the chain of the AA.
    fn verifier(&self) -> Verifier {
        let mut trust = self.pki.trust_store().unwrap();
        trust.chain(self.pki.authorities().aa).unwrap();
        Verifier::new(trust, Policy::STANDARD, ReplayFilter::new(ReplayConfig::new([1, 2]), self.now))
    }
}

fn pdu(octets: &[u8], now: Time64) -> Vec<u8> {
    let message = Message::cam(octets);
    Router::new().network_pdu(&message, position_vector([2, 0, 0, 0, 0, 1], now, &HERE), true).unwrap()
}

fn cases() -> [(&'static str, Curve, Arc<dyn Provider>); 3] {
    [
        ("NIST P-256, aws-lc", Curve::NistP256, Arc::new(AwsLc)),
        ("NIST P-256, RustCrypto", Curve::NistP256, Arc::new(RustCrypto)),
        ("brainpoolP256r1, RustCrypto", Curve::BrainpoolP256r1, Arc::new(RustCrypto)),
    ]
}

fn sign(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("CAM");
    group.throughput(Throughput::Elements(1));
    for (name, curve, provider) in cases() {
        let world = World::new(curve, &provider);
        let pdu = pdu(&encode_cam(&CAR, 1, world.now, DUE).unwrap(), world.now);
        group.bench_function(format!("sign/{name}"), |bencher| {
            bencher.iter(|| world.sign(black_box(&pdu), SignerChoice::Digest));
        });
    }
    group.finish();
}

/// Warm: the signer's certificate was verified before. Cold: it comes with the message, of a known AA.
fn verify(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("CAM");
    group.throughput(Throughput::Elements(1));
    for (name, curve, provider) in cases() {
        let mut world = World::new(curve, &provider);
        let mut verifier = world.verifier();
        let (clock, first) = world.packet(SignerChoice::Certificate);
        verifier.verify_packet(&clock, &first).unwrap();
        group.bench_function(format!("verify, warm signer/{name}"), |bencher| {
            bencher.iter_batched_ref(
                || world.packet(SignerChoice::Digest),
                |(clock, packet)| verifier.verify_packet(clock, packet).is_ok(),
                BatchSize::SmallInput,
            );
        });
        let (clock, packet) = world.packet(SignerChoice::Digest);
        verifier.verify_packet(&clock, &packet).unwrap();
        group.bench_function(format!("verify, cold signer/{name}"), |bencher| {
            bencher.iter_batched_ref(
                || (world.packet(SignerChoice::Certificate), world.verifier()),
                |((clock, packet), verifier)| verifier.verify_packet(clock, packet).is_ok(),
                BatchSize::SmallInput,
            );
        });
        let (clock, packet) = world.packet(SignerChoice::Certificate);
        world.verifier().verify_packet(&clock, &packet).unwrap();
    }
    group.finish();
}

fn codec(criterion: &mut Criterion) {
    let octets = encode_cam(&CAR, 1, START.into(), DUE).unwrap();
    let one: cam::r1::CAM = facility::decode(&octets).unwrap();
    let two: cam::r2::CAM = facility::decode(&octets).unwrap();
    let mut group = criterion.benchmark_group("CAM");
    group.bench_function("encode/release 1", |bencher| bencher.iter(|| facility::encode(black_box(&one))));
    group.bench_function("encode/release 2", |bencher| bencher.iter(|| facility::encode(black_box(&two))));
    group.bench_function("decode, owned/release 1", |bencher| {
        bencher.iter(|| facility::decode::<cam::r1::CAM>(black_box(&octets)));
    });
    group.bench_function("decode, owned/release 2", |bencher| {
        bencher.iter(|| facility::decode::<cam::r2::CAM>(black_box(&octets)));
    });
    for (name, release) in [("release 1", Release::One), ("release 2", Release::Two)] {
        group.bench_function(format!("decode, receive path/{name}"), |bencher| {
            bencher.iter(|| ReceivedCam::read(black_box(&octets), release));
        });
    }
    group.finish();
}

fn region(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("region");
    let here = TwoDLocation::new(523_000_000, 136_000_000).unwrap();
    let circle = GeographicRegion::Circular(CircularRegion { center: here, radius: 5_000 });
    let europe = GeographicRegion::identified(vec![Country::EUROPEAN_UNION]).unwrap();
    let germany = GeographicRegion::identified(vec![Country(276)]).unwrap();
    for (name, region) in [("circle", circle), ("one country", germany), ("the EU's 27", europe)] {
        region.contains(here).unwrap();
        group.bench_function(name, |bencher| bencher.iter(|| region.contains(black_box(here))));
    }
    group.finish();
}

criterion_group!(benches, sign, verify, codec, region);
criterion_main!(benches);
