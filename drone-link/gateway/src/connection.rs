//! One connection: hellos, then whatever the link has to say, until it ends.

use std::net::SocketAddr;
use std::sync::Arc;

use drone_link::error::LinkError;
use drone_link::frame::Frame;
use drone_link::hello::{LinkTrust, Peer, Role};
use drone_link::lane::Lane;
use drone_link::limits::{HELLO_TIME, MAX_CONTROL_OCTETS, MAX_LANE_OCTETS};
use drone_link::link::{Input, Link, Output};
use drone_link::wire::{Control, Splitter, WireError, prefixed};
use quinn::{Connection, RecvStream, SendStream, VarInt};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use v2x_codec::time::Time64;

use crate::clock;
use crate::error::GatewayError;
use crate::limits::{LANE_ROOM, MAX_LOCAL_FRAMES, MAX_REASON_OCTETS, MAX_STREAM_MESSAGES};
use crate::report::{Report, Reporter};
use crate::shared::SharedLink;
use crate::standing::{Change, Standing};
use crate::tls;

/// The peer, or what it sent, is not believed.
const REFUSED: VarInt = VarInt::from_u32(1);
/// Another connection took the link over.
const TAKEN_OVER: VarInt = VarInt::from_u32(2);
/// The program ends.
pub(crate) const DONE: VarInt = VarInt::from_u32(0);

/// Octets that are read from a stream at once.
const READ_OCTETS: usize = 4096;

/// What a connection works with.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) standing: Standing,
    pub(crate) to_local: mpsc::Sender<Frame>,
    pub(crate) reporter: Reporter,
}

/// A connection whose peer has said who it is, and has not been answered yet.
pub(crate) struct Greeted {
    connection: Connection,
    control: (SendStream, ControlReader),
    binding: drone_link::hello::Binding,
    trust: LinkTrust,
    pub(crate) peer: Peer,
}

/// The drone's side: says hello and waits for the ground station's.
pub(crate) async fn greet_ground(
    connection: Connection,
    shared: &SharedLink,
    standing: &mut Standing,
) -> Result<Greeted, GatewayError> {
    let binding = tls::binding(&connection)?;
    let mut trust = standing.trust()?;
    let (mut send, receive) = connection.open_bi().await.map_err(|error| broken(&connection, error))?;
    let hello = shared.lock().hello(&binding, now()?)?;
    say(&connection, &mut send, &Control::Hello(hello)).await?;
    let mut reader = ControlReader::new(receive);
    let signed = reader.hello(&connection).await?;
    let peer = trust.verify(Role::Ground, &binding, now()?, &signed)?;
    Ok(Greeted { connection, control: (send, reader), binding, trust, peer })
}

/// The ground station's side: waits for the drone's hello. It is answered when it is clear which link it is for.
pub(crate) async fn greet_drone(
    connection: Connection,
    standing: &mut Standing,
) -> Result<Greeted, GatewayError> {
    let binding = tls::binding(&connection)?;
    let mut trust = standing.trust()?;
    let accepted = timeout(HELLO_TIME, connection.accept_bi()).await.map_err(|_| LinkError::NoHello)?;
    let (send, receive) = accepted.map_err(|error| broken(&connection, error))?;
    let mut reader = ControlReader::new(receive);
    let signed = reader.hello(&connection).await?;
    let peer = trust.verify(Role::Drone, &binding, now()?, &signed)?;
    Ok(Greeted { connection, control: (send, reader), binding, trust, peer })
}

impl Greeted {
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Answers a drone with the hello of its link.
    pub(crate) async fn answer(&mut self, shared: &SharedLink) -> Result<(), GatewayError> {
        let hello = shared.lock().hello(&self.binding, now()?)?;
        say(&self.connection, &mut self.control.0, &Control::Hello(hello)).await
    }

    /// Drives the link over this connection until it ends, and says why it did.
    pub(crate) async fn drive(self, shared: Arc<SharedLink>, means: Means) -> GatewayError {
        let Self { connection, control, binding, trust, peer } = self;
        let (number, mut latest) = shared.take_over();
        let address = connection.remote_address();
        let report = Report::Connected {
            peer: address,
            ticket: peer.chain().certificate().to_string(),
            rights: peer.rights,
            system: peer.hello.system,
        };
        let begun = now().and_then(|now| Ok(shared.lock().connect(binding, peer, now)?));
        let mut driver = Driver::new(connection.clone(), control, Arc::clone(&shared), trust, means, address);
        driver.means.reporter.say(report);
        let end = match begun {
            Err(error) => error,
            Ok(()) => tokio::select! {
                error = driver.run() => error,
                _ = latest.changed() => {
                    connection.close(TAKEN_OVER, b"another connection took the link over");
                    driver.broken("another connection took the link over")
                }
            },
        };
        shared.give_up(number);
        close_for(&connection, &end);
        end
    }
}

/// Tells the peer why, when it is about the peer.
pub(crate) fn close_for(connection: &Connection, error: &GatewayError) {
    let text = error.to_string();
    let reason = text.get(..MAX_REASON_OCTETS).unwrap_or(&text);
    if matches!(error, GatewayError::Link(_)) {
        connection.close(REFUSED, reason.as_bytes());
    } else {
        connection.close(DONE, b"");
    }
}

struct Driver {
    connection: Connection,
    shared: Arc<SharedLink>,
    trust: LinkTrust,
    means: Means,
    incoming: mpsc::Receiver<Result<Incoming, GatewayError>>,
    control: mpsc::Sender<Vec<u8>>,
    lanes: [mpsc::Sender<Vec<u8>>; 2],
    address: SocketAddr,
}

enum Incoming {
    Control(Vec<u8>),
    Lane(Lane, Vec<u8>),
}

impl Driver {
    fn new(
        connection: Connection,
        (send, reader): (SendStream, ControlReader),
        shared: Arc<SharedLink>,
        trust: LinkTrust,
        means: Means,
        address: SocketAddr,
    ) -> Self {
        let (sender, incoming) = mpsc::channel(MAX_LOCAL_FRAMES);
        tokio::spawn(read_control(reader, connection.clone(), sender.clone()));
        tokio::spawn(accept_lanes(connection.clone(), sender));
        let (control, messages) = mpsc::channel(MAX_STREAM_MESSAGES);
        tokio::spawn(write_stream(send, messages));
        let lanes = Lane::ALL.map(|lane| {
            let (sender, messages) = mpsc::channel(MAX_STREAM_MESSAGES);
            tokio::spawn(write_lane(connection.clone(), lane, messages));
            sender
        });
        Self { connection, shared, trust, means, incoming, control, lanes, address }
    }

    async fn run(&mut self) -> GatewayError {
        loop {
            if let Err(error) = self.step().await {
                return error;
            }
        }
    }

    async fn step(&mut self) -> Result<(), GatewayError> {
        self.flush()?;
        let next = self.shared.lock().poll_timeout();
        let pause = next.map_or(std::time::Duration::MAX, until);
        tokio::select! {
            message = next_with_room(&mut self.incoming, &self.means.to_local) => match message {
                Some(Ok(Incoming::Control(message))) => self.handle(Input::Control(&message)),
                Some(Ok(Incoming::Lane(lane, message))) => self.handle(Input::Lane(lane, &message)),
                Some(Err(error)) => Err(error),
                None => Err(self.broken("the streams have ended")),
            },
            datagram = self.connection.read_datagram() => match datagram {
                // A local side that does not keep up loses telemetry first.
                Ok(_) if self.means.to_local.capacity() < LANE_ROOM => Ok(()),
                Ok(datagram) => self.handle(Input::Datagram(&datagram)),
                Err(error) => Err(broken(&self.connection, error)),
            },
            () = self.shared.wake.notified() => Ok(()),
            change = self.means.standing.changed() => self.standing_changed(&change),
            () = sleep(pause) => {
                self.look_at_address();
                self.handle(Input::Timeout)
            }
        }
    }

    fn handle(&mut self, input: Input<'_>) -> Result<(), GatewayError> {
        Ok(self.shared.lock().handle(now()?, input, &mut self.trust)?)
    }

    fn standing_changed(&mut self, change: &Change) -> Result<(), GatewayError> {
        match change {
            Change::Ticket => {
                let ticket = self.means.standing.ticket();
                Ok(self.shared.lock().change_ticket(ticket, now()?)?)
            }
            Change::Lists => {
                self.trust = self.means.standing.trust()?;
                self.handle(Input::TrustChanged)
            }
        }
    }

    fn look_at_address(&mut self) {
        let to = self.connection.remote_address();
        if to != self.address {
            self.means.reporter.say(Report::Moved { from: self.address, to });
            self.address = to;
        }
    }

    /// Does what the link wants done.
    fn flush(&mut self) -> Result<(), GatewayError> {
        let shared = Arc::clone(&self.shared);
        let mut link = shared.lock();
        while let Some(output) = link.poll_output() {
            self.put(output)?;
        }
        Ok(())
    }

    fn put(&self, output: Output) -> Result<(), GatewayError> {
        match output {
            Output::Control(message) => self.write(&self.control, message),
            Output::Lane(lane, message) => {
                let [urgent, bulk] = &self.lanes;
                self.write(if lane == Lane::Urgent { urgent } else { bulk }, message)
            }
            // Too large for the path, or none are taken: there will be a next one.
            Output::Datagram(datagram) => {
                let _ = self.connection.send_datagram(datagram.into());
                Ok(())
            }
            local @ (Output::Deliver(_) | Output::Event(_)) => {
                put_local(local, self.address, &self.means);
                Ok(())
            }
        }
    }

    fn write(&self, stream: &mpsc::Sender<Vec<u8>>, message: Vec<u8>) -> Result<(), GatewayError> {
        stream.try_send(message).map_err(|_| self.broken("the peer takes nothing any more"))
    }

    fn broken(&self, why: &str) -> GatewayError {
        broken(&self.connection, why)
    }
}

/// The next message of a stream, once the local side has room for what is in it: streams wait, and lose nothing.
async fn next_with_room(
    incoming: &mut mpsc::Receiver<Result<Incoming, GatewayError>>,
    to_local: &mpsc::Sender<Frame>,
) -> Option<Result<Incoming, GatewayError>> {
    // A local side that has ended is found out by whoever sends to it.
    drop(to_local.reserve().await);
    incoming.recv().await
}

/// Hands on what is for this side.
fn put_local(output: Output, peer: SocketAddr, means: &Means) {
    match output {
        Output::Deliver(frame) => {
            let name = frame.message;
            if means.to_local.try_send(frame).is_err() {
                let what = format!("the local side does not keep up: message {name} is dropped");
                means.reporter.say(Report::Local { what });
            }
        }
        Output::Event(event) => means.reporter.say(Report::Link { peer, event }),
        Output::Control(_) | Output::Lane(..) | Output::Datagram(_) => {}
    }
}

/// Hands on what a link without a connection has for this side.
pub(crate) fn flush_local(link: &mut Link, peer: SocketAddr, means: &Means) {
    if link.peer().is_none() {
        while let Some(output) = link.poll_output() {
            put_local(output, peer, means);
        }
    }
}

/// Messages of the control stream, one after the other.
pub(crate) struct ControlReader {
    stream: RecvStream,
    splitter: Splitter,
}

impl ControlReader {
    const fn new(stream: RecvStream) -> Self {
        Self { stream, splitter: Splitter::new(MAX_CONTROL_OCTETS) }
    }

    /// The next message; `None` at the end of the stream.
    async fn next(&mut self, connection: &Connection) -> Result<Option<Vec<u8>>, GatewayError> {
        next_message(&mut self.stream, &mut self.splitter, connection).await
    }

    async fn hello(&mut self, connection: &Connection) -> Result<Vec<u8>, GatewayError> {
        let first = timeout(HELLO_TIME, self.next(connection)).await.map_err(|_| LinkError::NoHello)??;
        match Control::parse(&first.ok_or(LinkError::NoHello)?).map_err(LinkError::from)? {
            Control::Hello(signed) => Ok(signed),
            Control::Outcome { .. } => {
                Err(LinkError::from(WireError("something else before its hello")).into())
            }
        }
    }
}

async fn next_message(
    stream: &mut RecvStream,
    splitter: &mut Splitter,
    connection: &Connection,
) -> Result<Option<Vec<u8>>, GatewayError> {
    loop {
        if let Some(message) = splitter.take().map_err(LinkError::from)? {
            return Ok(Some(message));
        }
        let chunk = stream.read_chunk(READ_OCTETS, true).await;
        match chunk.map_err(|error| broken(connection, error))? {
            Some(chunk) => splitter.push(&chunk.bytes),
            None => return Ok(None),
        }
    }
}

async fn read_control(
    mut reader: ControlReader,
    connection: Connection,
    to: mpsc::Sender<Result<Incoming, GatewayError>>,
) {
    loop {
        let message = match reader.next(&connection).await {
            Ok(Some(message)) => Ok(Incoming::Control(message)),
            Ok(None) => Err(broken(&connection, "the control stream has ended")),
            Err(error) => Err(error),
        };
        let is_end = message.is_err();
        if to.send(message).await.is_err() || is_end {
            return;
        }
    }
}

async fn accept_lanes(connection: Connection, to: mpsc::Sender<Result<Incoming, GatewayError>>) {
    while let Ok(stream) = connection.accept_uni().await {
        tokio::spawn(read_lane(stream, connection.clone(), to.clone()));
    }
}

async fn read_lane(
    mut stream: RecvStream,
    connection: Connection,
    to: mpsc::Sender<Result<Incoming, GatewayError>>,
) {
    let mut first = [0];
    let lane = match stream.read_exact(&mut first).await {
        Ok(()) => {
            Lane::numbered(first[0]).ok_or_else(|| LinkError::from(WireError("a lane that is none")).into())
        }
        Err(error) => Err(broken(&connection, error)),
    };
    let mut splitter = Splitter::new(MAX_LANE_OCTETS);
    let end = match lane {
        Err(error) => error,
        Ok(lane) => loop {
            match next_message(&mut stream, &mut splitter, &connection).await {
                Ok(Some(message)) => {
                    if to.send(Ok(Incoming::Lane(lane, message))).await.is_err() {
                        return;
                    }
                }
                Ok(None) => break broken(&connection, "a lane has ended"),
                Err(error) => break error,
            }
        },
    };
    let _ = to.send(Err(end)).await;
}

async fn write_lane(connection: Connection, lane: Lane, messages: mpsc::Receiver<Vec<u8>>) {
    let Ok(mut stream) = connection.open_uni().await else { return };
    let _ = stream.set_priority(if lane == Lane::Urgent { 2 } else { 0 });
    if stream.write_all(&[lane.number()]).await.is_ok() {
        write_stream(stream, messages).await;
    }
}

async fn write_stream(mut stream: SendStream, mut messages: mpsc::Receiver<Vec<u8>>) {
    while let Some(message) = messages.recv().await {
        let Ok(octets) = prefixed(&message) else { return };
        if stream.write_all(&octets).await.is_err() {
            return;
        }
    }
}

async fn say(
    connection: &Connection,
    stream: &mut SendStream,
    message: &Control,
) -> Result<(), GatewayError> {
    // Outcomes are small; they and hellos overtake missions and wait for commands.
    let _ = stream.set_priority(1);
    let octets = prefixed(&message.encode()).map_err(LinkError::from)?;
    stream.write_all(&octets).await.map_err(|error| broken(connection, error))
}

pub(crate) fn now() -> Result<Time64, GatewayError> {
    clock::now().ok_or_else(|| GatewayError::Standing("the clock is before 2004".to_owned()))
}

fn until(time: Time64) -> std::time::Duration {
    let now = clock::now().unwrap_or(time);
    std::time::Duration::from_micros(time.micros_since(now).unwrap_or(0))
}

fn broken(connection: &Connection, why: impl ToString) -> GatewayError {
    // What the connection was closed for says more than that a stream of it broke.
    let why = connection.close_reason().map_or_else(|| why.to_string(), |reason| reason.to_string());
    GatewayError::Connection { peer: connection.remote_address(), why }
}
