//! Where packets come from or go to, as it is written on the command line.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Error, Result, bail};

/// Where packets come from or go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// UDP, one packet a datagram.
    Udp(SocketAddr),
    /// Ethernet frames of a network interface.
    Raw(String),
    /// A capture file.
    Pcap(PathBuf),
}

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once("://") {
            Some(("udp", address)) => Ok(Self::Udp(resolve(address)?)),
            Some(("raw", interface)) if !interface.is_empty() => Ok(Self::Raw(interface.to_owned())),
            Some(("pcap", file)) if !file.is_empty() => Ok(Self::Pcap(file.into())),
            _ => bail!("{text}: give udp://ADDRESS:PORT, raw://INTERFACE or pcap://FILE"),
        }
    }
}

fn resolve(address: &str) -> Result<SocketAddr> {
    let found = address.to_socket_addrs().with_context(|| format!("{address}: not an address and a port"))?;
    let mut found = found;
    found.next().with_context(|| format!("{address}: no such host"))
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(address) => write!(f, "udp://{address}"),
            Self::Raw(interface) => write!(f, "raw://{interface}"),
            Self::Pcap(file) => write!(f, "pcap://{}", file.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_written_as_it_is_read() {
        for text in ["udp://127.0.0.1:4747", "udp://[::1]:4747", "raw://wlan0", "pcap://drive/a.pcap"] {
            assert_eq!(
                text.parse::<Endpoint>().map(|endpoint| endpoint.to_string()).ok().as_deref(),
                Some(text)
            );
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", "127.0.0.1:4747", "tcp://127.0.0.1:1", "udp://127.0.0.1", "raw://", "pcap://"] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }
}
