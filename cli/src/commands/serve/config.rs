//! The settings of the servers: one TOML file, every value checked when it is read.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use enrollment_client::AccessPoint;
use enrollment_http::limits::{MAX_CONNECTIONS, MAX_TAKEN_IN, MAX_WORKERS};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use v2x_crypto_pkcs11::limits::{MAX_SESSIONS, USUAL_SESSIONS};

use super::Role;
use super::profiles::{ProfileText, Profiles};
use crate::hardware::{KeyText, TokenPlace};
use crate::input;
use crate::ledger_place::LedgerPlace;

/// All settings. Paths are relative to the folder of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Config {
    /// The folder with certificates and keys, as `wayseal pki init` makes it.
    pub(super) pki: PathBuf,
    /// A file whose first line is the passphrase of the keys.
    pub(super) passphrase_file: Option<PathBuf>,
    /// Folders with the certificates and lists that are believed and handed out.
    #[serde(default)]
    pub(super) trust: Vec<PathBuf>,
    /// The enrolment authority.
    pub(super) ea: Option<Ea>,
    /// The authorization authority.
    pub(super) aa: Option<Aa>,
    /// The distribution centre.
    pub(super) root_dc: Option<Centre>,
    /// The C-ITS point of contact.
    pub(super) tlm: Option<Centre>,
    /// HTTP/3, beside HTTP/1.1 and HTTP/2 at the same addresses.
    pub(super) http3: Option<Http3>,
    /// Health, figures and registration.
    pub(super) admin: Option<Admin>,
    /// What is logged, and how.
    #[serde(default)]
    pub(super) log: Log,
}

/// Settings of the EA.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Ea {
    pub(super) listen: SocketAddr,
    pub(super) ledger: LedgerPlace,
    /// A file whose first line is the password of the ledger's database.
    pub(super) ledger_password_file: Option<PathBuf>,
    pub(super) head: Option<PathBuf>,
    /// A folder for backups.
    pub(super) backups: Option<PathBuf>,
    #[serde(default)]
    pub(super) workers: Workers,
    #[serde(default)]
    pub(super) queue: Queue,
    #[serde(default)]
    pub(super) connections: Connections,
    /// What stations may be registered for, by name.
    #[serde(default)]
    pub(super) profiles: BTreeMap<String, ProfileText>,
    /// The token with its keys.
    pub(super) hsm: Option<Hsm>,
}

/// Settings of the AA.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Aa {
    pub(super) listen: SocketAddr,
    pub(super) ledger: LedgerPlace,
    /// A file whose first line is the password of the ledger's database.
    pub(super) ledger_password_file: Option<PathBuf>,
    pub(super) head: Option<PathBuf>,
    /// A folder for backups.
    pub(super) backups: Option<PathBuf>,
    #[serde(default)]
    pub(super) workers: Workers,
    #[serde(default)]
    pub(super) queue: Queue,
    #[serde(default)]
    pub(super) connections: Connections,
    /// Where EAs are asked whose address in the trust list is not the one to use, by the file of their certificate.
    #[serde(default)]
    pub(super) ea: Vec<EaAddress>,
    /// The token with its keys.
    pub(super) hsm: Option<Hsm>,
}

/// Keys in a token of a hardware security module, in place of files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Hsm {
    /// The library of the module.
    module: PathBuf,
    /// The token's label.
    token: String,
    /// A file whose first line is the PIN.
    pin_file: Option<PathBuf>,
    /// An environment variable that holds the PIN.
    pin_variable: Option<String>,
    #[serde(default)]
    sessions: Sessions,
    /// The key that certificates and answers are signed with.
    pub(super) signing_key: Option<KeyText>,
    /// The key that requests are encrypted to.
    pub(super) decryption_key: Option<KeyText>,
}

/// Where an EA is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct EaAddress {
    pub(super) certificate: PathBuf,
    #[serde(deserialize_with = "access_point")]
    pub(super) url: AccessPoint,
}

/// Settings of a server of lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Centre {
    pub(super) listen: SocketAddr,
    #[serde(default)]
    pub(super) connections: Connections,
}

/// Settings of HTTP/3.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(not(feature = "http3"), allow(dead_code, reason = "read, and refused"))]
pub(super) struct Http3 {
    /// The server's certificate for TLS in PEM, and those above it behind.
    pub(super) certificate: PathBuf,
    /// Its key in PEM, in a file of its owner's.
    pub(super) key: PathBuf,
    /// Certificates that vouch for EAs which an AA asks at addresses that begin with https.
    pub(super) trust: Option<PathBuf>,
}

/// Settings of the administration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Admin {
    pub(super) listen: SocketAddr,
    /// A file with the token of who may look.
    pub(super) read_token_file: Option<PathBuf>,
    /// A file with the token of who may look and change.
    pub(super) operate_token_file: Option<PathBuf>,
    /// TLS, and certificates of clients in place of tokens or beside them.
    pub(super) tls: Option<AdminTls>,
}

/// Settings of TLS for the administration: whoever connects shows a certificate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "read, and refused"))]
pub(super) struct AdminTls {
    /// The server's certificate in PEM, and those above it behind.
    pub(super) certificate: PathBuf,
    /// Its key in PEM, in a file of its owner's.
    pub(super) key: PathBuf,
    /// Certificates in PEM that vouch for clients.
    pub(super) client_ca: PathBuf,
    /// Names in certificates of who may look.
    #[serde(default)]
    pub(super) read: Vec<String>,
    /// Names in certificates of who may look and change.
    #[serde(default)]
    pub(super) operate: Vec<String>,
}

/// Settings of the log.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Log {
    #[serde(default)]
    pub(super) format: LogFormat,
    #[serde(default)]
    pub(super) level: LogLevel,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LogLevel {
    /// What somebody must look at.
    Error,
    /// What somebody should know.
    Warn,
    /// Each request too.
    #[default]
    Info,
    /// Each connection that broke too.
    Debug,
}

/// A number within bounds.
macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $what:literal, $most:expr, $usual:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
        #[serde(try_from = "u64")]
        pub(super) struct $name(pub(super) usize);

        impl Default for $name {
            fn default() -> Self {
                Self($usual)
            }
        }

        impl TryFrom<u64> for $name {
            type Error = String;

            fn try_from(value: u64) -> Result<Self, String> {
                match usize::try_from(value) {
                    Ok(value) if (1..=$most).contains(&value) => Ok(Self(value)),
                    Ok(_) | Err(_) => Err(format!("{value} {}: there are 1 to {}", $what, $most)),
                }
            }
        }
    };
}

bounded!(
    /// Worker threads. Each waits for the disk twice for a certificate, and all that wait share a commit.
    Workers, "workers", MAX_WORKERS, 16
);
bounded!(
    /// Requests that are taken in before more are told to come again.
    Queue, "requests in the queue", MAX_TAKEN_IN, 256
);
bounded!(
    /// Connections that are open at once.
    Connections, "connections", MAX_CONNECTIONS, 1024
);

bounded!(
    /// Sessions with a token that are open at once.
    Sessions, "sessions", MAX_SESSIONS, USUAL_SESSIONS
);

fn access_point<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AccessPoint, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

impl Hsm {
    /// Where the token is.
    pub(super) fn place(&self) -> TokenPlace<'_> {
        TokenPlace {
            module: &self.module,
            token: &self.token,
            pin_file: self.pin_file.as_deref(),
            pin_variable: self.pin_variable.as_deref(),
            sessions: self.sessions.0,
        }
    }

    fn check(&self) -> Result<()> {
        if self.signing_key.is_none() && self.decryption_key.is_none() {
            bail!("[hsm] with neither signing-key nor decryption-key has no use");
        }
        if self.pin_file.is_some() == self.pin_variable.is_some() {
            bail!("[hsm] has either pin-file or pin-variable");
        }
        [&self.signing_key, &self.decryption_key]
            .into_iter()
            .flatten()
            .try_for_each(|key| key.name().map(drop))
    }

    /// A module without a folder is looked for where the system has its libraries.
    fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let module = Some(&mut self.module).filter(|module| module.components().count() > 1);
        module.into_iter().chain(self.pin_file.as_mut())
    }
}

impl Config {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let octets = input::read_raw(path)?;
        let text = std::str::from_utf8(&octets).with_context(|| format!("{}: is no text", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(text, folder).with_context(|| path.display().to_string())
    }

    /// Settings whose paths are relative to `folder`.
    pub(super) fn parse(text: &str, folder: &Path) -> Result<Self> {
        let mut config: Self = toml::from_str(text).map_err(|error| anyhow!("{}", one_line(&error, text)))?;
        config.check_http3()?;
        config.check_tls()?;
        config.check_profiles()?;
        config.hsms().try_for_each(Hsm::check)?;
        config.paths().into_iter().for_each(|path| *path = folder.join(&path));
        if config.trust.is_empty() {
            config.trust.push(config.pki.clone());
        }
        config.check_watched()?;
        Ok(config)
    }

    #[cfg(feature = "http3")]
    #[allow(clippy::unnecessary_wraps, clippy::unused_self, reason = "as where it is missing")]
    const fn check_http3(&self) -> Result<()> {
        Ok(())
    }

    #[cfg(not(feature = "http3"))]
    fn check_http3(&self) -> Result<()> {
        if self.http3.is_some() {
            bail!("[http3]: {}", crate::http3::MISSING);
        }
        Ok(())
    }

    fn check_tls(&self) -> Result<()> {
        if cfg!(not(feature = "tls")) && self.admin.as_ref().is_some_and(|admin| admin.tls.is_some()) {
            bail!("[admin.tls]: this program was built without TLS; build it with `--features tls`");
        }
        Ok(())
    }

    /// What a server writes must not lie where it watches for changes: it would read the folders again and again.
    fn check_watched(&self) -> Result<()> {
        let of_ea =
            self.ea.iter().flat_map(|ea| [ea.ledger.file(), ea.head.as_deref(), ea.backups.as_deref()]);
        let of_aa =
            self.aa.iter().flat_map(|aa| [aa.ledger.file(), aa.head.as_deref(), aa.backups.as_deref()]);
        for path in of_ea.chain(of_aa).flatten() {
            if let Some(folder) = self.trust.iter().find(|folder| path.starts_with(folder)) {
                bail!(
                    "{}: lies in {}, which is watched for certificates and lists; ledgers, heads and backups go elsewhere",
                    path.display(),
                    folder.display()
                );
            }
        }
        Ok(())
    }

    /// Profiles are read again when they are used; what is wrong with one is said at once.
    fn check_profiles(&self) -> Result<()> {
        self.ea.as_ref().map_or(Ok(()), |ea| Profiles::of(&ea.profiles).map(drop))
    }

    fn hsms(&self) -> impl Iterator<Item = &Hsm> {
        let of_ea = self.ea.iter().filter_map(|ea| ea.hsm.as_ref());
        of_ea.chain(self.aa.iter().filter_map(|aa| aa.hsm.as_ref()))
    }

    fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths: Vec<&mut PathBuf> = vec![&mut self.pki];
        paths.extend(self.passphrase_file.as_mut());
        paths.extend(&mut self.trust);
        if let Some(ea) = &mut self.ea {
            paths.extend(ea.ledger.file_mut());
            paths.extend(ea.ledger_password_file.as_mut());
            paths.extend(ea.head.as_mut());
            paths.extend(ea.backups.as_mut());
            paths.extend(ea.hsm.iter_mut().flat_map(Hsm::paths));
        }
        if let Some(aa) = &mut self.aa {
            paths.extend(aa.ledger.file_mut());
            paths.extend(aa.ledger_password_file.as_mut());
            paths.extend(aa.head.as_mut());
            paths.extend(aa.backups.as_mut());
            paths.extend(aa.hsm.iter_mut().flat_map(Hsm::paths));
            paths.extend(aa.ea.iter_mut().map(|ea| &mut ea.certificate));
        }
        if let Some(http3) = &mut self.http3 {
            paths.extend([&mut http3.certificate, &mut http3.key]);
            paths.extend(http3.trust.as_mut());
        }
        if let Some(admin) = &mut self.admin {
            paths.extend(admin.read_token_file.as_mut());
            paths.extend(admin.operate_token_file.as_mut());
            let tls = admin.tls.iter_mut();
            paths.extend(tls.flat_map(|tls| [&mut tls.certificate, &mut tls.key, &mut tls.client_ca]));
        }
        paths
    }

    /// The settings of the EA, if `role` serves it.
    pub(super) fn ea_for(&self, role: Role) -> Result<Option<&Ea>> {
        part(role, Role::Ea, self.ea.as_ref(), "ea")
    }

    /// The settings of the AA, if `role` serves it.
    pub(super) fn aa_for(&self, role: Role) -> Result<Option<&Aa>> {
        part(role, Role::Aa, self.aa.as_ref(), "aa")
    }

    /// The settings of the distribution centre, if `role` serves it.
    pub(super) fn root_dc_for(&self, role: Role) -> Result<Option<&Centre>> {
        part(role, Role::RootDc, self.root_dc.as_ref(), "root-dc")
    }

    /// The settings of the C-ITS point of contact, if `role` serves it.
    pub(super) fn tlm_for(&self, role: Role) -> Result<Option<&Centre>> {
        part(role, Role::Tlm, self.tlm.as_ref(), "tlm")
    }
}

/// What one role needs, all roles take where it is there.
fn part<'c, T>(role: Role, of: Role, part: Option<&'c T>, name: &str) -> Result<Option<&'c T>> {
    match (role == of, role, part) {
        (true, _, None) => Err(anyhow!("the settings have no [{name}], which this serves")),
        (true, _, some) | (false, Role::All, some) => Ok(some),
        (false, Role::RootDc | Role::Tlm | Role::Ea | Role::Aa, _) => Ok(None),
    }
}

/// What is wrong, and in which line.
fn one_line(error: &toml::de::Error, text: &str) -> String {
    let what = error.message().replace('\n', " ");
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else { return what };
    format!("line {}: {what}", before.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../../docs/serve.toml");

    fn error(text: &str) -> String {
        Config::parse(text, Path::new("")).map(drop).map_err(|error| format!("{error:#}")).unwrap_err()
    }

    #[test]
    fn the_example_of_the_documentation_is_read() {
        let config = Config::parse(EXAMPLE, Path::new("/etc/wayseal")).unwrap();
        assert!(config.ea.is_some() && config.aa.is_some() && config.admin.is_some());
        assert_eq!(config.pki, Path::new("/etc/wayseal/pki"));
        assert_eq!(config.ea.as_ref().unwrap().ledger.file(), Some(Path::new("/etc/wayseal/ea.ledger")));
        for role in [Role::RootDc, Role::Tlm] {
            assert!(config.root_dc_for(role).is_ok() && config.tlm_for(role).is_ok());
        }
    }

    #[test]
    fn the_token_of_the_example_is_read() {
        let begins = EXAMPLE.find("# [ea.hsm]").unwrap();
        let (before, rest) = EXAMPLE.split_at(begins);
        let (hsm, after) = rest.split_once("\n\n").unwrap();
        let is_setting =
            |line: &&str| line.starts_with("# [") || line.contains(" = ") && !line.contains("{ id");
        let settings = hsm.lines().filter(is_setting).filter(|line| !line.contains("pin-variable"));
        let settings: Vec<&str> = settings.map(|line| line.trim_start_matches("# ")).collect();
        let text = format!("{before}{}\n\n{after}", settings.join("\n"));
        let config = Config::parse(&text, Path::new("/etc/wayseal")).unwrap();
        let hsm = config.ea.unwrap().hsm.unwrap();
        assert_eq!(hsm.pin_file.as_deref(), Some(Path::new("/etc/wayseal/ea.pin")));
        assert_eq!(hsm.place().module, Path::new("/usr/lib/softhsm/libsofthsm2.so"));
        assert_eq!(hsm.signing_key, Some(KeyText::Label("ea".to_owned())));
        assert_eq!(hsm.sessions, Sessions::default());
    }

    #[test]
    fn a_module_without_a_folder_is_left_to_the_system_and_any_other_is_in_the_folder_of_the_settings() {
        for (module, expected) in
            [("m.so", "m.so"), ("lib/m.so", "/etc/wayseal/lib/m.so"), ("/m.so", "/m.so")]
        {
            let text = format!(
                "pki = \"pki\"\n[aa]\nlisten = \"127.0.0.1:1\"\nledger = \"l\"\n\
                 hsm = {{ module = \"{module}\", token = \"t\", pin-variable = \"P\", signing-key = {{ id = \"0a\" }} }}\n"
            );
            let config = Config::parse(&text, Path::new("/etc/wayseal")).unwrap();
            assert_eq!(config.aa.unwrap().hsm.unwrap().module, Path::new(expected));
        }
    }

    #[test]
    fn a_key_that_nobody_knows_is_refused_with_its_line() {
        let text = "pki = \"pki\"\n[ea]\nlisten = \"127.0.0.1:1\"\nledger = \"l\"\nworker = 3\n";
        let error = error(text);
        assert!(error.starts_with("line 5: ") && error.contains("worker"), "{error}");
    }

    #[test]
    fn values_out_of_bounds_are_refused_with_the_bounds() {
        let with = |line: &str| {
            error(&format!("pki = \"pki\"\n[ea]\nlisten = \"127.0.0.1:1\"\nledger = \"l\"\n{line}\n"))
        };
        for (line, words) in [
            ("workers = 0", "there are 1 to 256"),
            ("queue = 513", "there are 1 to 512"),
            ("connections = 100000", "there are 1 to 2048"),
            ("workers = -1", "line 5"),
            ("profiles.car.services = [\"CAM\"]", "PSID:SSP"),
        ] {
            let error = with(line);
            assert!(error.contains(words), "{line}: {error}");
        }
        assert!(error("pki = \"pki\"\n[admin]\nlisten = \"localhost\"\n").contains("line 3"));
        assert!(error("[log]\nlevel = \"loud\"\n").contains("line"));
    }

    #[test]
    fn a_ledger_in_a_folder_that_is_watched_is_refused() {
        let with = |pki: &str, ledger: &str| {
            let text = format!("pki = \"{pki}\"\n[ea]\nlisten = \"127.0.0.1:1\"\nledger = \"{ledger}\"\n");
            Config::parse(&text, Path::new("/etc/wayseal")).map(drop).map_err(|error| error.to_string())
        };
        for (pki, ledger) in
            [(".", "ea.ledger"), ("pki", "pki/ea.ledger"), ("pki", "/etc/wayseal/pki/x/ea.ledger")]
        {
            let error = with(pki, ledger).unwrap_err();
            assert!(error.contains("is watched"), "{error}");
        }
        assert_eq!(with("pki", "ea.ledger"), Ok(()));
    }

    #[test]
    fn a_database_is_no_path_and_a_password_in_its_address_is_refused_with_its_line_and_not_said() {
        let with = |ledger: &str| {
            let text = format!(
                "pki = \"pki\"\n[ea]\nlisten = \"127.0.0.1:1\"\nledger = \"{ledger}\"\nledger-password-file = \"secret\"\n"
            );
            Config::parse(&text, Path::new("/etc/wayseal")).map_err(|error| error.to_string())
        };
        let ea = with("postgres://ea@db/ea").unwrap().ea.unwrap();
        assert_eq!(ea.ledger.to_string(), "postgres://ea@db/ea");
        assert_eq!(ea.ledger_password_file.as_deref(), Some(Path::new("/etc/wayseal/secret")));
        let refused = with("postgres://ea:hunter2@db/ea").map(drop).unwrap_err();
        assert!(refused.starts_with("line 4: ") && !refused.contains("hunter2"), "{refused}");
    }

    #[test]
    fn http_3_is_read_where_it_is_built_in_and_refused_with_the_feature_where_not() {
        let text = "pki = \"pki\"\n[http3]\ncertificate = \"tls.pem\"\nkey = \"tls.key\"\n";
        match Config::parse(text, Path::new("/etc/wayseal")) {
            Ok(config) if cfg!(feature = "http3") => {
                assert_eq!(config.http3.unwrap().key, Path::new("/etc/wayseal/tls.key"));
            }
            Ok(_) => panic!("it is not built in"),
            Err(error) => {
                assert!(!cfg!(feature = "http3") && error.to_string().contains("--features http3"), "{error}")
            }
        }
    }

    #[test]
    fn tls_for_the_administration_is_read_where_it_is_built_in_and_refused_with_the_feature_where_not() {
        let text = "pki = \"pki\"\n[admin]\nlisten = \"127.0.0.1:1\"\n\
            tls = { certificate = \"c\", key = \"k\", client-ca = \"a\", operate = [\"alice\"] }\n";
        match Config::parse(text, Path::new("/etc/wayseal")) {
            Ok(config) if cfg!(feature = "tls") => {
                let tls = config.admin.unwrap().tls.unwrap();
                assert_eq!(tls.client_ca, Path::new("/etc/wayseal/a"));
            }
            Ok(_) => panic!("it is not built in"),
            Err(error) => {
                assert!(!cfg!(feature = "tls") && error.to_string().contains("--features tls"), "{error}")
            }
        }
    }

    #[test]
    fn a_role_without_its_part_is_refused() {
        let config = Config::parse("pki = \"pki\"\n", Path::new("")).unwrap();
        let missing = config.ea_for(Role::Ea).map(drop).unwrap_err().to_string();
        assert!(missing.contains("no [ea]"), "{missing}");
        assert!(config.ea_for(Role::All).unwrap().is_none());
        assert!(config.aa_for(Role::Ea).unwrap().is_none());
    }
}
