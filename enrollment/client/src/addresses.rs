//! What trust lists say of where authorities are (TS 102 941 clauses 6.3.1 and 6.3.2).

use crate::{AccessPoint, BadAccessPoint, limits::MAX_ADDRESSES};
use std::collections::BTreeMap;
use thiserror::Error;
use v2x_codec::{
    CodecError,
    ieee1609dot2::{self as asn, decode, encode},
    ts102941::{CtlCommand, CtlEntry, EtsiTs102941Data, EtsiTs102941DataContent, Url},
    view::{Content, Data},
};
use v2x_crypto::sha256;
use v2x_security::{certificate::Certificate, id::HashedId8};

/// Where an EA is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EaAddresses {
    /// For AAs with questions.
    pub for_aas: AccessPoint,
    /// For stations that enrol.
    pub for_stations: Option<AccessPoint>,
}

/// Access points by whole hashes of certificates. An address is no matter of trust: what is sent there is encrypted to the
/// certificate's key.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    eas: BTreeMap<[u8; 32], EaAddresses>,
    aas: BTreeMap<[u8; 32], AccessPoint>,
    centres: BTreeMap<HashedId8, AccessPoint>,
}

/// Why a list's addresses were not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// It is no trust list.
    #[error("no trust list: {0}")]
    NoList(&'static str),
    /// It does not decode.
    #[error("no trust list: {0}")]
    Undecodable(#[from] CodecError),
    /// There are as many addresses as are kept.
    #[error("more than {MAX_ADDRESSES} addresses")]
    Full,
}

impl Addresses {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where this EA is reached.
    #[must_use]
    pub fn ea(&self, certificate: &Certificate) -> Option<&EaAddresses> {
        self.eas.get(&sha256(certificate.octets()))
    }

    /// Where this AA is reached.
    #[must_use]
    pub fn aa(&self, certificate: &Certificate) -> Option<&AccessPoint> {
        self.aas.get(&sha256(certificate.octets()))
    }

    /// Where the lists of this root are handed out.
    #[must_use]
    pub fn centre(&self, root: HashedId8) -> Option<&AccessPoint> {
        self.centres.get(&root)
    }

    /// Says where an EA is reached, whatever lists say.
    ///
    /// # Errors
    /// [`AddressError::Full`].
    pub fn set_ea(&mut self, certificate: &Certificate, addresses: EaAddresses) -> Result<(), AddressError> {
        self.check_room()?;
        self.eas.insert(sha256(certificate.octets()), addresses);
        Ok(())
    }

    /// Takes over what a full or delta trust list says, which was verified before. Addresses that this release cannot
    /// use are left out, and said why.
    ///
    /// # Errors
    /// [`AddressError`]; what was taken before stays.
    pub fn learn(&mut self, list: &[u8]) -> Result<Vec<BadAccessPoint>, AddressError> {
        let mut unusable = Vec::new();
        for command in commands(list)? {
            let CtlCommand::Add(entry) = command else { continue };
            self.check_room()?;
            if let Err(bad) = self.add(&entry)? {
                unusable.push(bad);
            }
        }
        Ok(unusable)
    }

    fn check_room(&self) -> Result<(), AddressError> {
        let count = self.eas.len() + self.aas.len() + self.centres.len();
        if count < MAX_ADDRESSES { Ok(()) } else { Err(AddressError::Full) }
    }

    fn add(&mut self, entry: &CtlEntry) -> Result<Result<(), BadAccessPoint>, AddressError> {
        match entry {
            CtlEntry::Ea(ea) => {
                let key = key(&ea.ea_certificate)?;
                let addresses = ea_addresses(&ea.aa_access_point, ea.its_access_point.as_ref());
                Ok(addresses.map(|addresses| drop(self.eas.insert(key, addresses))))
            }
            CtlEntry::Aa(aa) => {
                let key = key(&aa.aa_certificate)?;
                Ok(access_point(&aa.access_point).map(|address| drop(self.aas.insert(key, address))))
            }
            CtlEntry::Dc(dc) => Ok(access_point(&dc.url).map(|address| {
                let roots = dc.cert.iter().map(|root| HashedId8(*root.0));
                self.centres.extend(roots.map(|root| (root, address.clone())));
            })),
            CtlEntry::Rca(_) | CtlEntry::Tlm(_) => Ok(Ok(())),
        }
    }
}

fn ea_addresses(for_aas: &Url, for_stations: Option<&Url>) -> Result<EaAddresses, BadAccessPoint> {
    let for_stations = for_stations.map(access_point).transpose()?;
    Ok(EaAddresses { for_aas: access_point(for_aas)?, for_stations })
}

fn access_point(url: &Url) -> Result<AccessPoint, BadAccessPoint> {
    url.to_text().parse()
}

fn key(certificate: &asn::Certificate) -> Result<[u8; 32], AddressError> {
    let parsed = Certificate::parse(&encode(certificate)?);
    let parsed = parsed.map_err(|_| AddressError::NoList("a certificate cannot be read"))?;
    Ok(sha256(parsed.octets()))
}

fn commands(list: &[u8]) -> Result<Vec<CtlCommand>, AddressError> {
    let Content::Signed(signed) = Data::parse(list)?.content else {
        return Err(AddressError::NoList("it is not signed"));
    };
    let octets = signed.payload.unsecured().ok_or(AddressError::NoList("it has no content"))?;
    let message: EtsiTs102941Data = decode(octets)?;
    if let EtsiTs102941DataContent::CertificateTrustListRca(list)
    | EtsiTs102941DataContent::CertificateTrustListTlm(list) = message.content
    {
        Ok(list.ctl_commands)
    } else {
        Err(AddressError::NoList("it is another message"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
    use v2x_ca::{
        lab::{Lab, Plan},
        lists::{ListOf, TrustList, aa_entry, dc_entry, ea_entry},
    };
    use v2x_codec::time::{Time32, Time64};
    use v2x_crypto::RustCrypto;

    const START: Time32 = Time32::from_seconds(700_000_000);

    fn lab() -> Lab {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        Lab::new(&Plan::new("addresses", START), &RustCrypto, &mut rng).unwrap()
    }

    fn list(lab: &Lab, aa: &str) -> Vec<u8> {
        let [root, ea_certificate, aa_certificate, _] = lab.certificates();
        let entries = vec![
            ea_entry(ea_certificate, "http://ea/validation", Some("http://ea")).unwrap(),
            aa_entry(aa_certificate, aa).unwrap(),
            dc_entry("http://dc", &[root]).unwrap(),
        ];
        let root = lab.root.identity(&RustCrypto).unwrap();
        let (now, next) = (Time64::from(START), Time32::from_seconds(START.seconds() + 3_600));
        TrustList::first(ListOf::RootCa, entries).unwrap().sign_full(&root, now, next, &lab.policy).unwrap()
    }

    #[test]
    fn authorities_and_centre_are_found_where_a_list_says() {
        let (lab, mut addresses) = (lab(), Addresses::new());
        assert_eq!(addresses.learn(&list(&lab, "http://aa")), Ok(Vec::new()));
        let [root, ea, aa, _] = lab.certificates();
        let found = addresses.ea(ea).unwrap();
        assert_eq!(found.for_aas.to_string(), "http://ea/validation");
        assert_eq!(found.for_stations, Some("http://ea".parse().unwrap()));
        assert_eq!(addresses.aa(aa), Some(&"http://aa".parse().unwrap()));
        assert_eq!(addresses.centre(root.hashed_id8()), Some(&"http://dc".parse().unwrap()));
        assert_eq!((addresses.ea(aa), addresses.aa(ea)), (None, None));
    }

    #[test]
    fn an_address_that_cannot_be_used_is_left_out_and_said_so() {
        let (lab, mut addresses) = (lab(), Addresses::new());
        let unusable = addresses.learn(&list(&lab, "ftp://aa")).unwrap();
        assert_eq!(unusable, [BadAccessPoint::Scheme("ftp://aa".to_owned())]);
        let [_, ea, aa, _] = lab.certificates();
        assert!(addresses.ea(ea).is_some() && addresses.aa(aa).is_none());
    }

    #[test]
    fn what_is_no_list_teaches_nothing() {
        let mut addresses = Addresses::new();
        assert!(addresses.learn(b"noise").is_err());
        assert!(addresses.learn(&[]).is_err());
    }
}
