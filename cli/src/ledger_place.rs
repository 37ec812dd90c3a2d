//! Where a ledger is: in a file, or with the feature `postgres` in a database of PostgreSQL.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde::Deserialize;
use store::engine::{Engine, Redb};

use crate::secret;

/// Where a ledger is. No password is in it, so it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum LedgerPlace {
    /// One file.
    File(PathBuf),
    /// A database of PostgreSQL.
    Database(Database),
}

/// The address of a database, `postgres://…`, without a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Database(String);

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

impl TryFrom<String> for LedgerPlace {
    type Error = anyhow::Error;

    fn try_from(text: String) -> Result<Self> {
        let address = SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme));
        match address.map(has_password) {
            None => Ok(Self::File(text.into())),
            Some(false) => Ok(Self::Database(Database(text))),
            Some(true) => bail!(
                "the address of the ledger's database has a password in it, which others could see: its place is a file of its \
                 own, which is named beside the address"
            ),
        }
    }
}

/// Whether an address may have a password in it, in any place where PostgreSQL's clients look for one.
fn has_password(address: &str) -> bool {
    let in_front = address.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    let parameters = address.split_once('?').map_or("", |(_, parameters)| parameters);
    // An escaped name of a parameter could be any.
    let is_password = |name: &str| name.eq_ignore_ascii_case("password") || name.contains('%');
    let mut names =
        parameters.split('&').map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")).0);
    in_front || names.any(is_password)
}

impl fmt::Display for LedgerPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(formatter),
            Self::Database(Database(address)) => formatter.write_str(address),
        }
    }
}

impl LedgerPlace {
    /// The place that an argument names.
    pub(crate) fn of(argument: &Path) -> Result<Self> {
        argument
            .to_str()
            .map_or_else(|| Ok(Self::File(argument.to_owned())), |text| Self::try_from(text.to_owned()))
    }

    /// The file, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Database(_) => None,
        }
    }

    /// The file, if it is one, to say in which folder it is.
    pub(crate) fn file_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::File(path) => Some(path),
            Self::Database(_) => None,
        }
    }

    /// Opens what is there, or makes it. A database asks for a password, a file for none.
    pub(crate) fn open(&self, password_file: Option<&Path>) -> Result<Box<dyn Engine>> {
        match (self, password_file) {
            (Self::File(path), None) => Ok(Box::new(Redb::open(path)?)),
            (Self::File(_), Some(_)) => bail!("a ledger in a file has no password"),
            (Self::Database(database), password_file) => {
                let password = password_file.map(secret::line).transpose()?;
                database.connect(password.as_ref().map(|octets| octets.as_slice()))
            }
        }
    }
}

impl Database {
    #[cfg(feature = "postgres")]
    fn connect(&self, password: Option<&[u8]>) -> Result<Box<dyn Engine>> {
        Ok(Box::new(store::engine::Postgres::connect(&self.0, password)?))
    }

    #[cfg(not(feature = "postgres"))]
    #[allow(clippy::unused_self, reason = "as where it can")]
    fn connect(&self, _password: Option<&[u8]>) -> Result<Box<dyn Engine>> {
        bail!("this program was built without PostgreSQL; build it with `--features postgres`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Result<LedgerPlace> {
        LedgerPlace::try_from(text.to_owned())
    }

    #[test]
    fn an_address_is_a_database_and_anything_else_is_a_file() {
        for address in
            ["postgres://ledger@db.example:5432/ea", "postgresql:///ea?host=/run/postgresql&user=ea"]
        {
            let place = place(address).expect("an address");
            assert_eq!((place.file(), place.to_string()), (None, address.to_owned()));
        }
        for file in ["ea.ledger", "/var/lib/ea.ledger", "postgres", "x:y@z"] {
            assert_eq!(place(file).expect("a file").file(), Some(Path::new(file)));
        }
    }

    #[test]
    fn an_address_with_a_password_is_refused_and_the_password_is_not_said_again() {
        for address in [
            "postgres://ledger:hunter2@db/ea",
            "postgres://:hunter2@db/ea",
            "postgres://ledger:hun@ter2@db/ea",
            "postgresql:///ea?user=ea&password=hunter2",
            "postgresql:///ea?PASSWORD=hunter2",
            "postgresql:///ea?p%61ssword=hunter2",
        ] {
            let refused = place(address).map(drop).expect_err("a password").to_string();
            assert!(refused.contains("has a password in it") && !refused.contains("ter2"), "{refused}");
        }
    }

    #[test]
    fn a_file_has_no_password() {
        let refused = LedgerPlace::File("x".into()).open(Some(Path::new("secret"))).map(drop);
        assert!(refused.is_err_and(|error| error.to_string().contains("has no password")));
    }

    #[test]
    #[cfg(not(feature = "postgres"))]
    fn without_the_feature_a_database_is_refused_with_its_name() {
        let refused = place("postgres://db/ea").expect("an address").open(None).map(drop);
        assert!(refused.is_err_and(|error| error.to_string().contains("--features postgres")));
    }
}
