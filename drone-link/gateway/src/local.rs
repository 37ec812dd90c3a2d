//! The local side: an autopilot or a ground station that speaks MAVLink over UDP, TCP or a serial line.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use drone_link::frame::{Frame, FrameError};
use drone_link::framer::Framer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket, lookup_host};
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};

use crate::clock;
use crate::error::GatewayError;
use crate::limits::{LONGEST_PAUSE, MAX_LOCAL_FRAMES, SIGNING_SAVE};
use crate::report::{Report, Reporter};
use crate::serial;
use crate::signing_file::SigningFile;

/// The longest datagram of UDP.
const MAX_UDP_OCTETS: usize = 65_536;
/// Octets that are read from a stream at once.
const READ_OCTETS: usize = 4096;
/// Bits a second of a serial line whose address says nothing: what telemetry ports of autopilots are set to.
const USUAL_BAUD: u32 = 57_600;

/// Where the local side is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalAddress {
    /// Send to this host and port, and listen for what comes back.
    UdpOut(String),
    /// Listen here, and answer to whoever spoke last.
    UdpIn(String),
    /// Connect to this host and port.
    TcpOut(String),
    /// Listen here for one connection at a time.
    TcpIn(String),
    /// A serial line.
    Serial {
        /// The device.
        device: String,
        /// Bits a second.
        baud: u32,
    },
}

impl FromStr for LocalAddress {
    type Err = GatewayError;

    fn from_str(text: &str) -> Result<Self, GatewayError> {
        let wrong = |why| GatewayError::Address { address: text.to_owned(), why };
        let known = "give udp://HOST:PORT, udpin://HOST:PORT, tcp://HOST:PORT, tcpin://HOST:PORT or serial:DEVICE[:BAUD]";
        let (scheme, rest) = text.split_once(':').ok_or_else(|| wrong(known))?;
        if scheme == "serial" {
            return serial_line(rest).ok_or_else(|| wrong("give serial:DEVICE or serial:DEVICE:BAUD"));
        }
        let place = rest.strip_prefix("//").unwrap_or(rest).trim_end_matches('/').to_owned();
        let port = place.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        if port.is_none_or(|port| port == 0) {
            return Err(wrong("give HOST:PORT, with a port from 1 to 65535"));
        }
        match scheme {
            "udp" | "udpout" => Ok(Self::UdpOut(place)),
            "udpin" => Ok(Self::UdpIn(place)),
            "tcp" => Ok(Self::TcpOut(place)),
            "tcpin" => Ok(Self::TcpIn(place)),
            _ => Err(wrong(known)),
        }
    }
}

fn serial_line(rest: &str) -> Option<LocalAddress> {
    let (device, baud) = match rest.rsplit_once(':') {
        Some((device, baud)) => (device, baud.parse().ok()?),
        None => (rest, USUAL_BAUD),
    };
    (!device.is_empty()).then(|| LocalAddress::Serial { device: device.to_owned(), baud })
}

impl fmt::Display for LocalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UdpOut(place) => write!(f, "udp://{place}"),
            Self::UdpIn(place) => write!(f, "udpin://{place}"),
            Self::TcpOut(place) => write!(f, "tcp://{place}"),
            Self::TcpIn(place) => write!(f, "tcpin://{place}"),
            Self::Serial { device, baud } => write!(f, "serial:{device}:{baud}"),
        }
    }
}

/// The local side as the rest of the gateway sees it.
pub struct LocalSide {
    /// Frames to the local side.
    pub to: mpsc::Sender<Frame>,
    /// Frames from the local side, whose signatures were checked where there is a key.
    pub from: mpsc::Receiver<Frame>,
}

/// Opens the local side, and keeps it open: a stream that ends is opened again.
///
/// # Errors
/// [`GatewayError::Io`] when it cannot be opened at first: a port in use, a name that is none.
pub async fn open(
    address: LocalAddress,
    signing: Option<SigningFile>,
    reporter: Reporter,
) -> Result<LocalSide, GatewayError> {
    let (to, outgoing) = mpsc::channel(MAX_LOCAL_FRAMES);
    let (incoming, from) = mpsc::channel(MAX_LOCAL_FRAMES);
    let side = Side { address: address.clone(), signing, outgoing, incoming, reporter };
    match address {
        LocalAddress::UdpOut(place) => {
            let peer = resolve(&place).await?;
            let any = if peer.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
            let socket = UdpSocket::bind(any).await.map_err(GatewayError::io(any))?;
            tokio::spawn(side.over_udp(socket, Some(peer)));
        }
        LocalAddress::UdpIn(place) => {
            let socket = UdpSocket::bind(&place).await.map_err(GatewayError::io(&place))?;
            tokio::spawn(side.over_udp(socket, None));
        }
        LocalAddress::TcpIn(place) => {
            let listener = TcpListener::bind(&place).await.map_err(GatewayError::io(&place))?;
            tokio::spawn(side.over_tcp_in(listener));
        }
        LocalAddress::TcpOut(place) => _ = tokio::spawn(side.over_tcp_out(place)),
        LocalAddress::Serial { device, baud } => {
            let line = serial::open(&device, baud).map_err(GatewayError::io(&device))?;
            tokio::spawn(side.over_serial(line, device, baud));
        }
    }
    Ok(LocalSide { to, from })
}

async fn resolve(place: &str) -> Result<SocketAddr, GatewayError> {
    let mut found = lookup_host(place).await.map_err(GatewayError::io(place))?;
    let none = || GatewayError::Address { address: place.to_owned(), why: "the name has no address" };
    found.next().ok_or_else(none)
}

struct Side {
    address: LocalAddress,
    signing: Option<SigningFile>,
    outgoing: mpsc::Receiver<Frame>,
    incoming: mpsc::Sender<Frame>,
    reporter: Reporter,
}

/// Why a stream is left.
enum Left {
    /// It broke: another may follow.
    Broke(std::io::Error),
    /// The gateway has ended.
    Done,
}

impl Side {
    async fn over_udp(mut self, socket: UdpSocket, fixed: Option<SocketAddr>) {
        let (mut peer, mut buffer, mut save) = (fixed, vec![0; MAX_UDP_OCTETS], every(SIGNING_SAVE));
        loop {
            tokio::select! {
                // An error is of an earlier datagram, that nobody listens yet: the next may be taken.
                received = socket.recv_from(&mut buffer) => if let Ok((length, from)) = received {
                    peer = fixed.or(Some(from));
                    if !self.take_in(&mut Framer::new(), buffer.get(..length).unwrap_or_default()).await { break }
                },
                frame = self.outgoing.recv() => {
                    let Some(frame) = frame else { break };
                    if let (Some(octets), Some(peer)) = (self.octets(&frame), peer) {
                        let _ = socket.send_to(&octets, peer).await;
                    }
                }
                _ = save.tick() => self.reserve(),
            }
        }
        self.close();
    }

    async fn over_tcp_in(mut self, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    if !self.serve(stream).await {
                        break;
                    }
                }
                Err(error) => self.say(format!("no connection is taken: {error}")),
            }
        }
        self.close();
    }

    async fn over_tcp_out(mut self, place: String) {
        loop {
            match TcpStream::connect(&place).await {
                Ok(stream) => {
                    if !self.serve(stream).await {
                        break;
                    }
                }
                Err(error) => self.say(format!("cannot be reached: {error}")),
            }
            sleep(LONGEST_PAUSE).await;
        }
        self.close();
    }

    async fn over_serial(mut self, line: serial::Line, device: String, baud: u32) {
        let mut line = Some(line);
        loop {
            if let Some(line) = line.take()
                && !self.serve(line).await
            {
                break;
            }
            sleep(LONGEST_PAUSE).await;
            match serial::open(&device, baud) {
                Ok(opened) => line = Some(opened),
                Err(error) => self.say(format!("cannot be opened: {error}")),
            }
        }
        self.close();
    }

    /// Serves one stream to its end. Whether another may follow.
    async fn serve(&mut self, stream: impl AsyncRead + AsyncWrite + Unpin) -> bool {
        match self.serve_stream(stream).await {
            Left::Done => false,
            Left::Broke(error) => {
                self.say(format!("the connection ended: {error}"));
                true
            }
        }
    }

    async fn serve_stream(&mut self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> Left {
        let (mut framer, mut buffer, mut save) = (Framer::new(), vec![0; READ_OCTETS], every(SIGNING_SAVE));
        loop {
            tokio::select! {
                read = stream.read(&mut buffer) => match read {
                    Ok(0) => return Left::Broke(std::io::ErrorKind::UnexpectedEof.into()),
                    Ok(length) => {
                        if !self.take_in(&mut framer, buffer.get(..length).unwrap_or_default()).await {
                            return Left::Done;
                        }
                    }
                    Err(error) => return Left::Broke(error),
                },
                frame = self.outgoing.recv() => {
                    let Some(frame) = frame else { return Left::Done };
                    let Some(octets) = self.octets(&frame) else { continue };
                    if let Err(error) = stream.write_all(&octets).await {
                        return Left::Broke(error);
                    }
                }
                _ = save.tick() => self.reserve(),
            }
        }
    }

    /// Hands on what came. Whether anybody still takes it.
    async fn take_in(&mut self, framer: &mut Framer, octets: &[u8]) -> bool {
        let mut found = Vec::new();
        framer.push(octets, |result| found.push(result));
        for result in found {
            let believed = result.map_err(|error| frame_error(&error)).and_then(|frame| self.believe(frame));
            match believed {
                Ok(frame) => {
                    if self.incoming.send(frame).await.is_err() {
                        return false;
                    }
                }
                Err(Some(why)) => self.say(why),
                Err(None) => {}
            }
        }
        true
    }

    fn believe(&mut self, frame: Frame) -> Result<Frame, Option<String>> {
        let Some(signing) = &mut self.signing else { return Ok(frame) };
        match clock::now().map(|now| signing.check(&frame, now)) {
            Some(Ok(())) => Ok(frame),
            Some(Err(error)) => Err(Some(format!("{} is not believed: {error}", frame.name()))),
            None => Err(Some("the clock is before 2004".to_owned())),
        }
    }

    fn octets(&mut self, frame: &Frame) -> Option<Vec<u8>> {
        let octets = match &mut self.signing {
            None => frame.encode().map_err(|error| error.to_string()),
            Some(signing) => clock::now()
                .ok_or_else(|| "the clock is before 2004".to_owned())
                .and_then(|now| signing.sign(frame, now).map_err(|error| error.to_string())),
        };
        octets.map_err(|why| self.say(format!("{} is not sent: {why}", frame.name()))).ok()
    }

    fn reserve(&mut self) {
        let Some(now) = clock::now() else { return };
        if let Some(Err(error)) = self.signing.as_mut().map(|signing| signing.reserve(now)) {
            self.say(error.to_string());
        }
    }

    fn close(self) {
        let Self { signing, reporter, address, .. } = self;
        if let Some(Err(error)) = signing.map(SigningFile::close) {
            reporter.say(Report::Local { what: format!("{address}: {error}") });
        }
    }

    fn say(&self, what: String) {
        self.reporter.say(Report::Local { what: format!("{}: {what}", self.address) });
    }
}

/// What a person should know of octets that are no frame: noise on a line is not worth a word.
fn frame_error(error: &FrameError) -> Option<String> {
    match error {
        FrameError::UnknownMessage(_) | FrameError::NoSystem => Some(error.to_string()),
        FrameError::Incomplete { .. }
        | FrameError::NoStart(_)
        | FrameError::Flags(_)
        | FrameError::Checksum { .. } => None,
    }
}

fn every(period: std::time::Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (text, expected) in [
            ("udp://127.0.0.1:14550", "udp://127.0.0.1:14550"),
            ("udpout:[::1]:14550", "udp://[::1]:14550"),
            ("udpin://0.0.0.0:14540", "udpin://0.0.0.0:14540"),
            ("tcp://localhost:5760/", "tcp://localhost:5760"),
            ("tcpin://127.0.0.1:5760", "tcpin://127.0.0.1:5760"),
            ("serial:/dev/ttyACM0:115200", "serial:/dev/ttyACM0:115200"),
            ("serial:/dev/ttyS1", "serial:/dev/ttyS1:57600"),
        ] {
            assert_eq!(text.parse::<LocalAddress>().unwrap().to_string(), expected);
        }
        for text in [
            "",
            "udp",
            "udp://127.0.0.1",
            "udp://x:0",
            "udp://x:70000",
            "http://x:80",
            "serial:",
            "serial:x:fast",
        ] {
            assert!(text.parse::<LocalAddress>().is_err(), "{text}");
        }
    }
}
