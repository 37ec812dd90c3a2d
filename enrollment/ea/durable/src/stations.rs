//! A registered station as a value.

use crate::{
    codec::{Reader, Unreadable, Writer},
    limits::MAX_SERVICES,
};
use enrollment_ea::registry::{Profile, Station, Status};
use v2x_ca::services::ServiceRange;
use v2x_codec::ieee1609dot2::{GeographicRegion, decode, encode};
use v2x_crypto::{Curve, PublicKey};

const WHAT: &str = "a station's registration";

/// The form of the value: a later release that writes another says so here.
const FORM: u8 = 1;

/// The value of a station.
///
/// # Errors
/// [`Unreadable`] for a profile with more services than [`MAX_SERVICES`] or a region that does not encode.
pub(crate) fn encode_station(station: &Station) -> Result<Vec<u8>, Unreadable> {
    let Station { canonical_key, status, profile } = station;
    if profile.services.len() > MAX_SERVICES {
        return Err(Unreadable(WHAT));
    }
    let mut value = Writer::default().octet(FORM).octet(status_octet(*status));
    value = value.octet(curve_octet(canonical_key.curve())).string(WHAT, canonical_key.as_sec1())?;
    value = value.octet(profile.assurance).fixed(&profile.parallel_tickets.to_be_bytes());
    let region = profile.region.as_ref().map(encode).transpose().map_err(|_| Unreadable(WHAT))?;
    value = value.string(WHAT, region.as_deref().unwrap_or_default())?;
    for service in &profile.services {
        value = value.fixed(&service.psid.to_be_bytes());
        value = value.string(WHAT, &service.value)?.string(WHAT, &service.mask)?;
    }
    Ok(value.0)
}

/// The station in a value.
///
/// # Errors
/// [`Unreadable`] when this release did not write it.
pub(crate) fn decode_station(octets: &[u8]) -> Result<Station, Unreadable> {
    let mut reader = Reader::new(WHAT, octets);
    if reader.octet()? != FORM {
        return Err(reader.unreadable());
    }
    let status = status(reader.octet()?)?;
    let curve = curve(reader.octet()?)?;
    let canonical_key = PublicKey::from_sec1(curve, reader.string()?).map_err(|_| Unreadable(WHAT))?;
    let (assurance, parallel_tickets) = (reader.octet()?, u32::from_be_bytes(reader.array()?));
    let region = region(reader.string()?)?;
    let services = services(reader)?;
    Ok(Station { canonical_key, status, profile: Profile { services, region, assurance, parallel_tickets } })
}

/// A region has at least an octet, so none has none.
fn region(octets: &[u8]) -> Result<Option<GeographicRegion>, Unreadable> {
    let some = Some(octets).filter(|octets| !octets.is_empty());
    some.map(decode).transpose().map_err(|_| Unreadable(WHAT))
}

fn services(mut reader: Reader<'_>) -> Result<Vec<ServiceRange>, Unreadable> {
    let mut services = Vec::new();
    while !reader.is_empty() && services.len() < MAX_SERVICES {
        let psid = reader.number()?;
        let (value, mask) = (reader.string()?.to_vec(), reader.string()?.to_vec());
        services.push(ServiceRange { psid, value, mask });
    }
    reader.end()?;
    Ok(services)
}

const fn status_octet(status: Status) -> u8 {
    match status {
        Status::Active => 1,
        Status::Inactive => 2,
        Status::Blocked => 3,
    }
}

const fn status(octet: u8) -> Result<Status, Unreadable> {
    match octet {
        1 => Ok(Status::Active),
        2 => Ok(Status::Inactive),
        3 => Ok(Status::Blocked),
        _ => Err(Unreadable(WHAT)),
    }
}

const fn curve_octet(curve: Curve) -> u8 {
    match curve {
        Curve::NistP256 => 1,
        Curve::NistP384 => 2,
        Curve::BrainpoolP256r1 => 3,
        Curve::BrainpoolP384r1 => 4,
    }
}

const fn curve(octet: u8) -> Result<Curve, Unreadable> {
    match octet {
        1 => Ok(Curve::NistP256),
        2 => Ok(Curve::NistP384),
        3 => Ok(Curve::BrainpoolP256r1),
        4 => Ok(Curve::BrainpoolP384r1),
        _ => Err(Unreadable(WHAT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;
    use v2x_ca::services::its_services;
    use v2x_codec::ieee1609dot2::{IdentifiedRegion, SequenceOfIdentifiedRegion, UnCountryId};
    use v2x_crypto::PrivateKey;

    fn station(curve: Curve, status: Status) -> Station {
        let key = PrivateKey::generate(curve, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        let country = IdentifiedRegion::CountryOnly(UnCountryId(276));
        let region = GeographicRegion::IdentifiedRegion(SequenceOfIdentifiedRegion(vec![country]));
        let profile =
            Profile { services: its_services(), region: Some(region), assurance: 0x60, parallel_tickets: 20 };
        Station { canonical_key: *key.public_key(), status, profile }
    }

    #[test]
    fn a_station_comes_back_as_it_was_on_every_curve_and_in_every_state() {
        for curve in Curve::ALL {
            for status in [Status::Active, Status::Inactive, Status::Blocked] {
                let mut station = station(curve, status);
                assert_eq!(decode_station(&encode_station(&station).unwrap()).unwrap(), station);
                station.profile.region = None;
                station.profile.services.clear();
                assert_eq!(decode_station(&encode_station(&station).unwrap()).unwrap(), station);
            }
        }
    }

    #[test]
    fn no_part_of_a_value_and_nothing_longer_is_a_station() {
        let value = encode_station(&station(Curve::NistP256, Status::Active)).unwrap();
        for length in 0..value.len() {
            let part = decode_station(&value[..length]);
            // Services end where the value ends, so a whole number of them is a station with fewer.
            assert!(part.is_err() || part.unwrap().profile.services.len() < its_services().len());
        }
        assert!(decode_station(&[&value[..], &[0]].concat()).is_err());
    }
}
