//! Packets that go out, many in one call.

use std::io::IoSlice;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, MsgFlags, MultiHeaders, sendmmsg};

use super::{AT_ONCE, Endpoint, ethernet};

/// A socket that sends to one place.
pub(crate) struct Transmitter {
    endpoint: Endpoint,
    socket: OwnedFd,
    /// What stands before each packet: nothing, or an Ethernet header.
    header: Vec<u8>,
    nobody_listened: u64,
}

impl Transmitter {
    /// Opens it.
    pub(crate) fn open(endpoint: &Endpoint) -> Result<Self> {
        let (socket, header) = match endpoint {
            Endpoint::Udp(address) => {
                (connected(*address).with_context(|| endpoint.to_string())?, Vec::new())
            }
            Endpoint::Raw(interface) => ethernet::frames(interface)?,
            Endpoint::Pcap(_) => bail!("{endpoint}: packets are sent to udp:// or raw://"),
        };
        Ok(Self { endpoint: endpoint.clone(), socket, header, nobody_listened: 0 })
    }

    /// Sends packets, in their order.
    pub(crate) fn send(&mut self, packets: &[&[u8]]) -> Result<()> {
        for some in packets.chunks(AT_ONCE) {
            let mut left = some;
            while !left.is_empty() {
                left = left.get(self.send_some(left)?..).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// How often the other side's system said that nobody listens there.
    pub(crate) const fn nobody_listened(&self) -> u64 {
        self.nobody_listened
    }

    fn send_some(&mut self, packets: &[&[u8]]) -> Result<usize> {
        let slices: Vec<_> =
            packets.iter().map(|packet| [IoSlice::new(&self.header), IoSlice::new(packet)]).collect();
        let mut headers = MultiHeaders::<()>::preallocate(packets.len(), None);
        let addresses = vec![None; packets.len()];
        let nothing: [ControlMessage<'_>; 0] = [];
        let sent =
            sendmmsg(self.socket.as_raw_fd(), &mut headers, &slices, addresses, nothing, MsgFlags::empty());
        match sent {
            Ok(sent) => Ok(sent.count()),
            // An answer to what was sent before; this packet was not sent yet.
            Err(Errno::ECONNREFUSED) => {
                self.nobody_listened += 1;
                Ok(0)
            }
            Err(Errno::EINTR | Errno::ENOBUFS) => Ok(0),
            Err(errno) => Err(errno).with_context(|| format!("{}: cannot be sent to", self.endpoint)),
        }
    }
}

fn connected(address: SocketAddr) -> std::io::Result<OwnedFd> {
    let any = match address {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(address)?;
    Ok(socket.into())
}
