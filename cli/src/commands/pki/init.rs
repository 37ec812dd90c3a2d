//! `wayseal pki init`.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use serde_json::{Value, json};
use v2x_ca::lab::{Lab, Member, Plan};
use v2x_ca::lists::{ListOf, TrustList, aa_entry, dc_entry, ea_entry, root_entry, sign_crl, tlm_entry};
use v2x_ca::services::ServiceRange;
use v2x_codec::time::{Time32, Time64};
use v2x_crypto::Curve;
use v2x_crypto_aws_lc::AwsLc;

use super::layout::{AA, EA, Layout, ROOT, TLM};
use crate::exit::Outcome;
use crate::files::Overwrite;
use crate::output::Output;
use crate::region::RegionArguments;
use crate::secret::PassphraseArguments;
use crate::{random, service, time};

/// Seconds from the first lists to the next: 90 days, within what the European policy allows.
const LIST_SECONDS: u32 = 90 * 86_400;

/// Make a whole test PKI in a folder
///
/// Root, enrolment authority, authorization authority and trust list manager, each with its certificate (COER) in
/// DIR/{root,ea,aa,tlm}.cert and its signing key (PKCS#8, for its owner only) in .key beside it; the keys that EA and
/// AA decrypt with in .enc.key; the root's trust list in ctl.oer, the trust list manager's in ectl.oer, an empty
/// revocation list in crl.oer. Keys are encrypted when a passphrase is given. All of it is for tests: real roots keep
/// their keys in hardware, and each in another place.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki init pki\n  \
    WAYSEAL_PASSPHRASE=… wayseal pki init pki --curve brainpoolP384r1 --country 276\n  \
    wayseal pki init pki --start 2026-01-01T00:00:00Z --service 638:0180")]
pub(crate) struct Init {
    /// The folder; it is made when it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// What the names of its certificates begin with
    #[arg(long, default_value = "Test")]
    name: String,

    /// Curve of the signing keys: P-256, P-384, brainpoolP256r1 or brainpoolP384r1
    #[arg(long, default_value_t = Curve::NistP256)]
    curve: Curve,

    /// When it is set up: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004
    #[arg(long, value_parser = time::parse, default_value = "now", value_name = "TIME")]
    start: Time64,

    #[command(flatten)]
    region: RegionArguments,

    /// A service that tickets may be given for, besides those of ETSI's test PKI; can be given more than once
    #[arg(long, value_name = "PSID:SSP", value_parser = service::parse_range)]
    service: Vec<ServiceRange>,

    /// What the addresses in the trust lists begin with
    #[arg(long, value_name = "URL", default_value = "http://localhost:8600")]
    url: String,

    #[command(flatten)]
    passphrase: PassphraseArguments,

    /// Replace what is there
    #[arg(long)]
    force: bool,
}

/// The octets of the lists that a PKI starts with.
struct Lists {
    ctl: Vec<u8>,
    ectl: Vec<u8>,
    crl: Vec<u8>,
}

impl Init {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let layout = Layout(&self.folder);
        let overwrite = Overwrite::if_forced(self.force);
        overwrite.check(&files(&layout))?;
        let passphrase = self.passphrase.read()?;
        let plan = self.plan()?;
        let lab = Lab::new(&plan, &AwsLc, &mut random::generator()?).context("no PKI was made")?;
        let lists = self.lists(&lab, plan.start).context("no PKI was made")?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        write_members(&lab, &layout, overwrite, passphrase)?;
        overwrite.write(&layout.ctl(), &lists.ctl)?;
        overwrite.write(&layout.ectl(), &lists.ectl)?;
        overwrite.write(&layout.crl(), &lists.crl)?;
        report(&layout, &lab, passphrase.is_some(), output)?;
        Ok(Outcome::Success)
    }

    fn plan(&self) -> Result<Plan> {
        let start = self.start.time32().ok_or_else(|| anyhow!("{}: after the year 2140", self.start))?;
        let mut plan = Plan::new(&self.name, start);
        plan.curve = self.curve;
        plan.region = self.region.region();
        let added = |psid| self.service.iter().any(|range| range.psid == psid);
        plan.services.retain(|range| !added(range.psid));
        plan.services.extend(self.service.iter().cloned());
        Ok(plan)
    }

    fn lists(&self, lab: &Lab, start: Time32) -> Result<Lists> {
        let (now, next) =
            (Time64::from(start), Time32::from_seconds(start.seconds().saturating_add(LIST_SECONDS)));
        let url = |path: &str| format!("{}/{path}", self.url.trim_end_matches('/'));
        let certificate = |member: &Member| member.certificate.clone();
        let [root, ea, aa, tlm] = lab.certificates();
        let of_root = vec![
            ea_entry(ea, &url("ea/validation"), Some(&url("ea")))?,
            aa_entry(aa, &url("aa"))?,
            dc_entry(&url("dc"), &[&certificate(&lab.root)])?,
        ];
        let of_tlm = vec![root_entry(root)?, tlm_entry(tlm, &url("cpoc"))?, dc_entry(&url("dc"), &[root])?];
        let (root, tlm) = (lab.root.identity(&AwsLc)?, lab.trust_list_manager.identity(&AwsLc)?);
        Ok(Lists {
            ctl: TrustList::first(ListOf::RootCa, of_root)?.sign_full(&root, now, next, &lab.policy)?,
            ectl: TrustList::first(ListOf::TrustListManager, of_tlm)?.sign_full(
                &tlm,
                now,
                next,
                &lab.policy,
            )?,
            crl: sign_crl(&[], &root, now, next, &lab.policy)?,
        })
    }
}

const fn members(lab: &Lab) -> [(&str, &Member); 4] {
    [
        (ROOT, &lab.root),
        (EA, &lab.enrolment_authority),
        (AA, &lab.authorization_authority),
        (TLM, &lab.trust_list_manager),
    ]
}

/// Everything that is made.
fn files(layout: &Layout<'_>) -> Vec<PathBuf> {
    let names = [ROOT, EA, AA, TLM];
    let pairs = names.iter().flat_map(|name| [layout.certificate(name), layout.key(name)]);
    let more =
        [layout.encryption_key(EA), layout.encryption_key(AA), layout.ctl(), layout.ectl(), layout.crl()];
    pairs.chain(more).collect()
}

/// Writes certificates and keys into the folder, which is made when it is not there.
pub(super) fn write_members(
    lab: &Lab,
    layout: &Layout<'_>,
    overwrite: Overwrite,
    passphrase: Option<&[u8]>,
) -> Result<()> {
    let folder = layout.0;
    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    let mut members = members(lab).into_iter();
    members.try_for_each(|(name, member)| write_member(layout, name, member, overwrite, passphrase))
}

fn write_member(
    layout: &Layout<'_>,
    name: &str,
    member: &Member,
    overwrite: Overwrite,
    passphrase: Option<&[u8]>,
) -> Result<()> {
    overwrite.write_key(&layout.key(name), &member.signing, passphrase)?;
    if let Some(key) = &member.encryption {
        overwrite.write_key(&layout.encryption_key(name), key, passphrase)?;
    }
    overwrite.write(&layout.certificate(name), member.certificate.octets())
}

fn report(layout: &Layout<'_>, lab: &Lab, encrypted: bool, output: &mut Output) -> Result<()> {
    if output.is_json() {
        return output.document(&document(layout, lab, encrypted));
    }
    for (name, member) in members(lab) {
        output.line(format_args!("{}: {}", layout.certificate(name).display(), member.certificate))?;
    }
    output.line(format_args!("{}: the root's trust list", layout.ctl().display()))?;
    output.line(format_args!("{}: the trust list manager's list", layout.ectl().display()))?;
    output.line(format_args!("{}: the root's revocation list, empty", layout.crl().display()))?;
    let how = if encrypted { "encrypted" } else { "NOT encrypted: give a passphrase for that" };
    output.line(format_args!("keys beside them, for their owner only, {how}"))
}

fn document(layout: &Layout<'_>, lab: &Lab, encrypted: bool) -> Value {
    let certificates: Vec<Value> = members(lab)
        .into_iter()
        .map(|(name, member)| {
            json!({
                "role": name,
                "name": member.certificate.name(),
                "hashedId8": member.certificate.hashed_id8().to_string(),
                "certificate": layout.certificate(name),
                "key": layout.key(name),
                "encryptionKey": member.encryption.as_ref().map(|_| layout.encryption_key(name)),
            })
        })
        .collect();
    json!({
        "certificates": certificates,
        "ctl": layout.ctl(),
        "ectl": layout.ectl(),
        "crl": layout.crl(),
        "keysEncrypted": encrypted,
    })
}
