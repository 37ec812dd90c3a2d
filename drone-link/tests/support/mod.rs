//! A PKI that gives tickets for links, and two ends of a link joined by a wire that tests cut.

#![allow(dead_code, reason = "every test file uses another part")]

use std::collections::VecDeque;
use std::sync::Arc;

use drone_link::block_list::BlockList;
use drone_link::dialect;
use drone_link::error::LinkError;
use drone_link::frame::Frame;
use drone_link::hello::{Binding, LinkTrust, Role};
use drone_link::lane::Lane;
use drone_link::link::{Event, Input, Link, Output, Settings};
use drone_link::rights::{Right, Rights};
use drone_link::table::RightsTable;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use v2x_ca::lab::{Lab, Plan};
use v2x_ca::ledger::{MemoryLedger, RequestDigest};
use v2x_ca::policy::Policy;
use v2x_ca::profile::{Key, Template};
use v2x_ca::role;
use v2x_ca::services::{ServiceRange, permission};
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::{PrivateKey, Provider};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::sign::Identity;
use v2x_security::trust::{TrustProfile, TrustStore};

/// 2026-11-28, about.
pub(crate) const START: Time32 = Time32::from_seconds(722_000_000);
/// An hour after the PKI was set up.
pub(crate) const NOW: Time64 = Time64::from_micros(722_003_600_000_000);

pub(crate) struct World {
    pub(crate) lab: Lab,
    pub(crate) provider: Arc<dyn Provider>,
    rng: ChaCha20Rng,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut plan = Plan::new("Drones", START);
        plan.services.push(ServiceRange::up_to(29, &Rights::of(&Right::ALL).to_ssp()));
        plan.services.push(ServiceRange::up_to(30, &[1]));
        let lab = Lab::new(&plan, &*provider, &mut rng).expect("a PKI");
        Self { lab, provider, rng }
    }

    /// A ticket that gives these rights for two hours from now.
    pub(crate) fn ticket(&mut self, rights: &[Right]) -> Arc<Identity> {
        self.ticket_for(rights, Duration::Hours(3))
    }

    pub(crate) fn ticket_for(&mut self, rights: &[Right], duration: Duration) -> Arc<Identity> {
        let key = PrivateKey::generate(v2x_crypto::Curve::NistP256, &mut self.rng).expect("a key");
        let validity = ValidityPeriod { start: START, duration };
        let ssp = Rights::of(rights).to_ssp();
        let template = Template::authorization_ticket(
            Key::Verification(*key.public_key()),
            validity,
            vec![permission(29, &ssp), permission(30, &[1])],
        );
        let aa = &self.lab.authorization_authority;
        let issuer =
            aa.issuer(role::Role::AuthorizationAuthority, Policy::EU, &*self.provider).expect("an issuer");
        let request = RequestDigest::of(&key.public_key().to_sec1_compressed());
        let ticket = issuer.issue(&template, request, START, &mut MemoryLedger::new()).expect("a ticket");
        let signer = self.provider.signer(&key).expect("a signer");
        Arc::new(Identity::new(ticket, signer).expect("its key"))
    }

    pub(crate) fn trust(&self) -> LinkTrust {
        LinkTrust::new(self.store(), BlockList::new())
    }

    pub(crate) fn store(&self) -> TrustStore {
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::clone(&self.provider));
        trust.add_root(self.lab.root.certificate.clone()).expect("a root");
        trust.add(self.lab.authorization_authority.certificate.clone()).expect("an AA");
        trust
    }
}

pub(crate) fn after_millis(millis: u64) -> Time64 {
    NOW.saturating_add_micros(millis * 1000)
}

/// A binding that no other connection has.
pub(crate) fn binding(number: u8) -> Binding {
    Binding { drone: [number; 32], ground: [number ^ 0x80; 32] }
}

/// A command to drone 7, told from others by its first parameter.
pub(crate) fn command(number: u16, parameter: f32) -> Frame {
    let mut payload = [0; 33];
    payload[..4].copy_from_slice(&parameter.to_le_bytes());
    payload[28..30].copy_from_slice(&number.to_le_bytes());
    payload[30] = 7;
    payload[31] = 1;
    Frame::new(255, 190, 0, dialect::id::COMMAND_LONG, &payload)
}

pub(crate) const ARM: u16 = 400;

pub(crate) fn parameter(frame: &Frame) -> f32 {
    let octet = |index: usize| frame.payload.get(index).copied().unwrap_or(0);
    f32::from_le_bytes([octet(0), octet(1), octet(2), octet(3)])
}

/// Telemetry of drone 7.
pub(crate) fn heartbeat(sequence: u8) -> Frame {
    Frame::new(7, 1, sequence, dialect::id::HEARTBEAT, &[sequence, 0, 0, 0, 2, 3, 81, 4, 3])
}

/// One end, what it was given for its local side, and what it said.
pub(crate) struct End {
    pub(crate) link: Link,
    pub(crate) trust: LinkTrust,
    pub(crate) local: Vec<Frame>,
    pub(crate) events: Vec<Event>,
    /// What it sent and the wire has not carried yet.
    pub(crate) sent: VecDeque<Output>,
}

impl End {
    pub(crate) fn new(world: &World, role: Role, identity: Arc<Identity>, incarnation: u8) -> Self {
        let system = if role == Role::Drone { 7 } else { 0 };
        let table = Arc::new(RightsTable::usual().expect("a table"));
        let settings = Settings { role, system, table, incarnation: [incarnation; 16] };
        let link = Link::new(settings, identity).expect("a link");
        Self { link, trust: world.trust(), local: Vec::new(), events: Vec::new(), sent: VecDeque::new() }
    }

    pub(crate) fn handle(&mut self, now: Time64, input: Input<'_>) -> Result<(), LinkError> {
        let result = self.link.handle(now, input, &mut self.trust);
        self.drain();
        result
    }

    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.link.poll_output() {
            match output {
                Output::Deliver(frame) => self.local.push(frame),
                Output::Event(event) => self.events.push(event),
                Output::Control(_) | Output::Lane(..) | Output::Datagram(_) => self.sent.push_back(output),
            }
        }
    }

    pub(crate) fn cut(&mut self) {
        self.link.disconnect();
        self.sent.clear();
        self.drain();
    }
}

/// A drone and a ground station.
pub(crate) struct Pair {
    pub(crate) drone: End,
    pub(crate) ground: End,
}

impl Pair {
    pub(crate) fn new(world: &mut World, ground: &[Right]) -> Self {
        let (drone_ticket, ground_ticket) = (world.ticket(&[Right::Drone]), world.ticket(ground));
        Self {
            drone: End::new(world, Role::Drone, drone_ticket, 1),
            ground: End::new(world, Role::Ground, ground_ticket, 2),
        }
    }

    pub(crate) fn connected(world: &mut World, ground: &[Right]) -> Self {
        let mut pair = Self::new(world, ground);
        pair.connect(1, NOW).expect("they connect");
        pair
    }

    pub(crate) fn connect(&mut self, number: u8, now: Time64) -> Result<(), LinkError> {
        let binding = binding(number);
        let Self { drone, ground } = self;
        let hello = drone.link.hello(&binding, now)?;
        let peer = ground.trust.verify(Role::Drone, &binding, now, &hello)?;
        let answer = ground.link.hello(&binding, now)?;
        ground.link.connect(binding, peer, now)?;
        let peer = drone.trust.verify(Role::Ground, &binding, now, &answer)?;
        drone.link.connect(binding, peer, now)?;
        drone.drain();
        ground.drain();
        Ok(())
    }

    /// Carries everything both ways until nothing is left.
    pub(crate) fn carry(&mut self, now: Time64) -> Result<(), LinkError> {
        while !self.drone.sent.is_empty() || !self.ground.sent.is_empty() {
            carry_one(&mut self.ground, &mut self.drone, now)?;
            carry_one(&mut self.drone, &mut self.ground, now)?;
        }
        Ok(())
    }

    pub(crate) fn cut(&mut self) {
        self.drone.cut();
        self.ground.cut();
    }
}

/// Carries the first output of one end to the other.
pub(crate) fn carry_one(from: &mut End, to: &mut End, now: Time64) -> Result<(), LinkError> {
    match from.sent.pop_front() {
        Some(Output::Control(message)) => to.handle(now, Input::Control(&message)),
        Some(Output::Lane(lane, message)) => to.handle(now, Input::Lane(lane, &message)),
        Some(Output::Datagram(datagram)) => to.handle(now, Input::Datagram(&datagram)),
        Some(Output::Deliver(_) | Output::Event(_)) | None => Ok(()),
    }
}

pub(crate) const URGENT: Lane = Lane::Urgent;
