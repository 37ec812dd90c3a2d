//! The certificates and lists in `--trust` folders: who is trusted, who is known, who is revoked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;
use v2x_crypto::Provider;
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::{Certificate, Issuer};
use v2x_security::id::HashedId8;
use v2x_security::links;
use v2x_security::permission::Psid;
use v2x_security::policy::Policy;
use v2x_security::profile;
use v2x_security::refusal::Refusal;
use v2x_security::trust::{Role, TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;

use crate::certificate_file::looks_like_certificate;
use crate::trust_lists::{self, ListFile};
use crate::{input, judge, time};

/// Folders inside folders that are looked into.
const MAX_DEPTH: usize = 8;

/// No certificate is larger: one with every list at its limit would be, and nobody issues that. A revocation list with as
/// many entries as a trust store holds has half of it.
const MAX_FILE_OCTETS: u64 = 1 << 20;

/// Whom to trust, and by which rules: the same arguments for every command that judges.
#[derive(Args)]
pub(crate) struct TrustArguments {
    /// Folder with certificates and lists in COER (binary or hex); can be given more than once
    ///
    /// Every file in it that is a certificate is taken, also in folders below. A certificate that signs itself and
    /// may issue others is a trusted root. One that signs itself and may issue nothing is a trust list manager: it
    /// vouches for trust lists only. All others are known issuers and signers, believed only when their own chain
    /// leads to a trusted root. Trust and revocation lists (TS 102 941) in it are verified as of now and applied.
    #[arg(long = "trust", value_name = "DIR", required = true)]
    pub(crate) folders: Vec<PathBuf>,

    /// The rules that certificates and messages are held against
    #[arg(long, value_enum, default_value_t = Rules::Auto)]
    rules: Rules,

    /// ITS-AID of the service that misbehaviour authorities sign for; without it, none of their messages is believed
    ///
    /// TS 103 097 clause 7.2.6 refers to TS 102 965 for the number.
    #[arg(long, value_name = "PSID")]
    misbehaviour_psid: Option<u64>,
}

/// The rules that certificates and messages are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rules {
    /// Those of the root that a chain leads to: ETSI's when the root keeps ETSI's profile, else IEEE's
    Auto,
    /// TS 103 097 V2.2.1, the European profile
    Etsi,
    /// IEEE 1609.2 alone, as in SCMS deployments
    Ieee,
}

/// What the folders held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    pub(crate) roots: usize,
    pub(crate) trust_list_managers: usize,
    pub(crate) authorities: usize,
    pub(crate) signers: usize,
    /// Trust and revocation lists that are in force.
    pub(crate) lists: usize,
    /// Files that are neither.
    pub(crate) other_files: usize,
}

/// Everybody who is trusted or known, by the rules that they fall under.
pub(crate) struct Trust {
    etsi: Verifier,
    ieee: Verifier,
    rules: Rules,
    lists: Vec<ListFile>,
    in_force: Vec<Vec<u8>>,
    passed: Vec<Vec<u8>>,
    links: Vec<Vec<u8>>,
    revoked: Vec<HashedId8>,
    counts: Counts,
    notes: Vec<String>,
}

impl TrustArguments {
    /// These folders, by the European rules.
    #[cfg(target_os = "linux")]
    pub(crate) const fn etsi(folders: Vec<PathBuf>) -> Self {
        Self { folders, rules: Rules::Etsi, misbehaviour_psid: None }
    }

    /// Reads the folders.
    pub(crate) fn load(&self) -> Result<Trust> {
        self.load_for(&(Arc::new(AwsLc) as Arc<dyn Provider>))
    }

    /// Reads the folders, for verifiers that have `provider` check signatures.
    pub(crate) fn load_for(&self, provider: &Arc<dyn Provider>) -> Result<Trust> {
        let mut trust = Trust::new(self.rules, provider);
        if let Some(psid) = self.misbehaviour_psid {
            trust.etsi.trust_mut().set_misbehaviour_service(Psid(psid));
        }
        for folder in &self.folders {
            trust.read(folder)?;
        }
        trust.apply_lists()?;
        Ok(trust)
    }

    /// What tells whether the folders have changed: where each file lies, how long it is, and when it was changed.
    #[cfg(target_os = "linux")]
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut files = Vec::new();
        self.folders.iter().for_each(|folder| print(folder, MAX_DEPTH, &mut files));
        Fingerprint(files)
    }
}

impl Trust {
    fn new(rules: Rules, provider: &Arc<dyn Provider>) -> Self {
        let verifier = |profile| {
            let store = TrustStore::new(profile, Arc::clone(provider));
            Verifier::new(store, Policy::STANDARD, judge::no_memory())
        };
        Self {
            etsi: verifier(TrustProfile::EtsiTs103097),
            ieee: verifier(TrustProfile::Ieee1609Dot2Generic),
            rules,
            lists: Vec::new(),
            in_force: Vec::new(),
            passed: Vec::new(),
            links: Vec::new(),
            revoked: Vec::new(),
            counts: Counts::default(),
            notes: Vec::new(),
        }
    }

    /// What the folders held.
    pub(crate) const fn counts(&self) -> Counts {
        self.counts
    }

    /// What a person should know about files that were not taken, a line each.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How the rules are chosen, and the verifier under each set of rules: ETSI's, then IEEE's. They remember no message.
    pub(crate) fn into_parts(self) -> (Rules, Verifier, Verifier) {
        (self.rules, self.etsi, self.ieee)
    }

    /// The lists that are in force, as they were read.
    #[cfg(target_os = "linux")]
    pub(crate) fn lists(&self) -> &[Vec<u8>] {
        &self.in_force
    }

    /// Lists that say what a list in force says already, as they were read.
    #[cfg(target_os = "linux")]
    pub(crate) fn passed(&self) -> &[Vec<u8>] {
        &self.passed
    }

    /// Link certificate messages, as they were read. Whom they lead to is trusted here only by a certificate in the folders.
    #[cfg(target_os = "linux")]
    pub(crate) fn links(&self) -> &[Vec<u8>] {
        &self.links
    }

    /// What the lists revoked.
    pub(crate) fn revoked(&self) -> &[HashedId8] {
        &self.revoked
    }

    /// Lists of TS 102 941 count in the European system, and wherever all are held against IEEE's rules.
    fn apply_lists(&mut self) -> Result<()> {
        let verifier = if self.rules == Rules::Ieee { &mut self.ieee } else { &mut self.etsi };
        let applied = trust_lists::apply(verifier, std::mem::take(&mut self.lists), time::now()?);
        self.counts.lists = applied.lists;
        self.revoked = applied.revoked;
        self.in_force = applied.in_force;
        self.passed = applied.passed;
        self.notes.extend(applied.notes);
        Ok(())
    }

    fn read(&mut self, path: &Path) -> Result<()> {
        if !path.exists() {
            bail!("{}: no such folder", path.display());
        }
        let before = self.certificates();
        if path.is_dir() {
            self.read_folder(path, MAX_DEPTH)?;
        } else if !self.read_file(path)? {
            bail!("{}: neither a folder, a certificate nor a list", path.display());
        }
        if self.certificates() == before {
            self.notes.push(format!("{}: holds no certificate", path.display()));
        }
        Ok(())
    }

    const fn certificates(&self) -> usize {
        let Counts { roots, trust_list_managers, authorities, signers, lists: _, other_files: _ } =
            self.counts;
        roots + trust_list_managers + authorities + signers + self.lists.len()
    }

    fn read_folder(&mut self, folder: &Path, depth: usize) -> Result<()> {
        for path in sorted_entries(folder)? {
            if !path.is_dir() {
                self.counts.other_files += usize::from(!self.read_file(&path)?);
            } else if let Some(depth) = depth.checked_sub(1) {
                self.read_folder(&path, depth)?;
            }
        }
        Ok(())
    }

    /// Takes the certificate or list in a file; `false` when there is none.
    fn read_file(&mut self, path: &Path) -> Result<bool> {
        let metadata = path.metadata().with_context(|| format!("{}: cannot be read", path.display()))?;
        if !metadata.is_file() || metadata.len() == 0 || metadata.len() > MAX_FILE_OCTETS {
            return Ok(false);
        }
        let input = input::read_file(path)?;
        if !looks_like_certificate(&input.octets) {
            if links::is_link(&input.octets) {
                self.links.push(input.octets);
                return Ok(true);
            }
            let list = ListFile::of(input);
            let is_list = list.is_some();
            self.lists.extend(list);
            return Ok(is_list);
        }
        match Certificate::parse(&input.octets) {
            Ok(certificate) => self.take(&input.name, certificate),
            Err(refusal) => Ok(self.leave(&input.name, &refusal)),
        }
    }

    fn take(&mut self, name: &str, certificate: Certificate) -> Result<bool> {
        match self.add(certificate) {
            Ok(role) => {
                *self.counts.of(role) += 1;
                Ok(true)
            }
            Err(full @ Refusal::Full { .. }) => bail!("{name}: {full}"),
            Err(refusal) => Ok(self.leave(name, &refusal)),
        }
    }

    /// A certificate that cannot be used is not trusted, and said so; the others are.
    fn leave(&mut self, name: &str, refusal: &Refusal) -> bool {
        self.notes.push(format!("{name}: not used, {refusal}"));
        false
    }

    /// Self-signed certificates go where their rules are, the others to both sides: they follow their root.
    fn add(&mut self, certificate: Certificate) -> Result<Role, Refusal> {
        if certificate.issuer() != Issuer::SelfSigned {
            self.ieee.trust_mut().add_by_content(certificate.clone())?;
            return self.etsi.trust_mut().add_by_content(certificate);
        }
        let is_etsi = match self.rules {
            Rules::Etsi => true,
            Rules::Ieee => false,
            Rules::Auto => keeps_etsi_profile(&certificate),
        };
        let store = if is_etsi { &mut self.etsi } else { &mut self.ieee };
        store.trust_mut().add_by_content(certificate)
    }
}

impl Counts {
    const fn of(&mut self, role: Role) -> &mut usize {
        match role {
            Role::Root => &mut self.roots,
            Role::TrustListManager => &mut self.trust_list_managers,
            Role::Authority => &mut self.authorities,
            Role::Signer => &mut self.signers,
        }
    }
}

/// Whether a certificate could be one of the European system.
pub(crate) fn keeps_etsi_profile(certificate: &Certificate) -> bool {
    profile::check(TrustProfile::EtsiTs103097, certificate).is_ok()
}

/// The state of the folders at one moment, to compare with that of another.
#[cfg(target_os = "linux")]
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(Vec<(PathBuf, u64, Option<std::time::SystemTime>)>);

/// What cannot be looked at has no print: it shows when that changes.
#[cfg(target_os = "linux")]
fn print(path: &Path, depth: usize, files: &mut Vec<(PathBuf, u64, Option<std::time::SystemTime>)>) {
    let Ok(metadata) = path.metadata() else { return };
    files.push((path.to_owned(), metadata.len(), metadata.modified().ok()));
    if let (true, Some(depth)) = (metadata.is_dir(), depth.checked_sub(1)) {
        sorted_entries(path).into_iter().flatten().for_each(|entry| print(&entry, depth, files));
    }
}

fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut paths = read().with_context(|| format!("{}: cannot be read", folder.display()))?;
    paths.sort();
    Ok(paths)
}
