//! `wayseal sign`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use v2x_codec::time::Time64;
use v2x_security::permission::Psid;
use v2x_security::sign::{Identity, Location, SignRequest, SignedPayload, SignerChoice};
use v2x_security::trust::TrustProfile;

use crate::exit::Outcome;
use crate::output::Output;
use crate::signer::{self, SignerArguments};
use crate::{input, position, time};

/// Sign one message
///
/// Makes an Ieee1609Dot2Data with the payload in it. What receivers would refuse by its header is not signed: a
/// PSID that the certificate does not permit, a time outside its validity, header fields that the profile forbids.
/// On the European road, the payload is a GeoNetworking packet from its common header on, with a CAM or DENM in it.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal sign --cert at.cert --key at.key --psid 36 --time now payload.bin --out message.bin\n  \
    wayseal sign --cert at.cert --key at.key --psid 36 --time 2026-11-22T18:00:00Z --digest 2050… | wayseal inspect -")]
pub(crate) struct Sign {
    #[command(flatten)]
    signer: SignerArguments,

    /// PSID (ITS-AID) of the message: 36 for CAM, 37 for DENM
    #[arg(long)]
    psid: u64,

    /// generationTime: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004
    #[arg(long, value_parser = time::parse)]
    time: Time64,

    /// expiryTime, in the same forms
    #[arg(long, value_parser = time::parse, value_name = "TIME")]
    expires: Option<Time64>,

    /// generationLocation in degrees and metres, which a DENM must have
    #[arg(long, value_parser = position::parse, value_name = "LAT,LON[,ALT]", allow_hyphen_values = true)]
    location: Option<Location>,

    /// Name the signer by the digest of its certificate, not by the certificate itself
    #[arg(long)]
    digest: bool,

    /// The rules that the message is held against before it is signed
    #[arg(long, value_enum, default_value_t = SigningRules::Etsi)]
    rules: SigningRules,

    /// Where to write the message, in binary; without it, hex digits go to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// File in binary or hex, the hex digits themselves, or - for standard input
    #[arg(value_name = "PAYLOAD")]
    payload: String,
}

/// The rules that a message is held against before it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SigningRules {
    /// TS 103 097 V2.2.1, the European profile
    Etsi,
    /// IEEE 1609.2 alone, as in SCMS deployments
    Ieee,
    /// None: for tests of receivers
    None,
}

impl Sign {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let identity = self.signer.identity()?;
        let payload = input::read(&self.payload)?;
        let message = self.sign(&identity, &payload.octets)?;
        match &self.out {
            Some(path) => std::fs::write(path, &message)
                .with_context(|| format!("{}: cannot be written", path.display()))?,
            None if output.is_json() => {}
            None => output.line(hex::encode(&message))?,
        }
        if output.is_json() {
            output.document(&json!({
                "signer": identity.certificate().hashed_id8().to_string(),
                "psid": self.psid,
                "generationTime": self.time.micros(),
                "octets": message.len(),
                "message": hex::encode(&message),
            }))?;
        }
        Ok(Outcome::Success)
    }

    fn sign(&self, identity: &Identity, payload: &[u8]) -> Result<Vec<u8>> {
        let mut request = SignRequest::new(Psid(self.psid), self.time, SignedPayload::Data(payload));
        request.expiry_time = self.expires;
        request.generation_location = self.location;
        request.signer = if self.digest { SignerChoice::Digest } else { SignerChoice::Certificate };
        let signed = match self.rules {
            SigningRules::Etsi => identity.sign(TrustProfile::EtsiTs103097, &request),
            SigningRules::Ieee => identity.sign(TrustProfile::Ieee1609Dot2Generic, &request),
            SigningRules::None => identity.sign_unchecked(&request),
        };
        signed.map_err(|refusal| signer::refused(&refusal))
    }
}
