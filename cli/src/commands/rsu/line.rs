//! One line for each verdict: for people, or for machines.

use serde_json::{Value, json};
use v2x_codec::btp::port;
use v2x_codec::services::Service;
use v2x_codec::time::Time64;
use v2x_codec::view::NetworkPdu;
use v2x_engine::{Heard, Shed};
use v2x_security::glance::Glance;
use v2x_security::refusal::{Position, Refusal};
use v2x_security::verified::Received;

use crate::commands::verify;
use crate::judge;
use crate::subject::Subject;

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
}

/// What a packet says of itself, believed or not.
struct Claims {
    psid: Option<u64>,
    signer: Option<String>,
    generated: Option<Time64>,
}

/// What a verified message says.
struct Said {
    message: Option<&'static str>,
    station: Option<u32>,
    position: Option<Position>,
}

impl Form {
    /// The line for a packet that was judged.
    pub(super) fn heard(self, heard: &Heard<'_>) -> String {
        let claims = Claims::of(heard.packet);
        let micros = u64::try_from(heard.arrived.elapsed().as_micros()).unwrap_or(u64::MAX);
        match &heard.outcome {
            Ok(message) => self.verified(heard.clock.now(), &claims, &Said::of(message), micros),
            Err(refusal) => self.refused(heard.clock.now(), &claims, refusal, micros),
        }
    }

    /// The line for a packet that was left out.
    pub(super) fn shed(self, at: Time64, packet: &[u8], reason: Shed) -> String {
        let claims = Claims::of(packet);
        match self {
            Self::Text => format!("{at} shed: {}[{}]", claims.text(), reason.as_str()),
            Self::Json => claims.document("shed", at, json!({ "reason": { "code": reason.as_str() } })),
        }
    }

    fn verified(self, at: Time64, claims: &Claims, said: &Said, micros: u64) -> String {
        match self {
            Self::Text => format!("{at} verified: {}{}{} µs", said.text(), claims.text(), micros),
            Self::Json => claims.document("verified", at, said.fields(micros)),
        }
    }

    fn refused(self, at: Time64, claims: &Claims, refusal: &Refusal, micros: u64) -> String {
        let word = judge::outcome_of(refusal.kind()).word();
        match self {
            Self::Text => format!("{at} {word}: {}{refusal} [{}]", claims.text(), refusal.code()),
            Self::Json => {
                let more = json!({ "reason": verify::reason(refusal), "latencyMicros": micros });
                claims.document(word, at, more)
            }
        }
    }
}

impl Claims {
    fn of(packet: &[u8]) -> Self {
        let header = Subject::Packet(packet).signed().map(|signed| signed.header_info);
        Self {
            psid: header.as_ref().map(|header| header.psid),
            signer: Glance::at(packet).map(|glance| glance.signer().to_string()),
            generated: header.and_then(|header| header.generation_time),
        }
    }

    fn text(&self) -> String {
        let psid = self.psid.map(|psid| format!("PSID {psid}, "));
        let signer = self.signer.as_ref().map(|id| format!("signer {id}, "));
        [psid, signer].into_iter().flatten().collect()
    }

    /// The object of a line, with what only its kind has behind what all have.
    fn document(&self, outcome: &str, at: Time64, more: Value) -> String {
        let mut line = json!({
            "event": "packet",
            "outcome": outcome,
            "heardAt": at.to_string(),
            "psid": self.psid,
            "signer": self.signer,
            "generationTime": self.generated.map(Time64::micros),
        });
        if let (Value::Object(line), Value::Object(more)) = (&mut line, more) {
            line.extend(more);
        }
        line.to_string()
    }
}

impl Said {
    fn of(message: &Received<'_>) -> Self {
        match message {
            Received::Cam(cam) => {
                let place = &cam.content().message.reference_position;
                let (latitude, longitude) = (place.latitude.value(), place.longitude.value());
                let station = Some(cam.content().message.station_id.value());
                Self { message: Some("CAM"), station, position: Some(Position { latitude, longitude }) }
            }
            Received::Denm(denm) => Self::of_pdu("DENM", denm.content().pdu.as_ref()),
            Received::Spdu(other) => {
                let pdu = other.content().pdu;
                Self { message: pdu.as_ref().and_then(name), ..Self::of_pdu("", pdu.as_ref()) }
            }
        }
    }

    /// The place is that of the packet's source.
    fn of_pdu(message: &'static str, pdu: Option<&NetworkPdu<'_>>) -> Self {
        let source = pdu.map(|pdu| pdu.header.extended.source());
        let position =
            source.map(|source| Position { latitude: source.latitude, longitude: source.longitude });
        Self { message: Some(message), station: None, position }
    }

    fn text(&self) -> String {
        let message = self.message.map(|name| format!("{name}, "));
        let station = self.station.map(|id| format!("station {id}, "));
        let position = self.position.map(|position| format!("at {position}, "));
        [message, station, position].into_iter().flatten().collect()
    }

    fn fields(&self, micros: u64) -> Value {
        let degrees = |tenths: i32| f64::from(tenths) / 1e7;
        json!({
            "message": self.message,
            "stationId": self.station,
            "latitude": self.position.map(|position| degrees(position.latitude)),
            "longitude": self.position.map(|position| degrees(position.longitude)),
            "latencyMicros": micros,
        })
    }
}

/// The message that goes to a packet's port.
fn name(pdu: &NetworkPdu<'_>) -> Option<&'static str> {
    let (header, _) = pdu.btp().ok()??;
    match header.destination_port() {
        port::VAM => Some("VAM"),
        port => Service::ALL.iter().find(|service| service.port() == port).map(|service| service.name()),
    }
}
