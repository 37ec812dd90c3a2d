//! Addresses of links.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::str::FromStr;

use crate::error::GatewayError;

/// Where a link is opened or waited for: `quic://HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkAddress(String);

impl FromStr for LinkAddress {
    type Err = GatewayError;

    fn from_str(text: &str) -> Result<Self, GatewayError> {
        let wrong = |why| GatewayError::Address { address: text.to_owned(), why };
        let place = text.strip_prefix("quic://").ok_or_else(|| wrong("give quic://HOST:PORT"))?;
        let place = place.trim_end_matches('/');
        let port = place.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        match port {
            Some(_) => Ok(Self(place.to_owned())),
            None => Err(wrong("give quic://HOST:PORT, with a port from 1 to 65535")),
        }
    }
}

impl fmt::Display for LinkAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quic://{}", self.0)
    }
}

impl LinkAddress {
    /// The address that the name has now. It may have another later: a ground station moves too.
    pub(crate) fn resolve(&self) -> Result<SocketAddr, GatewayError> {
        let found = self.0.to_socket_addrs().map_err(GatewayError::io(self))?.next();
        found.ok_or_else(|| GatewayError::Address {
            address: self.to_string(),
            why: "the name has no address",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        let address: LinkAddress = "quic://127.0.0.1:7400".parse().unwrap();
        assert_eq!(address.to_string(), "quic://127.0.0.1:7400");
        assert_eq!(address.resolve().unwrap().port(), 7400);
        for text in ["127.0.0.1:7400", "quic://ground", "quic://ground:x", "udp://a:1"] {
            assert!(text.parse::<LinkAddress>().is_err(), "{text}");
        }
    }
}
