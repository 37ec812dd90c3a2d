//! Packets that come in, with the time at which the kernel had them.

use std::io::{self, IoSliceMut};
use std::net::UdpSocket;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, MultiHeaders, RecvMsg, getsockopt, recvmmsg, setsockopt, sockopt,
};
use nix::sys::time::{TimeSpec, TimeVal};

use super::{AT_ONCE, Endpoint, MAX_FRAME, ethernet};

/// How long a call waits for a packet before its caller may look at something else.
const PATIENCE: TimeVal = TimeVal::new(0, 100_000);

/// A socket that listens.
pub(crate) struct Receiver {
    endpoint: Endpoint,
    socket: OwnedFd,
    buffers: Vec<[u8; MAX_FRAME]>,
    /// Packets that the kernel dropped for want of room, as it says with those that it delivers.
    dropped: u64,
}

/// A packet as it came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming<'b> {
    /// Its octets.
    pub(crate) octets: &'b [u8],
    /// When the kernel had it, since 1970; `None` where it does not say.
    pub(crate) at: Option<Duration>,
}

impl Receiver {
    /// Listens, with a kernel buffer of `buffer` octets if the system allows it.
    pub(crate) fn open(endpoint: &Endpoint, buffer: usize) -> Result<Self> {
        let socket = match endpoint {
            Endpoint::Udp(address) => {
                UdpSocket::bind(address).with_context(|| format!("{endpoint}: cannot listen"))?.into()
            }
            Endpoint::Raw(interface) => ethernet::payloads(interface)?,
            Endpoint::Pcap(_) => bail!("{endpoint}: a file is read, not listened to"),
        };
        // Root may have more than the system's limit; others get what it allows.
        if setsockopt(&socket, sockopt::RcvBufForce, &buffer).is_err() {
            setsockopt(&socket, sockopt::RcvBuf, &buffer).with_context(|| endpoint.to_string())?;
        }
        setsockopt(&socket, sockopt::ReceiveTimeout, &PATIENCE).with_context(|| endpoint.to_string())?;
        // Without these two, packets are timed when they are read, and drops are counted for UDP only.
        let _ = setsockopt(&socket, sockopt::ReceiveTimestampns, &true);
        let _ = setsockopt(&socket, sockopt::RxqOvfl, &1);
        Ok(Self { endpoint: endpoint.clone(), socket, buffers: vec![[0; MAX_FRAME]; AT_ONCE], dropped: 0 })
    }

    /// Where it listens; for UDP the port that it got.
    pub(crate) fn endpoint(&self) -> Endpoint {
        let port = || UdpSocket::from(self.socket.try_clone().ok()?).local_addr().ok();
        match &self.endpoint {
            Endpoint::Udp(address) => Endpoint::Udp(port().unwrap_or(*address)),
            Endpoint::Raw(_) | Endpoint::Pcap(_) => self.endpoint.clone(),
        }
    }

    /// Octets that the kernel keeps for packets not yet read, its own book-keeping included.
    pub(crate) fn buffer(&self) -> usize {
        getsockopt(&self.socket, sockopt::RcvBuf).unwrap_or(0)
    }

    /// Waits a while for packets, and hands over those that are there; says how many.
    pub(crate) fn receive(&mut self, mut each: impl FnMut(Incoming<'_>)) -> io::Result<usize> {
        let mut slices: Vec<_> =
            self.buffers.iter_mut().map(|buffer| [IoSliceMut::new(buffer.as_mut_slice())]).collect();
        // Made anew each time: the kernel leaves in it how much of the room it used.
        let mut headers = MultiHeaders::<()>::preallocate(AT_ONCE, Some(nix::cmsg_space!(TimeSpec, u32)));
        let received = recvmmsg(
            self.socket.as_raw_fd(),
            &mut headers,
            slices.iter_mut(),
            MsgFlags::MSG_WAITFORONE,
            None,
        );
        match received {
            Ok(packets) => Ok(packets.map(|packet| hand_over(&packet, &mut self.dropped, &mut each)).count()),
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(0),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Packets that the kernel dropped for want of room.
    pub(crate) fn dropped(&self) -> u64 {
        match &self.endpoint {
            Endpoint::Udp(_) => udp_drops(&self.socket).unwrap_or(self.dropped),
            Endpoint::Raw(_) | Endpoint::Pcap(_) => self.dropped,
        }
    }
}

fn hand_over(packet: &RecvMsg<'_, '_, ()>, dropped: &mut u64, each: &mut impl FnMut(Incoming<'_>)) {
    let mut at = None;
    for message in packet.cmsgs().into_iter().flatten() {
        if let ControlMessageOwned::ScmTimestampns(time) = message {
            at = Some(Duration::from(time));
        } else if let ControlMessageOwned::RxqOvfl(count) = message {
            *dropped = count.into();
        }
    }
    each(Incoming { octets: packet.iovs().next().unwrap_or_default(), at });
}

/// The last column of the socket's line in the kernel's table, which is up to date also when no packet comes any more.
fn udp_drops(socket: &OwnedFd) -> Option<u64> {
    let inode = std::fs::metadata(format!("/proc/self/fd/{}", socket.as_raw_fd())).ok()?.ino().to_string();
    ["/proc/net/udp", "/proc/net/udp6"].iter().find_map(|table| {
        let table = std::fs::read_to_string(table).ok()?;
        let line = table.lines().find(|line| line.split_whitespace().nth(9) == Some(&inode))?;
        line.split_whitespace().next_back()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_comes_in_with_the_time_at_which_it_came() {
        let endpoint = "udp://127.0.0.1:0".parse().expect("an endpoint");
        let mut receiver = Receiver::open(&endpoint, 1 << 20).expect("it listens");
        let Endpoint::Udp(address) = receiver.endpoint() else { panic!("it is UDP") };
        let sender = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        for octets in [&[1_u8, 2, 3][..], &[4]] {
            sender.send_to(octets, address).expect("it is sent");
        }
        let mut heard = Vec::new();
        while heard.len() < 2 {
            receiver
                .receive(|packet| heard.push((packet.octets.to_vec(), packet.at.is_some())))
                .expect("it works");
        }
        // An emulator of another machine does not hand on when something came.
        let emulated = cfg!(target_arch = "aarch64")
            && std::env::var_os("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER").is_some();
        assert_eq!(heard, [(vec![1, 2, 3], !emulated), (vec![4], !emulated)]);
        assert_eq!(receiver.dropped(), 0);
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let endpoint = "udp://127.0.0.1:0".parse().expect("an endpoint");
        let mut receiver = Receiver::open(&endpoint, 1).expect("it listens");
        let Endpoint::Udp(address) = receiver.endpoint() else { panic!("it is UDP") };
        let sender = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        for _ in 0..1_000 {
            sender.send_to(&[0; 1_000], address).expect("it is sent");
        }
        let mut heard = 0;
        while receiver.receive(|_| heard += 1).expect("it works") > 0 {}
        assert!(heard > 0);
        assert_eq!(receiver.dropped(), 1_000 - heard);
    }
}
