//! One end of a link, over as many connections as it takes.
//!
//! A [`Link`] lives as long as the process at its end means the same peer. Whoever drives it opens or accepts a connection,
//! exchanges hellos ([`Link::hello`], [`LinkTrust::verify`]) and tells it of the peer ([`Link::connect`]); from then on what
//! comes is handed to [`Link::handle`]. When the connection ends, [`Link::disconnect`] is told, and what waits on the lanes
//! goes out over the next one.
//!
//! | from | checked |
//! | --- | --- |
//! | the local side of a ground station | own rights, so that what would be refused is refused at once |
//! | the local side of a drone | what a drone may send; system as in its hello |
//! | a ground station | its rights, target, deadline, order, replays |
//! | a drone | what a drone may send; system as in its hello, deadline, order, replays |

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use v2x_codec::time::Time64;
use v2x_security::sign::Identity;

use crate::error::LinkError;
use crate::feedback;
use crate::frame::Frame;
use crate::hello::{Binding, Hello, LinkTrust, Peer, Progress, Role};
use crate::lane::{Incoming, Lane, Outcome, Outgoing, Place, Waiting};
use crate::limits::{MAX_NEWEST, MAX_OUTPUTS, RECHECK_TIME};
use crate::replay_window::ReplayWindow;
use crate::rights::{Right, Rights};
use crate::table::{Delivery, RightsTable, Rule};
use crate::wire::{Control, Numbered, WireError};

/// What an end of a link is told once.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it is.
    pub role: Role,
    /// A drone's MAVLink system; 0 for a ground station.
    pub system: u8,
    /// Which message needs which right.
    pub table: Arc<RightsTable>,
    /// Random octets, drawn for this link.
    pub incarnation: [u8; 16],
}

/// What comes in.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// A frame of the local side.
    Local(Frame),
    /// A message on the control stream.
    Control(&'a [u8]),
    /// A message on a lane.
    Lane(Lane, &'a [u8]),
    /// A datagram.
    Datagram(&'a [u8]),
    /// Lists changed: whoever is at the other end is looked at again.
    TrustChanged,
    /// The time of [`Link::poll_timeout`] has come.
    Timeout,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this message on the control stream.
    Control(Vec<u8>),
    /// Send this message on a lane.
    Lane(Lane, Vec<u8>),
    /// Send this datagram, or drop it when there is no room: a later one follows.
    Datagram(Vec<u8>),
    /// Hand this frame to the local side.
    Deliver(Frame),
    /// Tell people.
    Event(Event),
}

/// What people may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A frame did not pass.
    Refused {
        /// What it was.
        message: String,
        /// Why.
        why: String,
    },
    /// A message on a lane ended otherwise than delivered.
    Lost {
        /// What it was.
        message: String,
        /// What became of it.
        outcome: Outcome,
    },
    /// The peer shows another ticket.
    OtherTicket {
        /// What it permits.
        rights: Rights,
    },
}

/// Counts since the link began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections whose peer said hello.
    pub connections: u64,
    /// Messages handed to the local side that came on a lane.
    pub delivered: u64,
    /// Messages on lanes that came too late to be handed on.
    pub expired: u64,
    /// Frames that were not permitted, either way.
    pub refused: u64,
    /// Datagrams handed to the local side.
    pub newest: u64,
    /// Datagrams that a later one had overtaken, that were too late, or came twice.
    pub stale: u64,
}

/// One end of a link.
pub struct Link {
    settings: Settings,
    identity: Arc<Identity>,
    rights: Rights,
    lanes: Lanes,
    connection: Option<Connection>,
    outputs: VecDeque<Output>,
    counts: Counts,
}

/// What outlasts a connection.
#[derive(Default)]
struct Lanes {
    /// The peer's incarnation.
    peer: Option<[u8; 16]>,
    outgoing: [Outgoing; 2],
    incoming: [Incoming; 2],
}

struct Connection {
    binding: Binding,
    peer: Peer,
    next_check: Time64,
    /// Datagrams that were sent.
    sent: u64,
    window: ReplayWindow,
    /// The greatest number of each kind of message.
    newest: HashMap<(u8, u8, u32), u64>,
}

impl Link {
    /// A link that has no connection yet.
    ///
    /// # Errors
    /// [`LinkError::Rights`], [`LinkError::Role`] when the own ticket does not permit it: no peer would take it.
    pub fn new(settings: Settings, identity: Arc<Identity>) -> Result<Self, LinkError> {
        let rights = own_rights(settings.role, &identity)?;
        let (lanes, outputs, counts) = (Lanes::default(), VecDeque::new(), Counts::default());
        Ok(Self { settings, identity, rights, lanes, connection: None, outputs, counts })
    }

    /// The own hello for a connection.
    ///
    /// # Errors
    /// What a receiver would answer: the ticket has run out, say.
    pub fn hello(&self, binding: &Binding, now: Time64) -> Result<Vec<u8>, LinkError> {
        let Settings { role, system, incarnation, .. } = self.settings;
        let hello = Hello { role, system, incarnation, progress: self.lanes.progress() };
        hello.sign(&self.identity, binding, now)
    }

    /// The peer of a connection said hello. What it has not taken in yet is sent again.
    ///
    /// # Errors
    /// [`LinkError::Hello`] when it is of the same role; [`LinkError::OutOfStep`].
    pub fn connect(&mut self, binding: Binding, peer: Peer, now: Time64) -> Result<(), LinkError> {
        if peer.hello.role != self.settings.role.peer() {
            return Err(LinkError::Hello("is of the same role as this end"));
        }
        self.disconnect();
        self.resume(&peer)?;
        self.counts.connections += 1;
        let (window, newest) = (ReplayWindow::default(), HashMap::new());
        let next_check = now.saturating_add_micros(RECHECK);
        self.connection = Some(Connection { binding, peer, next_check, sent: 0, window, newest });
        Ok(())
    }

    fn resume(&mut self, peer: &Peer) -> Result<(), LinkError> {
        let Hello { incarnation, progress, .. } = peer.hello;
        if self.lanes.peer != Some(incarnation) {
            self.lanes.peer = Some(incarnation);
            self.lanes.incoming = Default::default();
        }
        if progress.known != self.settings.incarnation {
            self.forget(peer);
        }
        for lane in Lane::ALL {
            self.resume_lane(lane, progress)?;
        }
        Ok(())
    }

    /// The peer knows nothing of this end: what it had taken in nobody knows.
    fn forget(&mut self, peer: &Peer) {
        for lane in Lane::ALL {
            let lost = self.lanes.outgoing(lane).restart();
            lost.iter().for_each(|waiting| self.settled(waiting, Outcome::Unknown, peer.hello.system));
        }
    }

    fn resume_lane(&mut self, lane: Lane, progress: Progress) -> Result<(), LinkError> {
        let at = lane.index();
        let next = progress.next.get(at).copied().unwrap_or(0);
        let again = self.lanes.unsent(lane, next)?;
        for message in again {
            self.put(Output::Lane(lane, message))?;
        }
        let from = progress.first.get(at).copied().unwrap_or(0);
        let told: Vec<_> = self.lanes.incoming(lane).outcomes(from).collect();
        for (number, outcome) in told {
            self.put(Output::Control(Control::Outcome { lane, number, outcome }.encode()))?;
        }
        Ok(())
    }

    /// The connection is gone. What waits on the lanes waits on.
    pub fn disconnect(&mut self) {
        self.connection = None;
        // What was to be sent was for that connection; the lanes keep what must not be lost.
        self.outputs.retain(|output| matches!(output, Output::Deliver(_) | Output::Event(_)));
    }

    /// Shows another ticket from now on, on the same connection if there is one.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`hello`](Self::hello); the ticket before is kept then.
    pub fn change_ticket(&mut self, identity: Arc<Identity>, now: Time64) -> Result<(), LinkError> {
        let rights = own_rights(self.settings.role, &identity)?;
        let before = std::mem::replace(&mut self.identity, identity);
        let hello =
            self.connection.as_ref().map(|connection| self.hello(&connection.binding, now)).transpose();
        match hello {
            Ok(hello) => {
                self.rights = rights;
                hello.map_or(Ok(()), |signed| self.put(Output::Control(Control::Hello(signed).encode())))
            }
            Err(error) => {
                self.identity = before;
                Err(error)
            }
        }
    }

    /// Takes in one thing.
    ///
    /// # Errors
    /// [`LinkError`]: the connection is to be closed for it. A frame that is not permitted is no error: it does not pass, and
    /// an [`Event`] says so.
    pub fn handle(&mut self, now: Time64, input: Input<'_>, trust: &mut LinkTrust) -> Result<(), LinkError> {
        self.check_room()?;
        match input {
            Input::Local(frame) => self.send(now, frame),
            Input::Control(message) => self.control(now, message, trust),
            Input::Lane(lane, message) => self.lane(now, lane, message),
            Input::Datagram(datagram) => self.datagram(now, datagram),
            Input::TrustChanged => self.look_again(now, trust),
            Input::Timeout => self.timeout(now),
        }
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When it wants to be called again.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time64> {
        self.connection.as_ref().map(|connection| connection.next_check)
    }

    /// Who is at the other end now.
    #[must_use]
    pub fn peer(&self) -> Option<&Peer> {
        self.connection.as_ref().map(|connection| &connection.peer)
    }

    /// What has happened so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Messages whose outcome is not known yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lanes.outgoing.iter().map(Outgoing::len).sum()
    }

    /// Takes in a frame of the local side: [`Input::Local`] for who has nobody's trust at hand, which it does not need.
    ///
    /// # Errors
    /// As [`handle`](Self::handle).
    pub fn send(&mut self, now: Time64, frame: Frame) -> Result<(), LinkError> {
        self.check_room()?;
        match self.local_rule(&frame) {
            Ok(Rule { delivery: Delivery::Newest, .. }) => self.send_newest(now, &frame),
            Ok(Rule { delivery: Delivery::Ordered(lane), .. }) => self.send_ordered(now, lane, frame),
            Err(why) => {
                self.refused(&frame, why);
                self.feed_back(&frame, Outcome::Refused, self.peer_system())
            }
        }
    }

    fn check_room(&self) -> Result<(), LinkError> {
        if self.outputs.len() >= MAX_OUTPUTS { Err(LinkError::OutputFull) } else { Ok(()) }
    }

    fn local_rule(&self, frame: &Frame) -> Result<Rule, String> {
        let table = &self.settings.table;
        match self.settings.role {
            Role::Ground => table.from_ground(frame, self.rights).map_err(|error| error.to_string()),
            Role::Drone if frame.system != self.settings.system => {
                Err(other_system(frame, self.settings.system))
            }
            Role::Drone => table.from_drone(frame, self.rights).map_err(|error| error.to_string()),
        }
    }

    fn send_newest(&mut self, now: Time64, frame: &Frame) -> Result<(), LinkError> {
        let is_drone = self.settings.role == Role::Drone;
        let Some(connection) = &mut self.connection else { return Ok(()) };
        if is_drone && !connection.peer.rights.has(Right::Telemetry) {
            return Ok(());
        }
        let octets = frame.encode().map_err(|_| WireError("a frame that cannot be written"))?;
        let datagram = Numbered { number: connection.sent, sent: now, frame: &octets }.encode();
        connection.sent += 1;
        self.put(Output::Datagram(datagram))
    }

    fn send_ordered(&mut self, now: Time64, lane: Lane, frame: Frame) -> Result<(), LinkError> {
        let message = match self.lanes.push(lane, frame.clone(), now) {
            Ok(message) => message,
            Err(full) => {
                self.refused(&frame, full);
                return self.feed_back(&frame, Outcome::Expired, self.peer_system());
            }
        };
        if self.connection.is_some() { self.put(Output::Lane(lane, message)) } else { Ok(()) }
    }

    fn control(&mut self, now: Time64, message: &[u8], trust: &mut LinkTrust) -> Result<(), LinkError> {
        match Control::parse(message)? {
            Control::Hello(signed) => self.other_ticket(now, &signed, trust),
            Control::Outcome { lane, number, outcome } => self.outcome(lane, number, outcome),
        }
    }

    fn other_ticket(&mut self, now: Time64, signed: &[u8], trust: &mut LinkTrust) -> Result<(), LinkError> {
        let connection = self.connection.as_mut().ok_or(LinkError::NotConnected)?;
        let peer = trust.verify(connection.peer.hello.role, &connection.binding, now, signed)?;
        let (before, after) = (connection.peer.hello, peer.hello);
        if (before.incarnation, before.system) != (after.incarnation, after.system) {
            return Err(LinkError::Hello("is of another drone or ground station than the one before"));
        }
        let rights = peer.rights;
        connection.peer = peer;
        self.put(Output::Event(Event::OtherTicket { rights }))
    }

    fn outcome(&mut self, lane: Lane, number: u64, outcome: Outcome) -> Result<(), LinkError> {
        let Some(waiting) = self.lanes.outgoing(lane).settle(number)? else { return Ok(()) };
        self.settled(&waiting, outcome, self.peer_system());
        Ok(())
    }

    fn settled(&mut self, waiting: &Waiting, outcome: Outcome, drone: u8) {
        if outcome == Outcome::Delivered {
            return;
        }
        self.note(Event::Lost { message: waiting.frame.name(), outcome });
        let _ = self.feed_back(&waiting.frame, outcome, drone);
    }

    fn lane(&mut self, now: Time64, lane: Lane, message: &[u8]) -> Result<(), LinkError> {
        let numbered = Numbered::parse(message)?;
        let connection = self.connection.as_ref().ok_or(LinkError::NotConnected)?;
        match self.lanes.incoming(lane).place(numbered.number) {
            Place::Before => return Ok(()),
            Place::Ahead => return Err(WireError("a message out of order").into()),
            Place::Next => {}
        }
        let frame = whole_frame(numbered.frame)?;
        let (outcome, why) = match self.peer_rule(&frame, &connection.peer) {
            Err(why) => (Outcome::Refused, Some(why)),
            Ok(rule) if is_late(numbered.sent, rule, now) => (Outcome::Expired, None),
            Ok(_) => (Outcome::Delivered, None),
        };
        self.count(outcome);
        if let Some(why) = why {
            self.refused_by_peer(&frame, why);
        }
        if outcome == Outcome::Delivered {
            self.put(Output::Deliver(frame))?;
        }
        self.lanes.incoming(lane).advance(outcome);
        self.put(Output::Control(Control::Outcome { lane, number: numbered.number, outcome }.encode()))
    }

    const fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Delivered => self.counts.delivered += 1,
            Outcome::Expired => self.counts.expired += 1,
            Outcome::Refused => self.counts.refused += 1,
            Outcome::Unknown => {}
        }
    }

    fn datagram(&mut self, now: Time64, datagram: &[u8]) -> Result<(), LinkError> {
        let numbered = Numbered::parse(datagram)?;
        let connection = self.connection.as_mut().ok_or(LinkError::NotConnected)?;
        if !connection.window.take(numbered.number) {
            self.counts.stale += 1;
            return Ok(());
        }
        let frame = whole_frame(numbered.frame)?;
        let Some(connection) = &self.connection else { return Ok(()) };
        match self.peer_rule(&frame, &connection.peer) {
            Ok(rule) if is_late(numbered.sent, rule, now) || !self.is_newest(&frame, numbered.number) => {
                self.counts.stale += 1;
                Ok(())
            }
            Ok(_) => {
                self.counts.newest += 1;
                self.put(Output::Deliver(frame))
            }
            Err(why) => {
                self.counts.refused += 1;
                self.refused_by_peer(&frame, why);
                Ok(())
            }
        }
    }

    /// Whether nothing later of the same kind came before. What is sent on a lane is not asked: it has its order there.
    fn is_newest(&mut self, frame: &Frame, number: u64) -> bool {
        let Some(connection) = &mut self.connection else { return false };
        let kind = (frame.system, frame.component, frame.message);
        if connection.newest.len() >= MAX_NEWEST && !connection.newest.contains_key(&kind) {
            connection.newest.clear();
        }
        let newest = connection.newest.entry(kind).or_insert(number);
        let is_newest = number >= *newest;
        *newest = number.max(*newest);
        is_newest
    }

    /// What holds for a frame of the peer, whatever the peer thinks.
    fn peer_rule(&self, frame: &Frame, peer: &Peer) -> Result<Rule, String> {
        let table = &self.settings.table;
        match self.settings.role {
            Role::Drone => {
                let (system, _) = frame.target();
                if system != 0 && system != self.settings.system {
                    return Err(format!("{} is for system {system}", frame.name()));
                }
                if frame.system == self.settings.system {
                    return Err(format!("{} says it is from the drone itself", frame.name()));
                }
                table.from_ground(frame, peer.rights).map_err(|error| error.to_string())
            }
            Role::Ground if frame.system != peer.hello.system => Err(other_system(frame, peer.hello.system)),
            Role::Ground => table.from_drone(frame, peer.rights).map_err(|error| error.to_string()),
        }
    }

    fn look_again(&mut self, now: Time64, trust: &mut LinkTrust) -> Result<(), LinkError> {
        match &self.connection {
            Some(connection) => trust.check_again(&connection.peer, now),
            None => Ok(()),
        }
    }

    fn timeout(&mut self, now: Time64) -> Result<(), LinkError> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        connection.next_check = now.saturating_add_micros(RECHECK);
        connection.peer.check_time(now)
    }

    /// The drone whose messages a ground station was to get answers from.
    fn peer_system(&self) -> u8 {
        self.peer().map_or(0, |peer| peer.hello.system)
    }

    /// Tells the local ground station what became of its message, in the drone's name.
    fn feed_back(&mut self, frame: &Frame, outcome: Outcome, drone: u8) -> Result<(), LinkError> {
        let (target, _) = frame.target();
        let drone = if target == 0 { drone } else { target };
        let is_ground = self.settings.role == Role::Ground;
        match feedback::answer(frame, drone, outcome).filter(|_| is_ground && drone != 0) {
            Some(answer) => self.put(Output::Deliver(answer)),
            None => Ok(()),
        }
    }

    fn refused(&mut self, frame: &Frame, why: impl ToString) {
        self.counts.refused += 1;
        self.note(Event::Refused { message: frame.name(), why: why.to_string() });
    }

    fn refused_by_peer(&mut self, frame: &Frame, why: String) {
        self.note(Event::Refused { message: frame.name(), why });
    }

    /// Events are for people: where nobody takes them, they are left out.
    fn note(&mut self, event: Event) {
        let _ = self.put(Output::Event(event));
    }

    fn put(&mut self, output: Output) -> Result<(), LinkError> {
        // What one input makes has room above what stops the next input.
        if self.outputs.len() >= MAX_OUTPUTS.saturating_mul(2) {
            return Err(LinkError::OutputFull);
        }
        self.outputs.push_back(output);
        Ok(())
    }
}

impl Lanes {
    fn progress(&self) -> Progress {
        Progress {
            known: self.peer.unwrap_or_default(),
            next: self.incoming.each_ref().map(Incoming::next),
            first: self.outgoing.each_ref().map(Outgoing::first),
        }
    }

    fn incoming(&mut self, lane: Lane) -> &mut Incoming {
        let [urgent, bulk] = &mut self.incoming;
        match lane {
            Lane::Urgent => urgent,
            Lane::Bulk => bulk,
        }
    }

    fn outgoing(&mut self, lane: Lane) -> &mut Outgoing {
        let [urgent, bulk] = &mut self.outgoing;
        match lane {
            Lane::Urgent => urgent,
            Lane::Bulk => bulk,
        }
    }

    fn push(&mut self, lane: Lane, frame: Frame, now: Time64) -> Result<Vec<u8>, String> {
        let octets = frame.encode().map_err(|error| error.to_string())?;
        let number = self.outgoing(lane).push(frame, now).map_err(|full| full.to_string())?.number;
        Ok(Numbered { number, sent: now, frame: &octets }.encode())
    }

    /// The messages from `next` on, as they were sent before.
    fn unsent(&mut self, lane: Lane, next: u64) -> Result<Vec<Vec<u8>>, LinkError> {
        let again = self.outgoing(lane).from(next)?.filter_map(|waiting| {
            let octets = waiting.frame.encode().ok()?;
            Some(Numbered { number: waiting.number, sent: waiting.sent, frame: &octets }.encode())
        });
        Ok(again.collect())
    }
}

/// Microseconds from one look at the peer's ticket to the next.
const RECHECK: u64 = RECHECK_TIME.as_micros() as u64;

fn own_rights(role: Role, identity: &Identity) -> Result<Rights, LinkError> {
    let rights = Rights::of_certificate(identity.certificate())?;
    let may = match role {
        Role::Drone => rights.has(Right::Drone),
        Role::Ground => true,
    };
    if may { Ok(rights) } else { Err(LinkError::Role(role.name())) }
}

fn other_system(frame: &Frame, system: u8) -> String {
    format!("{} is of system {}, and the drone is system {system}", frame.name(), frame.system)
}

/// Whether a message has become too old to be handed on. A sender whose clock is ahead gains nothing by it: what was sent in the
/// future is as old as it is here.
fn is_late(sent: Time64, rule: Rule, now: Time64) -> bool {
    now.micros_since(sent).is_some_and(|age| u128::from(age) > rule.deadline.as_micros())
}

fn whole_frame(octets: &[u8]) -> Result<Frame, WireError> {
    match Frame::parse(octets) {
        Ok((frame, taken)) if taken == octets.len() => Ok(frame),
        Ok(_) | Err(_) => Err(WireError("a message that is not one MAVLink frame")),
    }
}
