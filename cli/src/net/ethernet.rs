//! Sockets that see the frames of one network interface. The system gives them to root, and to who has CAP_NET_RAW.

use std::io;
use std::num::NonZeroU32;
use std::os::fd::{AsRawFd, OwnedFd};

use anyhow::{Context, Result, anyhow};
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{LinkAddr, bind};
use rustix::net::{AddressFamily, Protocol, SocketFlags, SocketType, socket_with};
use v2x_codec::geonet::ETHERTYPE;

/// All stations in reach.
const BROADCAST: [u8; 6] = [0xff; 6];

/// A socket for the payloads of GeoNetworking frames that come in at an interface.
pub(super) fn payloads(interface: &str) -> Result<OwnedFd> {
    open(interface, SocketType::DGRAM).map(|(socket, _)| socket)
}

/// A socket for whole frames that go out at an interface, and the header for frames to all stations.
pub(super) fn frames(interface: &str) -> Result<(OwnedFd, Vec<u8>)> {
    let (socket, link) = open(interface, SocketType::RAW)?;
    let source = link.addr().with_context(|| format!("{interface}: has no link-layer address"))?;
    Ok((socket, [&BROADCAST[..], &source, &ETHERTYPE.to_be_bytes()].concat()))
}

/// Opened for the one EtherType, then bound to the interface: binding without a protocol keeps the socket's.
fn open(interface: &str, kind: SocketType) -> Result<(OwnedFd, LinkAddr)> {
    let link = link(interface)?;
    let protocol = NonZeroU32::new(ETHERTYPE.to_be().into()).map(Protocol::from_raw);
    let socket = socket_with(AddressFamily::PACKET, kind, SocketFlags::CLOEXEC, protocol)
        .map_err(io::Error::from)
        .with_context(|| format!("raw://{interface}: frames are for root, or who has CAP_NET_RAW"))?;
    bind(socket.as_raw_fd(), &link).with_context(|| format!("raw://{interface}: cannot be bound"))?;
    Ok((socket, link))
}

fn link(interface: &str) -> Result<LinkAddr> {
    let mut all = getifaddrs().context("the network interfaces cannot be listed")?;
    let link = all.find_map(|entry| {
        let address = entry.address.filter(|_| entry.interface_name == interface)?;
        address.as_link_addr().copied()
    });
    link.ok_or_else(|| anyhow!("raw://{interface}: no such network interface"))
}
