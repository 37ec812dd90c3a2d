//! A token of SoftHSM2 for each test, in a process of its own: the module reads where its tokens are from its environment,
//! once, and is initialised once a process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use v2x_crypto::{Curve, PublicKey};
use v2x_crypto_pkcs11::{KeyName, Module, Pin, Pkcs11Error, Token, Use};

/// The token's label.
pub(crate) const LABEL: &str = "wayseal test";
/// Its user's PIN.
pub(crate) const PIN: &[u8] = b"correct horse";

/// Says to the process that a test started that it is the one.
const INSIDE: &str = "WAYSEAL_SOFTHSM_FOLDER";

/// A fresh token.
pub(crate) struct World {
    /// The library.
    pub(crate) module: Arc<Module>,
    /// Its file.
    pub(crate) library: PathBuf,
    /// Where SoftHSM keeps its tokens.
    pub(crate) tokens: PathBuf,
}

/// Runs the test by this name with a fresh token. Where SoftHSM2 is missing, it fails in CI and says elsewhere that it was
/// not run.
pub(crate) fn with_token(name: &str, test: fn(&World)) {
    let Some(module) = module() else { return };
    if let Some(folder) = std::env::var_os(INSIDE) {
        let loaded = Module::load(&module).expect("it is loaded");
        return test(&World { module: loaded, library: module, tokens: Path::new(&folder).join("tokens") });
    }
    let folder = tempfile::tempdir().expect("a folder");
    let configuration = configure(folder.path());
    initialise(&configuration, LABEL);
    let mut inside = Command::new(std::env::current_exe().expect("this program"));
    inside.args(["--exact", name, "--nocapture"]);
    let ended = inside.env(INSIDE, folder.path()).env("SOFTHSM2_CONF", configuration).status();
    assert!(ended.expect("it starts").success(), "{name} failed inside");
}

fn configure(folder: &Path) -> PathBuf {
    let (tokens, configuration) = (folder.join("tokens"), folder.join("softhsm2.conf"));
    fs::create_dir(&tokens).expect("a folder");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        tokens.display()
    );
    fs::write(&configuration, text).expect("it is written");
    configuration
}

/// Makes a token.
pub(crate) fn initialise(configuration: &Path, label: &str) {
    let pin = std::str::from_utf8(PIN).expect("text");
    let mut command = Command::new("softhsm2-util");
    command.env("SOFTHSM2_CONF", configuration);
    command.args(["--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", pin]);
    let made = command.output().expect("it starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The library of SoftHSM2, where Debian and others put it.
fn module() -> Option<PathBuf> {
    if cfg!(target_arch = "aarch64") && std::env::var_os(EMULATOR).is_some() {
        eprintln!("not run: an emulated program cannot load this machine's libsofthsm2.so");
        return None;
    }
    let places = ["/usr/lib/softhsm", "/usr/lib64/pkcs11", "/usr/local/lib/softhsm"];
    let found = places.iter().map(|place| Path::new(place).join("libsofthsm2.so")).find(|path| path.exists());
    if found.is_none() {
        assert!(!in_ci(), "libsofthsm2.so is missing");
        eprintln!("not run: libsofthsm2.so is missing; Debian has it in softhsm2");
    }
    found
}

/// How cargo is told of an emulator.
const EMULATOR: &str = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER";

fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

impl World {
    /// The token with a pool of so many sessions.
    pub(crate) fn open(&self, sessions: usize) -> Arc<Token> {
        self.open_with(PIN, sessions).expect("it opens")
    }

    pub(crate) fn open_with(&self, pin: &[u8], sessions: usize) -> Result<Arc<Token>, Pkcs11Error> {
        Token::open(&self.module, LABEL, Pin::new(pin)?, sessions)
    }
}

/// A key's name.
pub(crate) fn label(name: &str) -> KeyName {
    KeyName::Label(name.to_owned())
}

/// A fresh key pair, by its curve's name.
pub(crate) fn make(token: &Token, curve: Curve, purpose: Use) -> (KeyName, PublicKey) {
    let name = label(&format!("{curve} {purpose:?}"));
    let public = token.generate(&name, curve, purpose).expect("it is made");
    (name, public)
}
