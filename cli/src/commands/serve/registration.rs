//! Stations to register, as CSV: `id,curve,key,profile`.
//!
//! The identifier and the canonical public key (a point as SEC 1 has it) are hex digits. The curve may be left empty for
//! P-256 and the profile for the usual one. A first line `id,curve,key,profile` is a heading.

use anyhow::{Context, Result, anyhow, bail};
use enrollment_ea::registry::{CanonicalId, Station, Status};
use v2x_crypto::{Curve, PublicKey};

use super::profiles::{Profiles, USUAL};

/// Lines of one batch. At some tens of milliseconds for a hundred, a batch is done within seconds.
pub(super) const MAX_LINES: usize = 10_000;

/// Octets of one batch: of the longest lines.
pub(super) const MAX_OCTETS: usize = 4 << 20;

/// A heading that says what the columns are.
const HEADING: &str = "id,curve,key,profile";

/// The stations of a batch, each with its line, or what is wrong in the first line that is: a batch with a mistake is not
/// begun.
pub(super) fn parse(text: &str, profiles: &Profiles) -> Result<Vec<(CanonicalId, Station)>> {
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    let lines: Vec<_> = lines.filter(|(_, line)| !line.is_empty() && *line != HEADING).collect();
    if lines.is_empty() {
        bail!("there is no station in it");
    }
    if lines.len() > MAX_LINES {
        bail!("{} stations; a batch has at most {MAX_LINES}", lines.len());
    }
    let station =
        |(number, line): &(usize, &str)| station(line, profiles).with_context(|| format!("line {number}"));
    lines.iter().map(station).collect()
}

fn station(line: &str, profiles: &Profiles) -> Result<(CanonicalId, Station)> {
    let mut fields = line.split(',').map(str::trim);
    let (Some(id), Some(curve), Some(key)) = (fields.next(), fields.next(), fields.next()) else {
        bail!("give {HEADING}");
    };
    let profile = fields.next().filter(|name| !name.is_empty()).unwrap_or(USUAL);
    if fields.next().is_some() {
        bail!("more than four columns");
    }
    let curve: Curve = if curve.is_empty() { Curve::NistP256 } else { curve.parse()? };
    let octets = hex::decode(key).map_err(|_| anyhow!("the key is not hex digits"))?;
    let canonical_key = PublicKey::from_sec1(curve, &octets).context("the key")?;
    let profile = profiles.find(profile)?.clone();
    Ok((identifier(id)?, Station { canonical_key, status: Status::Active, profile }))
}

/// A canonical identifier in hex digits.
pub(super) fn identifier(digits: &str) -> Result<CanonicalId> {
    let octets = hex::decode(digits).map_err(|_| anyhow!("the identifier is not hex digits"))?;
    Ok(CanonicalId::new(&octets)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const KEY: &str = "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";

    fn batch(text: &str) -> Result<Vec<(CanonicalId, Station)>> {
        parse(text, &Profiles::of(&BTreeMap::new()).unwrap())
    }

    #[test]
    fn a_batch_has_a_station_a_line_and_may_have_a_heading() {
        let stations = batch(&format!("{HEADING}\n6361,P-256,{KEY},usual\n\n6362,,{KEY}\r\n")).unwrap();
        let ids: Vec<_> = stations.iter().map(|(id, _)| id.as_bytes().to_vec()).collect();
        assert_eq!(ids, [b"ca", b"cb"]);
        assert!(stations.iter().all(|(_, station)| station.profile.parallel_tickets == 20));
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let error = |line: &str| format!("{:#}", batch(&format!("6361,,{KEY}\n{line}\n")).err().unwrap());
        for (line, words) in [
            ("6362", "line 2: give id,curve,key,profile"),
            ("xx,,00", "line 2: the key"),
            (&format!("zz,,{KEY}"), "line 2: the identifier is not hex digits"),
            (&format!(",,{KEY}"), "line 2: a canonical identifier of 0 octets"),
            (&format!("6362,P-257,{KEY}"), "line 2"),
            (&format!("6362,,{KEY},truck"), "line 2: truck: no such profile"),
            (&format!("6362,,{KEY},usual,more"), "line 2: more than four columns"),
        ] {
            let error = error(line);
            assert!(error.starts_with(words), "{line}: {error}");
        }
        assert!(batch("\n").is_err());
    }
}
