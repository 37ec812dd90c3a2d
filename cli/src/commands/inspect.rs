//! `wayseal inspect`.

use anyhow::{Result, anyhow};
use clap::Args;
use serde_json::{Value, json};
use v2x_codec::capture::Capture;
use v2x_codec::inspect::{Inspection, Kind, inspect};
use v2x_security::certificate::Certificate;

use crate::exit::Outcome;
use crate::input::{self, Input};
use crate::output::Output;
use crate::tree;

/// Say what some octets are and show every field
///
/// Recognised are GeoNetworking packets, Ieee1609Dot2Data, certificates, CTLs, CRLs, TS 102 941 messages, CAMs,
/// DENMs, VAMs, SPATEMs, MAPEMs, IVIMs, SREMs, SSEMs, CPMs, and captures (pcap, pcapng) of such packets. Fields are named as in the ASN.1. Nothing is verified:
/// that is what `wayseal verify` does.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal inspect root.cert\n  \
    wayseal inspect 1100050120500280…\n  \
    wayseal sign … | wayseal inspect -")]
pub(crate) struct Inspect {
    /// File in binary or hex, the hex digits themselves, or - for standard input
    #[arg(value_name = "FILE|HEX|-")]
    what: String,
}

impl Inspect {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let input = input::read(&self.what)?;
        if let Ok(capture) = Capture::parse(&input.octets) {
            return show_capture(capture, &input, output);
        }
        let shown = inspect(&input.octets).map_err(|error| {
            anyhow!(
                "{}: not a packet, message, certificate or list that is known here; read the farthest, {error}",
                input.name
            )
        })?;
        show(&shown, &input.octets, output)?;
        Ok(Outcome::Success)
    }
}

fn show(shown: &Inspection, octets: &[u8], output: &mut Output) -> Result<()> {
    if output.is_json() {
        return output.document(&document(shown, octets));
    }
    output.line(heading(shown, octets))?;
    tree::print(&shown.fields, output)
}

fn heading(shown: &Inspection, octets: &[u8]) -> String {
    let id = hashed_id8(shown, octets).map(|id| format!(", HashedId8 {id}")).unwrap_or_default();
    format!("{}, {} octets{id}", shown.kind, octets.len())
}

fn document(shown: &Inspection, octets: &[u8]) -> Value {
    let mut document = json!({ "kind": shown.kind.to_string(), "octets": octets.len() });
    if let (Some(id), Value::Object(fields)) = (hashed_id8(shown, octets), &mut document) {
        fields.insert("hashedId8".into(), id.into());
    }
    if let Value::Object(fields) = &mut document {
        fields.insert("fields".into(), shown.fields.clone());
    }
    document
}

/// A certificate's name, for which its points need to be on their curves.
fn hashed_id8(shown: &Inspection, octets: &[u8]) -> Option<String> {
    let is_certificate = shown.kind == Kind::Coer("Certificate");
    let certificate = is_certificate.then(|| Certificate::parse(octets).ok()).flatten()?;
    Some(certificate.hashed_id8().to_string())
}

/// Every frame of a capture; one that is not understood is said to be so, with the reason.
fn show_capture(capture: Capture<'_>, input: &Input, output: &mut Output) -> Result<Outcome> {
    let mut documents = Vec::new();
    for (index, frame) in capture.enumerate() {
        let number = index + 1;
        let frame = frame.map_err(|error| anyhow!("{}: frame {number}: {error}", input.name))?;
        let packet = frame.geonetworking();
        let shown = packet.map(|packet| (packet, inspect(packet)));
        if output.is_json() {
            documents.push(frame_document(number, shown));
        } else {
            print_frame(number, shown, output)?;
        }
    }
    if output.is_json() {
        output.document(&json!({ "kind": "capture", "octets": input.octets.len(), "frames": documents }))?;
    }
    Ok(Outcome::Success)
}

type Shown<'a> = Option<(&'a [u8], Result<Inspection, v2x_codec::CodecError>)>;

fn frame_document(number: usize, shown: Shown<'_>) -> Value {
    match shown {
        None => json!({ "frame": number, "kind": null }),
        Some((octets, Err(error))) => {
            json!({ "frame": number, "kind": null, "octets": octets.len(), "error": error.to_string() })
        }
        Some((octets, Ok(shown))) => {
            let kind = shown.kind.to_string();
            json!({ "frame": number, "kind": kind, "octets": octets.len(), "fields": shown.fields })
        }
    }
}

fn print_frame(number: usize, shown: Shown<'_>, output: &mut Output) -> Result<()> {
    match shown {
        None => output.line(format_args!("frame {number}: no GeoNetworking packet")),
        Some((octets, Err(error))) => {
            output.line(format_args!("frame {number}: {} octets that are no packet, {error}", octets.len()))
        }
        Some((octets, Ok(shown))) => {
            output.line(format_args!("frame {number}: {}", heading(&shown, octets)))?;
            tree::print(&shown.fields, output)
        }
    }
}
