//! One station: what it sends when, and what it makes of what it hears.

mod reception;

use std::collections::VecDeque;

use v2x_codec::btp::{BtpHeader, port};
use v2x_codec::geonet::TrafficClass;
use v2x_codec::time::Time64;
use v2x_crypto::CryptoRng;
use v2x_security::clock::Clock;
use v2x_security::id::HashedId8;
use v2x_security::p2pcd::PeerCertificates;
use v2x_security::permission::Psid;
use v2x_security::sign::{Location, SignRequest, SignedPayload};
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verified::Received;
use v2x_security::verifier::Verifier;

use crate::cam_trigger::{CamDue, CamTrigger};
use crate::dcc::{DccState, ReactiveDcc};
use crate::error::StationError;
use crate::kinematics::Kinematics;
use crate::limits::MAX_OUTPUTS;
use crate::router::{
    CAM_CLASS, DEFAULT_HOP_LIMIT, Destination, Message, Reception, Router, position_vector, secured_packet,
};
use crate::ticket_pool::{Ticket, TicketPool};
use crate::vehicle::{VehicleState, encode_cam};
use crate::warning::{Warning, encode_denm};

/// Elevation 0 m in decimetres above −409.5 m: sent where the station does not know its own.
const SEA_LEVEL: u16 = 4_095;
/// Priority of DENMs: before CAMs.
const DENM_CLASS: TrafficClass = TrafficClass::new(1);

/// A vehicle or a roadside unit as a core without I/O: time, position, randomness and packets come in as arguments,
/// packets to send go out through [`poll_output`](Self::poll_output).
pub struct Station {
    tickets: TicketPool,
    verifier: Verifier,
    peers: PeerCertificates,
    router: Router,
    trigger: CamTrigger,
    dcc: ReactiveDcc,
    name: Pseudonym,
    current: Option<HashedId8>,
    position: Option<Kinematics>,
    warnings: u16,
    outputs: VecDeque<Vec<u8>>,
}

/// The identifiers that change with the ticket, so that none of them connects two tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pseudonym {
    station_id: u32,
    link_address: [u8; 6],
    first_sequence_number: u16,
}

/// A message of an application, to be signed and sent.
#[derive(Clone, Copy, Debug)]
pub struct Application<'a> {
    /// Its PSID, which ETSI calls ITS-AID.
    pub psid: Psid,
    /// Its BTP port.
    pub port: u16,
    /// To whom it goes.
    pub destination: Destination,
    /// Its priority on the channel.
    pub traffic_class: TrafficClass,
    /// When it stops being relevant; a profile may forbid it.
    pub expiry: Option<Time64>,
    /// The encoded message.
    pub octets: &'a [u8],
}

/// A verified message, and whether it is for this station's applications.
#[derive(Debug)]
pub struct Heard<'p> {
    /// The message.
    pub message: Received<'p>,
    /// What routing says of it.
    pub reception: Reception,
}

impl Station {
    /// A station that signs with `tickets` and believes what `verifier` lets through. A pool without tickets makes a
    /// station that only listens.
    pub fn new(tickets: TicketPool, verifier: Verifier, rng: &mut dyn CryptoRng) -> Self {
        let name = Pseudonym::random(rng);
        let mut router = Router::new();
        router.restart_numbers(name.first_sequence_number);
        Self {
            tickets,
            verifier,
            peers: PeerCertificates::new(),
            router,
            trigger: CamTrigger::new(),
            dcc: ReactiveDcc::new(),
            name,
            current: None,
            position: None,
            warnings: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Whom the station trusts, to be changed: a revocation reaches the next message.
    pub const fn trust_mut(&mut self) -> &mut TrustStore {
        self.verifier.trust_mut()
    }

    /// Its tickets.
    #[must_use]
    pub const fn tickets(&self) -> &TicketPool {
        &self.tickets
    }

    /// Its tickets, to put further ones there.
    pub const fn tickets_mut(&mut self) -> &mut TicketPool {
        &mut self.tickets
    }

    /// How busy the channel was, 0…1, to be told every 100 ms: CAMs are held back accordingly. A station that is never told
    /// takes the channel for free.
    pub fn channel_busy(&mut self, ratio: f64) -> DccState {
        self.dcc.update(ratio)
    }

    /// The station's state at `clock`, to be told at least every 100 ms: a CAM is sent when one is due.
    ///
    /// # Errors
    /// [`StationError::NoValidTicket`] when a CAM was due and no ticket is valid, those of signing, and
    /// [`StationError::OutputFull`].
    pub fn drive(
        &mut self,
        clock: &Clock,
        state: &VehicleState,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), StationError> {
        let way = self.position.map_or(0.0, |before| before.distance_m(&state.kinematics));
        self.position = Some(state.kinematics);
        self.tickets.travelled(way);
        match self.trigger.check(clock.now(), &state.kinematics, self.dcc.state().off_ms()) {
            Some(due) => self.send_cam(clock.now(), state, due, rng),
            None => Ok(()),
        }
    }

    /// Signs and sends a message of an application from where the station is; a DENM carries that place in its header.
    ///
    /// # Errors
    /// As [`drive`](Self::drive), and [`StationError::NoPosition`] before the first call of that.
    pub fn send(
        &mut self,
        now: Time64,
        message: &Application<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), StationError> {
        let here = self.position.ok_or(StationError::NoPosition)?;
        self.renew_pseudonym(now, rng)?;
        let pdu = self.network_pdu(now, &here, message)?;
        let mut request = SignRequest::new(message.psid, now, SignedPayload::Data(&pdu));
        request.expiry_time = message.expiry;
        request.generation_location = (message.psid == Psid::DENM).then(|| location(&here));
        let ticket = self.tickets.current().ok_or(StationError::NoValidTicket)?;
        let signed = sign(ticket, &request)?;
        self.transmit(&signed, hop_limit(message.destination))
    }

    /// Warns of an event: a DENM into the warning's area.
    ///
    /// # Errors
    /// As [`send`](Self::send), and [`StationError::Setting`] for a warning that no DENM can carry.
    pub fn warn(
        &mut self,
        now: Time64,
        warning: &Warning,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), StationError> {
        self.renew_pseudonym(now, rng)?;
        let octets = encode_denm(warning, self.name.station_id, self.warnings, now)?;
        self.warnings = self.warnings.wrapping_add(1);
        let message = Application {
            psid: Psid::DENM,
            port: port::DENM,
            destination: Destination::Area(warning.area),
            traffic_class: DENM_CLASS,
            expiry: None,
            octets: &octets,
        };
        self.send(now, &message, rng)
    }

    /// The next packet to send at `now`: own ones first, then those to be repeated.
    pub fn poll_output(&mut self, now: Time64) -> Option<Vec<u8>> {
        self.outputs.pop_front().or_else(|| self.router.poll_repeat(now))
    }

    /// When [`poll_output`](Self::poll_output) has something next without anything new coming in.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time64> {
        self.router.next_repeat()
    }

    fn send_cam(
        &mut self,
        now: Time64,
        state: &VehicleState,
        due: CamDue,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), StationError> {
        self.renew_pseudonym(now, rng)?;
        let octets = encode_cam(state, self.name.station_id, now, due)?;
        let message = Application {
            psid: Psid::CAM,
            port: port::CAM,
            destination: Destination::Neighbours,
            traffic_class: CAM_CLASS,
            expiry: None,
            octets: &octets,
        };
        let pdu = self.network_pdu(now, &state.kinematics, &message)?;
        let header = self.peers.next_cam(now);
        let requested = header.requested_certificate.and_then(|id| known(self.verifier.trust(), id));
        let mut request = SignRequest::new(Psid::CAM, now, SignedPayload::Data(&pdu));
        request.signer = header.signer;
        request.inline_p2pcd_request = &header.inline_p2pcd_request;
        request.requested_certificate = requested.as_ref();
        let ticket = self.tickets.current().ok_or(StationError::NoValidTicket)?;
        let signed = sign(ticket, &request)?;
        self.transmit(&signed, hop_limit(Destination::Neighbours))
    }

    /// Takes the next ticket where that is due, and new identifiers with it.
    fn renew_pseudonym(&mut self, now: Time64, rng: &mut dyn CryptoRng) -> Result<(), StationError> {
        let ticket = self.tickets.select(now)?.chain().certificate().hashed_id8();
        if self.current.is_some_and(|current| current != ticket) {
            self.name = Pseudonym::random(rng);
            self.router.restart_numbers(self.name.first_sequence_number);
            self.peers.ticket_changed();
        }
        self.current = Some(ticket);
        Ok(())
    }

    fn network_pdu(
        &mut self,
        now: Time64,
        here: &Kinematics,
        message: &Application<'_>,
    ) -> Result<Vec<u8>, StationError> {
        let source = position_vector(self.name.link_address, now, here);
        let message = Message {
            destination: message.destination,
            btp: BtpHeader::B { destination_port: message.port, destination_port_info: 0 },
            traffic_class: message.traffic_class,
            octets: message.octets,
        };
        Ok(self.router.network_pdu(&message, source, true)?)
    }

    fn transmit(&mut self, signed: &[u8], hop_limit: u8) -> Result<(), StationError> {
        if self.outputs.len() >= MAX_OUTPUTS {
            return Err(StationError::OutputFull(MAX_OUTPUTS));
        }
        self.outputs.push_back(secured_packet(signed, hop_limit));
        Ok(())
    }
}

impl Pseudonym {
    /// Identifiers from `rng`; the link address is a locally administered one.
    fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut octets = [0; 12];
        rng.fill_bytes(&mut octets);
        let [a, b, c, d, link @ .., e, f] = octets;
        let [first, rest @ ..] = link;
        let [l2, l3, l4, l5, l6] = rest;
        Self {
            station_id: u32::from_be_bytes([a, b, c, d]),
            link_address: [first & 0xfc | 0x02, l2, l3, l4, l5, l6],
            first_sequence_number: u16::from_be_bytes([e, f]),
        }
    }
}

fn sign(ticket: &Ticket, request: &SignRequest<'_>) -> Result<Vec<u8>, StationError> {
    Ok(ticket.identity().sign(TrustProfile::EtsiTs103097, request)?)
}

const fn hop_limit(destination: Destination) -> u8 {
    match destination {
        Destination::Neighbours => 1,
        Destination::Area(_) => DEFAULT_HOP_LIMIT,
    }
}

const fn location(here: &Kinematics) -> Location {
    Location { latitude: here.latitude, longitude: here.longitude, elevation: SEA_LEVEL }
}

/// A certificate that the station holds, by name.
fn known(trust: &TrustStore, id: HashedId8) -> Option<v2x_security::certificate::Certificate> {
    trust.find(id).map(|(certificate, _)| certificate.clone()).next()
}
