//! `wayseal rsu send`.

mod payload;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;
use v2x_codec::geonet::{Area, LongPositionVector, Shape};
use v2x_codec::time::Time64;
use v2x_security::permission::Psid;
use v2x_security::sign::{Identity, Location, SignRequest, SignedPayload};
use v2x_security::signer_policy::SignerPolicy;
use v2x_security::trust::TrustProfile;
use v2x_station::Kinematics;
use v2x_station::router::{DEFAULT_HOP_LIMIT, Destination, Message, Router, position_vector, secured_packet};

use self::payload::{Payload, Service};
use crate::exit::Outcome;
use crate::net::{Endpoint, Transmitter};
use crate::output::Output;
use crate::signals::{Asked, Hangup};
use crate::signer::{self, SignerArguments};
use crate::{input, position, random, time};

/// Sign and repeat what a roadside unit sends: SPATEM, MAPEM, IVIM and DENM
///
/// Each payload is one encoded message (UPER), in binary or hex. What it is, its header says; it must decode as that.
/// PSID, BTP port and security header follow from it: a DENM goes into an area with its generationLocation, the others
/// go to all neighbours unless there is an --area. Every message carries the certificate and its own generationTime.
/// What receivers would refuse by its header is not sent. It goes on until SIGINT or SIGTERM, or --count.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal rsu send --cert rsu.cert --key rsu.key --at 52.3,13.6 --to udp://127.0.0.1:4747 spatem.uper mapem.uper\n  \
    wayseal rsu send --cert rsu.cert --key rsu.key --at 52.3,13.6 --to raw://wlan0 --rate 0.5 --area 800 denm.hex")]
pub(crate) struct Send {
    #[command(flatten)]
    signer: SignerArguments,

    /// Where packets go: udp://ADDRESS:PORT or raw://INTERFACE
    #[arg(long, value_name = "WHERE")]
    to: Endpoint,

    /// Where the unit stands, in degrees and metres
    #[arg(long, value_parser = position::parse, value_name = "LAT,LON[,ALT]", allow_hyphen_values = true)]
    at: Location,

    /// Send to all stations within so many metres (GBC), not to the neighbours alone (SHB); for a DENM 1000 without it
    #[arg(long, value_name = "METRES", value_parser = clap::value_parser!(u16).range(1..))]
    area: Option<u16>,

    /// What the payloads must be; without it, what each says that it is
    #[arg(long, value_enum)]
    service: Option<Service>,

    /// PSID (ITS-AID) in place of the service's own
    #[arg(long)]
    psid: Option<u64>,

    /// How often a second each payload is sent
    #[arg(long, value_name = "HZ", default_value_t = 1.0)]
    rate: f64,

    /// How many times each payload is sent; without it, until somebody asks to stop
    #[arg(long, value_name = "N")]
    count: Option<u64>,

    /// Files in binary or hex, hex digits, or - for standard input
    #[arg(value_name = "PAYLOAD", required = true)]
    payloads: Vec<String>,
}

/// Radius of a DENM's area where nothing else is said, in metres.
const DENM_RADIUS: u16 = 1_000;
/// What the link layer cannot carry is not worth asking for.
const MAX_RATE: f64 = 1_000.0;
/// `StationType` of a roadside unit.
const ROADSIDE_UNIT: u8 = 15;

impl Send {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        if !(0.001..=MAX_RATE).contains(&self.rate) {
            bail!("--rate {}: 0.001 to {MAX_RATE} times a second", self.rate);
        }
        let read = |argument: &String| Payload::read(&input::read(argument)?, self.service);
        let payloads = self.payloads.iter().map(read).collect::<Result<Vec<_>>>()?;
        let mut unit = Unit::new(&self)?;
        // Refused before anything is sent, not in between.
        payloads.iter().try_for_each(|payload| unit.packet(payload, time::now()?).map(drop))?;
        let (asked, mut transmitter) = (Asked::listen(Hangup::Stops)?, Transmitter::open(&self.to)?);
        let rounds = self.repeat(&asked, || {
            let packets = payloads
                .iter()
                .map(|payload| unit.packet(payload, time::now()?))
                .collect::<Result<Vec<_>>>()?;
            transmitter.send(&packets.iter().map(Vec::as_slice).collect::<Vec<_>>())
        })?;
        let sent = rounds * payloads.len() as u64;
        if output.is_json() {
            output.document(&json!({ "to": self.to.to_string(), "rounds": rounds, "sent": sent }))?;
        } else {
            output.line(format!("{sent} messages sent to {}", self.to))?;
        }
        Ok(Outcome::Success)
    }

    /// Does it as often as asked for; says how often that was.
    fn repeat(&self, asked: &Asked, mut round: impl FnMut() -> Result<()>) -> Result<u64> {
        let (began, mut rounds) = (Instant::now(), 0);
        while self.count.is_none_or(|count| rounds < count) {
            let due = began + Duration::from_secs_f64(rounds as f64 / self.rate);
            if !asked.sleep(due.saturating_duration_since(Instant::now())) {
                break;
            }
            round()?;
            rounds += 1;
        }
        Ok(rounds)
    }
}

/// The unit as a station.
struct Unit<'a> {
    arguments: &'a Send,
    identity: Identity,
    policy: SignerPolicy,
    router: Router,
    link_address: [u8; 6],
}

impl<'a> Unit<'a> {
    fn new(arguments: &'a Send) -> Result<Self> {
        let [_, _, a, b, c, d, e, _] = random::number()?.to_be_bytes();
        Ok(Self {
            arguments,
            identity: arguments.signer.identity()?,
            policy: SignerPolicy::new(),
            router: Router::new(),
            // Locally administered.
            link_address: [2, a, b, c, d, e],
        })
    }

    /// The packet of a payload as of now.
    fn packet(&mut self, payload: &Payload, now: Time64) -> Result<Vec<u8>> {
        let destination = self.destination(payload);
        let message = Message {
            destination,
            btp: payload.btp(),
            traffic_class: payload.traffic_class(),
            octets: &payload.octets,
        };
        let source = self.source(now);
        let pdu = self.router.network_pdu(&message, source, false)?;
        let psid = self.arguments.psid.map_or_else(|| payload.psid(), Psid);
        let mut request = SignRequest::new(psid, now, SignedPayload::Data(&pdu));
        request.signer = self.policy.next(now, psid);
        request.generation_location = (psid == Psid::DENM).then_some(self.arguments.at);
        let signed = self.identity.sign(TrustProfile::EtsiTs103097, &request);
        let hops = match destination {
            Destination::Neighbours => 1,
            Destination::Area(_) => DEFAULT_HOP_LIMIT,
        };
        Ok(secured_packet(&signed.map_err(|refusal| signer::refused(&refusal))?, hops))
    }

    fn destination(&self, payload: &Payload) -> Destination {
        let radius = self.arguments.area.or_else(|| payload.needs_area().then_some(DENM_RADIUS));
        let Some(distance_a) = radius else { return Destination::Neighbours };
        let Location { latitude, longitude, elevation: _ } = self.arguments.at;
        Destination::Area(Area {
            shape: Shape::Circle,
            latitude,
            longitude,
            distance_a,
            distance_b: 0,
            angle: 0,
        })
    }

    fn source(&self, now: Time64) -> LongPositionVector {
        let Location { latitude, longitude, elevation: _ } = self.arguments.at;
        let standing = Kinematics { latitude, longitude, heading: 0, speed: 0 };
        let mut source = position_vector(self.link_address, now, &standing);
        source.address.station_type = ROADSIDE_UNIT;
        source
    }
}
