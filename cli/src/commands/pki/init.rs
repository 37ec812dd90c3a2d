//! `wayseal pki init`.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use serde_json::{Value, json};
use v2x_ca::lab::{Keys, Lab, Member, Plan};
use v2x_ca::lists::{ListOf, TrustList, aa_entry, dc_entry, ea_entry, root_entry, sign_crl, tlm_entry};
use v2x_ca::services::ServiceRange;
use v2x_codec::time::{Time32, Time64};
use v2x_crypto::Curve;
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_pkcs11::{TokenSigner, Use};
use v2x_security::certificate::Certificate;
use v2x_security::sign::Identity;

use super::layout::{AA, EA, Layout, ROOT, TLM};
use crate::exit::Outcome;
use crate::files::Overwrite;
use crate::hardware::{OpenToken, TokenArguments};
use crate::output::Output;
use crate::region::RegionArguments;
use crate::secret::PassphraseArguments;
use crate::{random, service, time};

/// Seconds from a list to the next, unless somebody says otherwise: 90 days, within what the European policy allows.
pub(super) const LIST_SECONDS: u32 = 90 * 86_400;

/// Make a whole test PKI in a folder
///
/// Root, enrolment authority, authorization authority and trust list manager, each with its certificate (COER) in
/// DIR/{root,ea,aa,tlm}.cert and its signing key (PKCS#8, for its owner only) in .key beside it; the keys that EA and
/// AA decrypt with in .enc.key; the root's trust list in ctl.oer, the trust list manager's in ectl.oer, an empty
/// revocation list in crl.oer. Keys are encrypted when a passphrase is given. With --hsm-module, the keys are made in a
/// token and stay there: root, ea, ea.enc, aa, aa.enc and tlm by their labels. All of it is for tests: real authorities
/// keep their keys each in another place.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki init pki\n  \
    WAYSEAL_PASSPHRASE=… wayseal pki init pki --curve brainpoolP384r1 --country 276\n  \
    wayseal pki init pki --hsm-module /usr/lib/softhsm/libsofthsm2.so --hsm-token lab --hsm-pin-file pin\n  \
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

    #[command(flatten)]
    token: TokenArguments,
}

/// The octets of the lists that a PKI starts with.
struct Lists {
    ctl: Vec<u8>,
    ectl: Vec<u8>,
    crl: Vec<u8>,
}

/// A PKI that was made, with its keys where they are.
struct Made {
    /// Root, EA, AA, TLM.
    certificates: [Certificate; 4],
    root: Identity,
    trust_list_manager: Identity,
    keys: Kept,
}

/// Where its keys are.
enum Kept {
    /// Here, to be written.
    Files(Box<Lab>),
    /// In a token.
    Token(OpenToken),
}

impl Init {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let layout = Layout(&self.folder);
        let overwrite = Overwrite::if_forced(self.force);
        let token = self.token.open()?;
        overwrite.check(&files(&layout, token.is_none()))?;
        let passphrase = self.passphrase.read()?;
        let plan = self.plan()?;
        let made = match token {
            None => in_files(&plan),
            Some(token) => in_token(&plan, token),
        };
        let made = made.context("no PKI was made")?;
        let lists = self.lists(&made, &plan).context("no PKI was made")?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        write_certificates(&layout, &made.certificates, overwrite)?;
        if let Kept::Files(lab) = &made.keys {
            write_keys(lab, &layout, overwrite, passphrase)?;
        }
        overwrite.write(&layout.ctl(), &lists.ctl)?;
        overwrite.write(&layout.ectl(), &lists.ectl)?;
        overwrite.write(&layout.crl(), &lists.crl)?;
        report(&layout, &made, passphrase.is_some(), output)?;
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

    fn lists(&self, made: &Made, plan: &Plan) -> Result<Lists> {
        let start = plan.start;
        let (now, next) =
            (Time64::from(start), Time32::from_seconds(start.seconds().saturating_add(LIST_SECONDS)));
        let url = |path: &str| format!("{}/{path}", self.url.trim_end_matches('/'));
        let [root, ea, aa, tlm] = &made.certificates;
        let of_root = vec![
            ea_entry(ea, &url("ea/validation"), Some(&url("ea")))?,
            aa_entry(aa, &url("aa"))?,
            dc_entry(&url("dc"), &[root])?,
        ];
        let of_tlm = vec![root_entry(root)?, tlm_entry(tlm, &url("cpoc"))?, dc_entry(&url("dc"), &[root])?];
        let (root, tlm, policy) = (&made.root, &made.trust_list_manager, &plan.policy);
        Ok(Lists {
            ctl: TrustList::first(ListOf::RootCa, of_root)?.sign_full(root, now, next, policy)?,
            ectl: TrustList::first(ListOf::TrustListManager, of_tlm)?.sign_full(tlm, now, next, policy)?,
            crl: sign_crl(&[], root, now, next, policy)?,
        })
    }
}

fn in_files(plan: &Plan) -> Result<Made> {
    let lab = Lab::new(plan, &AwsLc, &mut random::generator()?)?;
    Ok(Made {
        certificates: lab.certificates().map(Clone::clone),
        root: lab.root.identity(&AwsLc)?,
        trust_list_manager: lab.trust_list_manager.identity(&AwsLc)?,
        keys: Kept::Files(Box::new(lab)),
    })
}

/// Every key is made in the token, and stays there also when a certificate is then refused.
fn in_token(plan: &Plan, token: OpenToken) -> Result<Made> {
    let signing = NAMES.map(|name| (name, Use::Sign));
    let all = [&signing[..], &[(EA, Use::Agree), (AA, Use::Agree)]].concat();
    token.check_free(&all)?;
    let root = token.make_signer(ROOT, plan.curve)?;
    let tlm = token.make_signer(TLM, plan.curve)?;
    let certificates = plan.certificates(Keys {
        root: Box::new(root.clone()),
        trust_list_manager: Box::new(tlm.clone()),
        enrolment_authority: token.make_authority(EA, plan.curve)?,
        authorization_authority: token.make_authority(AA, plan.curve)?,
    })?;
    let [of_root, _, _, of_tlm] = &certificates;
    let (root, trust_list_manager) = (identity(of_root, root)?, identity(of_tlm, tlm)?);
    Ok(Made { certificates, root, trust_list_manager, keys: Kept::Token(token) })
}

fn identity(certificate: &Certificate, signer: TokenSigner) -> Result<Identity> {
    Identity::new(certificate.clone(), Box::new(signer)).map_err(|refusal| anyhow!("{refusal}"))
}

/// The files of the authorities, in the order in which their certificates are made.
const NAMES: [&str; 4] = [ROOT, EA, AA, TLM];

const fn members(lab: &Lab) -> [(&str, &Member); 4] {
    [
        (ROOT, &lab.root),
        (EA, &lab.enrolment_authority),
        (AA, &lab.authorization_authority),
        (TLM, &lab.trust_list_manager),
    ]
}

/// Everything that is made.
fn files(layout: &Layout<'_>, with_keys: bool) -> Vec<PathBuf> {
    let certificates = NAMES.iter().map(|name| layout.certificate(name));
    let keys = NAMES.iter().map(|name| layout.key(name));
    let keys = keys.chain([layout.encryption_key(EA), layout.encryption_key(AA)]);
    let lists = [layout.ctl(), layout.ectl(), layout.crl()];
    certificates.chain(keys.filter(|_| with_keys)).chain(lists).collect()
}

/// Writes certificates and keys into the folder, which is made when it is not there.
#[cfg(target_os = "linux")]
pub(super) fn write_members(
    lab: &Lab,
    layout: &Layout<'_>,
    overwrite: Overwrite,
    passphrase: Option<&[u8]>,
) -> Result<()> {
    write_certificates(layout, &lab.certificates().map(Clone::clone), overwrite)?;
    write_keys(lab, layout, overwrite, passphrase)
}

fn write_certificates(
    layout: &Layout<'_>,
    certificates: &[Certificate; 4],
    overwrite: Overwrite,
) -> Result<()> {
    let folder = layout.0;
    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    let mut files = NAMES.iter().zip(certificates);
    files.try_for_each(|(name, certificate)| overwrite.write(&layout.certificate(name), certificate.octets()))
}

fn write_keys(lab: &Lab, layout: &Layout<'_>, overwrite: Overwrite, passphrase: Option<&[u8]>) -> Result<()> {
    let mut members = members(lab).into_iter();
    members.try_for_each(|(name, member)| write_keys_of(layout, name, member, overwrite, passphrase))
}

fn write_keys_of(
    layout: &Layout<'_>,
    name: &str,
    member: &Member,
    overwrite: Overwrite,
    passphrase: Option<&[u8]>,
) -> Result<()> {
    overwrite.write_key(&layout.key(name), &member.signing, passphrase)?;
    match &member.encryption {
        Some(key) => overwrite.write_key(&layout.encryption_key(name), key, passphrase),
        None => Ok(()),
    }
}

fn report(layout: &Layout<'_>, made: &Made, encrypted: bool, output: &mut Output) -> Result<()> {
    if output.is_json() {
        return output.document(&document(layout, made, encrypted));
    }
    for (name, certificate) in NAMES.iter().zip(&made.certificates) {
        output.line(format_args!("{}: {certificate}", layout.certificate(name).display()))?;
    }
    output.line(format_args!("{}: the root's trust list", layout.ctl().display()))?;
    output.line(format_args!("{}: the trust list manager's list", layout.ectl().display()))?;
    output.line(format_args!("{}: the root's revocation list, empty", layout.crl().display()))?;
    match &made.keys {
        Kept::Files(_) => {
            let how = if encrypted { "encrypted" } else { "NOT encrypted: give a passphrase for that" };
            output.line(format_args!("keys beside them, for their owner only, {how}"))
        }
        Kept::Token(token) => {
            let (label, labels) = (token.token_label(), labels(token).join(", "));
            output.line(format_args!("keys in token {label:?}, not extractable: {labels}"))
        }
    }
}

/// The labels of the keys in a token.
fn labels(token: &OpenToken) -> Vec<String> {
    let of = |name: &str| {
        let decrypts = matches!(name, EA | AA).then(|| token.label(name, Use::Agree));
        [Some(token.label(name, Use::Sign)), decrypts].into_iter().flatten().collect::<Vec<_>>()
    };
    NAMES.iter().flat_map(|name| of(name)).collect()
}

fn document(layout: &Layout<'_>, made: &Made, encrypted: bool) -> Value {
    let with_key = |name: &str| match &made.keys {
        Kept::Files(_) => (json!(layout.key(name)), json!(layout.encryption_key(name))),
        Kept::Token(token) => (json!(token.label(name, Use::Sign)), json!(token.label(name, Use::Agree))),
    };
    let of = |(name, certificate): (&&str, &Certificate)| {
        let (key, encryption_key) = with_key(name);
        json!({
            "role": name,
            "name": certificate.name(),
            "hashedId8": certificate.hashed_id8().to_string(),
            "certificate": layout.certificate(name),
            "key": key,
            "encryptionKey": certificate.encryption_key().map(|_| encryption_key),
        })
    };
    let certificates: Vec<Value> = NAMES.iter().zip(&made.certificates).map(of).collect();
    let token = match &made.keys {
        Kept::Files(_) => None,
        Kept::Token(token) => Some(token.token_label()),
    };
    json!({
        "certificates": certificates,
        "ctl": layout.ctl(),
        "ectl": layout.ectl(),
        "crl": layout.crl(),
        "keysEncrypted": encrypted && token.is_none(),
        "token": token,
    })
}
