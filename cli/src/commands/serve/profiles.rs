//! What stations may be registered for, by name.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use enrollment_ea::registry::Profile;
use serde::Deserialize;
use v2x_ca::services::{ServiceRange, its_services};
use v2x_codec::ieee1609dot2::{GeographicRegion, IdentifiedRegion, SequenceOfIdentifiedRegion, UnCountryId};

use crate::service;

/// The profile of stations whose registration names none.
pub(super) const USUAL: &str = "usual";

/// Assurance level of a usual station's tickets: 3 of 7.
const ASSURANCE: u8 = 3;
/// Tickets that a usual station may hold at the same time.
const PARALLEL_TICKETS: u32 = 20;
/// The greatest assurance level (TS 103 097 clause 6: three bits).
const MAX_ASSURANCE: u8 = 7;
/// Bits of the octet behind those of the level.
const BEHIND_LEVEL: u8 = 5;

/// A profile as it stands in the settings.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ProfileText {
    /// Services and the greatest permissions, as PSID:SSP; without, those of ETSI's test PKI.
    services: Option<Vec<String>>,
    /// UN numbers of the countries where tickets are valid; without, wherever the AA is.
    #[serde(default)]
    countries: Vec<u16>,
    /// The assurance level of tickets.
    assurance: Option<u8>,
    /// Tickets that may be valid at the same time.
    parallel_tickets: Option<u32>,
}

/// Profiles by name; there is always a usual one.
pub(super) struct Profiles(BTreeMap<String, Profile>);

impl Profiles {
    pub(super) fn of(texts: &BTreeMap<String, ProfileText>) -> Result<Self> {
        let mut profiles = BTreeMap::new();
        for (name, text) in texts {
            let profile = text.profile().with_context(|| format!("[ea.profiles.{name}]"))?;
            profiles.insert(name.clone(), profile);
        }
        if !profiles.contains_key(USUAL) {
            profiles.insert(USUAL.to_owned(), ProfileText::default().profile()?);
        }
        Ok(Self(profiles))
    }

    pub(super) fn find(&self, name: &str) -> Result<&Profile> {
        self.0.get(name).ok_or_else(|| anyhow!("{name}: no such profile in the settings"))
    }

    /// The name of a profile, for who looks at a station.
    pub(super) fn name(&self, profile: &Profile) -> Option<&str> {
        self.0.iter().find(|(_, known)| *known == profile).map(|(name, _)| name.as_str())
    }
}

impl ProfileText {
    fn profile(&self) -> Result<Profile> {
        let assurance = self.assurance.unwrap_or(ASSURANCE);
        if assurance > MAX_ASSURANCE {
            bail!("assurance {assurance}: there are 0 to {MAX_ASSURANCE}");
        }
        Ok(Profile {
            services: self.services()?,
            region: self.region(),
            assurance: assurance << BEHIND_LEVEL,
            parallel_tickets: self.parallel_tickets.unwrap_or(PARALLEL_TICKETS),
        })
    }

    fn services(&self) -> Result<Vec<ServiceRange>> {
        match &self.services {
            None => Ok(its_services()),
            Some(texts) => texts.iter().map(|text| service::parse_range(text)).collect(),
        }
    }

    fn region(&self) -> Option<GeographicRegion> {
        let country = |number: &u16| IdentifiedRegion::CountryOnly(UnCountryId(*number));
        let countries: Vec<_> = self.countries.iter().map(country).collect();
        (!countries.is_empty())
            .then_some(GeographicRegion::IdentifiedRegion(SequenceOfIdentifiedRegion(countries)))
    }
}
