//! Remote ID that is signed by a ticket, and verified as it was heard.

mod support;

use std::sync::Arc;

use drone_link::remote_id::message::{Message, Position, basic_id, location, operator_id, place, system};
use drone_link::remote_id::{RemoteIdError, pack, verify};
use drone_link::rights::Right;
use support::{NOW, World, after_millis};
use v2x_security::chain::Chain;
use v2x_security::id::HashedId8;
use v2x_security::sign::Identity;

fn messages() -> [Message; 4] {
    let position = Position { latitude: 48.7665, longitude: 11.4257, altitude: 420.0, ..Position::default() };
    [
        basic_id(b"pseudonym"),
        location(&position),
        system(48.766, 11.425, 370.0, NOW.unix_micros() / 1_000_000),
        operator_id(b"DEU87astrdge12k8"),
    ]
}

/// A ticket, and its chain as a receiver knows it.
fn drone(world: &mut World) -> (Arc<Identity>, Arc<Chain>) {
    let ticket = world.ticket(&[Right::Drone]);
    let chain = world.store().chain(ticket.certificate()).expect("its chain");
    (ticket, chain)
}

#[test]
fn a_signed_pack_has_203_octets_and_is_believed() {
    let mut world = World::new(40);
    let (ticket, chain) = drone(&mut world);
    let octets = pack(&ticket, &messages(), NOW).unwrap();
    assert_eq!((octets.len(), octets[2]), (203, 8));
    let known = |id: HashedId8| (id == chain.certificate().hashed_id8()).then(|| Arc::clone(&chain));
    let heard = verify(&octets, after_millis(900), known).unwrap();
    assert_eq!(heard.messages, messages());
    assert_eq!(place(&heard.messages[1]), Some((487_665_000, 114_257_000)));
    assert_eq!(heard.signer.certificate(), ticket.certificate());
}

#[test]
fn no_bit_of_a_pack_can_be_changed() {
    let mut world = World::new(41);
    let (ticket, chain) = drone(&mut world);
    let octets = pack(&ticket, &messages(), NOW).unwrap();
    for bit in 0..octets.len() * 8 {
        let mut changed = octets.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        // Whatever name it has now: the ticket is there.
        assert!(verify(&changed, NOW, |_| Some(Arc::clone(&chain))).is_err(), "bit {bit}");
    }
    for length in 0..octets.len() {
        assert!(verify(&octets[..length], NOW, |_| Some(Arc::clone(&chain))).is_err(), "{length} octets");
    }
    let longer = [&octets[..], &[0; 25]].concat();
    assert!(verify(&longer, NOW, |_| Some(chain)).is_err());
}

#[test]
fn a_pack_of_another_ticket_or_another_time_is_not_believed() {
    let mut world = World::new(42);
    let ((ticket, chain), (_, other)) = (drone(&mut world), drone(&mut world));
    let octets = pack(&ticket, &messages(), NOW).unwrap();
    let id = ticket.certificate().hashed_id8();
    assert_eq!(verify(&octets, NOW, |_| None).err(), Some(RemoteIdError::UnknownTicket(id)));
    assert!(matches!(verify(&octets, NOW, |_| Some(other)), Err(RemoteIdError::Refused(_))));
    let known = |_| Some(Arc::clone(&chain));
    for late in [7_000, 3_600_000] {
        assert!(matches!(verify(&octets, after_millis(late), known), Err(RemoteIdError::NotNow { .. })));
    }
    let early = NOW.saturating_sub_micros(3_000_000);
    assert!(matches!(verify(&octets, early, known), Err(RemoteIdError::NotNow { .. })));
}

#[test]
fn a_pack_has_one_to_five_messages_beside_its_proof() {
    let mut world = World::new(43);
    let (ticket, chain) = drone(&mut world);
    for count in 1..=5 {
        let some: Vec<Message> = messages().into_iter().cycle().take(count).collect();
        let octets = pack(&ticket, &some, NOW).unwrap();
        assert_eq!(verify(&octets, NOW, |_| Some(Arc::clone(&chain))).unwrap().messages, some);
    }
    assert!(pack(&ticket, &[], NOW).is_err() && pack(&ticket, &[basic_id(b"x"); 6], NOW).is_err());
}
