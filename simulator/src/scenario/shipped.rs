//! The scenarios that come with the program.

use super::{Scenario, ScenarioError};

/// A scenario that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// The name that it is run by.
    pub name: &'static str,
    /// Its file.
    pub text: &'static str,
}

impl Shipped {
    /// The scenario in it.
    ///
    /// # Errors
    /// For one that names an environment variable which is not set.
    pub fn scenario(&self) -> Result<Scenario, ScenarioError> {
        super::file::checked(self.text, self.name, std::path::Path::new(""))
    }
}

macro_rules! shipped {
    ($($name:literal),*) => {
        &[$(Shipped { name: $name, text: include_str!(concat!("../../scenarios/", $name, ".toml")) }),*]
    };
}

const SHIPPED: &[Shipped] =
    shipped!["a10", "a10-attacks", "a10-outage", "a10-once", "sumo-a10", "ingolstadt21", "bologna"];

/// The scenarios that come with the program.
#[must_use]
pub const fn shipped() -> &'static [Shipped] {
    SHIPPED
}
