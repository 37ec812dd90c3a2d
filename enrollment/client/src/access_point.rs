//! Addresses of authorities.

use crate::limits::MAX_URL_OCTETS;
use enrollment_protocol::resource::Resource;
use http::Uri;
use std::{fmt, str::FromStr};
use thiserror::Error;

/// Where an authority is reached: `http://host[:port][/path]`, or with the feature `http3` also `https://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPoint(Uri);

/// Why a text is no such address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadAccessPoint {
    /// It is longer than an address in a trust list may be.
    #[error("an address of {0} octets; the most is {MAX_URL_OCTETS}")]
    TooLong(usize),
    /// It is no URL.
    #[error("{0}: no URL with a host, such as http://ea.example:8600/ea")]
    NoUrl(String),
    /// It is of another scheme than http. The messages are encrypted and signed in themselves, and annex C prescribes no
    /// TLS; where a network wants it, a proxy adds it, or it is https by the feature `http3`.
    #[error("{0}: only http is supported{https}", https = if IS_HTTPS { " and https" } else { ", and https in a program that was built with the feature http3" })]
    Scheme(String),
    /// It has a query or a fragment, which an access point has not.
    #[error("{0}: an access point has no query")]
    Query(String),
}

/// Whether https is spoken: as HTTP/3, or by clients that show a certificate.
const IS_HTTPS: bool = cfg!(any(feature = "http3", feature = "tls"));

impl FromStr for AccessPoint {
    type Err = BadAccessPoint;

    fn from_str(text: &str) -> Result<Self, BadAccessPoint> {
        if text.len() > MAX_URL_OCTETS {
            return Err(BadAccessPoint::TooLong(text.len()));
        }
        let no_url = || BadAccessPoint::NoUrl(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| no_url())?;
        match (uri.scheme_str(), uri.host()) {
            (Some("http"), Some(host)) if !host.is_empty() => {}
            (Some("https"), Some(host)) if IS_HTTPS && !host.is_empty() => {}
            (Some("http") | None, _) => return Err(no_url()),
            (Some(_), _) => return Err(BadAccessPoint::Scheme(text.to_owned())),
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(BadAccessPoint::Query(text.to_owned()));
        }
        Ok(Self(uri))
    }
}

impl fmt::Display for AccessPoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl AccessPoint {
    pub(crate) const fn uri(&self) -> &Uri {
        &self.0
    }

    /// Where this access point of a distribution centre or CPOC hands out a resource (annexes D and E).
    ///
    /// # Errors
    /// [`BadAccessPoint::NoUrl`] never for an address that was parsed.
    pub(crate) fn resource(&self, resource: Resource) -> Result<Uri, BadAccessPoint> {
        let text = format!("{}{resource}", self.0.to_string().trim_end_matches('/'));
        text.parse().map_err(|_| BadAccessPoint::NoUrl(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use v2x_security::id::HashedId8;

    #[test]
    fn an_address_is_http_with_a_host() {
        for text in ["http://localhost:8600/ea", "http://[::1]:80", "http://10.0.0.1/dc/"] {
            assert!(text.parse::<AccessPoint>().is_ok(), "{text}");
        }
    }

    #[test]
    fn other_addresses_are_refused_for_what_is_wrong_with_them() {
        let error = |text: &str| text.parse::<AccessPoint>().unwrap_err();
        let own = |text: &str| text.to_owned();
        assert_eq!(error("ftp://ea/"), BadAccessPoint::Scheme(own("ftp://ea/")));
        assert_eq!("https://ea/".parse::<AccessPoint>().is_ok(), IS_HTTPS);
        assert_eq!(error("/ea"), BadAccessPoint::NoUrl(own("/ea")));
        assert_eq!(error("localhost:8600"), BadAccessPoint::NoUrl(own("localhost:8600")));
        assert_eq!(error("http://a b/"), BadAccessPoint::NoUrl(own("http://a b/")));
        assert_eq!(error("http://ea/?x=1"), BadAccessPoint::Query(own("http://ea/?x=1")));
        let long = format!("http://{}/", "a".repeat(MAX_URL_OCTETS));
        assert_eq!(error(&long), BadAccessPoint::TooLong(long.len()));
    }

    #[test]
    fn a_resource_lies_below_the_address_with_a_slash_at_its_end_or_without() {
        let crl = Resource::Crl(HashedId8([0xAB; 8]));
        for text in ["http://host/dc", "http://host/dc/"] {
            let uri = text.parse::<AccessPoint>().unwrap().resource(crl).unwrap();
            assert_eq!(uri.to_string(), "http://host/dc/getcrl/ABABABABABABABAB");
        }
    }
}
