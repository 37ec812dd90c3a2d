//! Services and their permissions on the command line.

use anyhow::{Result, anyhow, bail};
use v2x_ca::services::ServiceRange;

/// The longest bitmap SSP of the ASN.1, in octets.
const MAX_SSP_OCTETS: usize = 31;

/// Reads `PSID:SSP`, the SSP as hex digits with every right set that may be given.
pub(crate) fn parse_range(text: &str) -> Result<ServiceRange> {
    let (psid, ssp) =
        text.split_once(':').ok_or_else(|| anyhow!("{text}: give PSID:SSP, such as 638:0180"))?;
    let psid = psid.parse().map_err(|_| anyhow!("{psid}: not a PSID"))?;
    Ok(ServiceRange::up_to(psid, &parse_ssp(ssp)?.0))
}

/// The octets of a bitmap SSP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ssp(pub(crate) Vec<u8>);

/// Reads a bitmap SSP as hex digits.
pub(crate) fn parse_ssp(text: &str) -> Result<Ssp> {
    match hex::decode(text) {
        Ok(octets) if !octets.is_empty() && octets.len() <= MAX_SSP_OCTETS => Ok(Ssp(octets)),
        _ => bail!("{text}: not an SSP; give 1 to {MAX_SSP_OCTETS} octets as hex digits, such as 01FFFC"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_a_number_and_rights() {
        let vru = parse_range("638:0180").expect("it is a service");
        assert_eq!(
            (vru.psid, vru.value.as_slice(), vru.mask.as_slice()),
            (638, &[1, 0x80][..], &[0xff, 0x7f][..])
        );
    }

    #[test]
    fn what_is_no_service_is_refused() {
        for text in ["638", "CAM:01", "36:", "36:0", "36:zz", &format!("36:{}", "00".repeat(32))] {
            assert!(parse_range(text).is_err(), "{text}");
        }
    }
}
