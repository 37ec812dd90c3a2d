//! Where SUMO is on this machine.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::TraciError;

/// A SUMO that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// The native program.
    pub binary: PathBuf,
    /// Its home, with data and tools.
    pub home: PathBuf,
}

impl Installation {
    /// Looks in `SUMO_HOME`, and beside what `PATH` has under the name `sumo`.
    ///
    /// # Errors
    /// [`TraciError::NotInstalled`].
    pub fn find() -> Result<Self, TraciError> {
        let at_home = std::env::var_os("SUMO_HOME").map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let beside = std::env::split_paths(&path).map(|folder| folder.join("sumo")).filter_map(beside);
        at_home
            .and_then(|home| Self::at(&home))
            .or_else(|| beside.into_iter().next())
            .ok_or(TraciError::NotInstalled)
    }

    /// SUMO with its home there.
    #[must_use]
    pub fn at(home: &Path) -> Option<Self> {
        let inside = home.join("bin/sumo");
        // Debian has the program apart from its home.
        let apart = (home == Path::new("/usr/share/sumo")).then(|| PathBuf::from("/usr/bin/sumo"));
        let binary = [Some(inside), apart].into_iter().flatten().find(|binary| binary.is_file())?;
        Some(Self { binary, home: home.to_owned() })
    }
}

/// SUMO by a program of its name. That of the Python package is a script, which does not pass signals on: the native one lies in the
/// package.
fn beside(program: PathBuf) -> Option<Installation> {
    let program = fs::canonicalize(program).ok()?;
    let environment = program.parent()?.parent()?;
    if program == Path::new("/usr/bin/sumo") {
        return Installation::at(Path::new("/usr/share/sumo"));
    }
    let libraries = fs::read_dir(environment.join("lib")).into_iter().flatten().flatten();
    let packages = libraries.map(|entry| entry.path().join("site-packages/sumo"));
    packages.into_iter().chain([environment.to_owned()]).find_map(|home| Installation::at(&home))
}
