//! What a station makes of what it hears: one packet at a time, many at once, or a message that was verified elsewhere.

use v2x_codec::time::Time64;
use v2x_security::clock::Clock;
use v2x_security::id::{HashedId3, HashedId8};
use v2x_security::p2pcd::PeerCertificates;
use v2x_security::refusal::Refusal;
use v2x_security::trust::{Role, TrustStore};
use v2x_security::verified::Received;

use super::{Heard, Station};
use crate::kinematics::Kinematics;
use crate::router::{Reception, Router};

/// What messages teach that needs the verifier, which is at work while they are heard.
#[derive(Default)]
struct Lessons {
    /// Certificates that peers ask for.
    asked: Vec<HashedId3>,
    /// Authorities' certificates that peers sent.
    offered: Vec<(Clock, Vec<u8>)>,
}

impl Station {
    /// Verifies a packet that was heard, learns what it teaches about peers, and keeps it to be repeated where due.
    ///
    /// # Errors
    /// Why the packet is not believed.
    pub fn receive<'p>(&mut self, clock: &Clock, packet: &'p [u8]) -> Result<Heard<'p>, Refusal> {
        let message = match self.verifier.verify_packet(clock, packet) {
            Ok(message) => message,
            Err(refusal) => {
                self.missed(clock.now(), &refusal);
                return Err(refusal);
            }
        };
        let reception = self.hear(clock, packet, &message, message.is_new_signer());
        Ok(Heard { message, reception })
    }

    /// As [`receive`](Self::receive) for many packets, whose signatures are verified together. Tells `judged` of each by its
    /// place, in their order.
    pub fn receive_all<'p>(
        &mut self,
        packets: &[(Clock, &'p [u8])],
        mut judged: impl FnMut(usize, Result<Heard<'p>, Refusal>),
    ) {
        let mut lessons = Lessons::default();
        let Self { verifier, peers, router, position, .. } = self;
        let mut places = packets.iter().enumerate();
        verifier.verify_packets(packets.iter().copied(), |outcome| {
            let Some((place, (clock, packet))) = places.next() else { return };
            let heard = match outcome {
                Ok(message) => {
                    lessons.take(clock, peers, &message, message.is_new_signer());
                    let reception = route(router, *position, clock.now(), packet, &message);
                    Ok(Heard { message, reception })
                }
                Err(refusal) => {
                    ask(peers, clock.now(), &refusal);
                    Err(refusal)
                }
            };
            judged(place, heard);
        });
        self.learn(lessons);
    }

    /// Takes a message that another verifier of the same trust vouches for: in a simulation that verifies each message once.
    /// `is_new` says whether this station meets its signer for the first time.
    pub fn hear(&mut self, clock: &Clock, packet: &[u8], message: &Received<'_>, is_new: bool) -> Reception {
        let mut lessons = Lessons::default();
        lessons.take(clock, &mut self.peers, message, is_new);
        self.learn(lessons);
        route(&mut self.router, self.position, clock.now(), packet, message)
    }

    /// Takes note of what kept a message from being believed: what is missing goes into the requests of the next CAMs.
    pub fn missed(&mut self, now: Time64, refusal: &Refusal) {
        ask(&mut self.peers, now, refusal);
    }

    fn learn(&mut self, lessons: Lessons) {
        for (clock, octets) in lessons.offered {
            if let Ok(certificate) = self.verifier.learn_issuer(&clock, &octets) {
                self.peers.learned(certificate.hashed_id8());
                self.peers.answered_by_another(certificate.hashed_id8());
            }
        }
        if let Some(own) = self.current.filter(|_| !lessons.asked.is_empty()) {
            let trust = self.verifier.trust();
            for digests in lessons.asked.chunks(v2x_security::limits::MAX_DIGESTS_READ) {
                self.peers.asked(digests, own, |digest| authority(trust, digest));
            }
        }
    }
}

impl Lessons {
    fn take(&mut self, clock: &Clock, peers: &mut PeerCertificates, message: &Received<'_>, is_new: bool) {
        peers.learned(message.signer().certificate().hashed_id8());
        if is_new {
            peers.new_station();
        }
        let header = message.header();
        // Each message's own share, so that one sender's list does not push out another's.
        let read = header.inline_p2pcd_request.iter().take(v2x_security::limits::MAX_DIGESTS_READ);
        self.asked.extend(read);
        if let Some(octets) = &header.requested_certificate {
            self.offered.push((*clock, octets.clone()));
        }
    }
}

fn ask(peers: &mut PeerCertificates, now: Time64, refusal: &Refusal) {
    if let Refusal::UnknownSigner(id) | Refusal::UnknownIssuer { issuer: id, .. } = refusal {
        peers.lacks(now, *id);
    }
}

fn route(
    router: &mut Router,
    position: Option<Kinematics>,
    now: Time64,
    packet: &[u8],
    message: &Received<'_>,
) -> Reception {
    let pdu = match message {
        Received::Cam(message) => message.content().pdu,
        Received::Denm(message) => message.content().pdu,
        Received::Spdu(message) => message.content().pdu,
    };
    match (pdu, position) {
        (Some(pdu), Some(here)) => router.receive(now, (here.latitude, here.longitude), packet, &pdu.header),
        // A station that does not know where it is repeats nothing and hears everything.
        (_, None) | (None, _) => Reception::Deliver,
    }
}

/// An authority whose certificate the station holds, by its short name.
fn authority(trust: &TrustStore, digest: HashedId3) -> Option<HashedId8> {
    let issues = |role| matches!(role, Role::Root | Role::Authority);
    let mut found =
        trust.iter().filter(|(certificate, role)| issues(*role) && certificate.hashed_id3() == digest);
    found.next().map(|(certificate, _)| certificate.hashed_id8())
}
