//! Stations and authorities over HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking, in their helpers too"
)]

mod common;

use common::{PATIENCE, Setting, World, lists, now};
use enrollment_client::{Client, ClientError, Protocol};
use enrollment_protocol::resource::Resource;
use enrollment_station::{
    StationError,
    authorization::{Privacy, Proof},
};
use std::{
    collections::BTreeSet,
    sync::{atomic::Ordering, mpsc},
    thread,
    time::Duration,
};
use v2x_codec::ts102941::{AuthorizationResponseCode, EnrolmentResponseCode};
use v2x_security::id::HashedId8;

#[test]
fn a_station_enrols_and_gets_tickets_in_all_combinations_over_both_versions_of_http() {
    let world = World::new(Setting::default());
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let client = Client::new(protocol);
        let credential = world.enrol(&client);
        for privacy in [Privacy::Hidden, Privacy::Open] {
            for proof in [Proof::OfPossession, Proof::Omitted] {
                let asked = world.authorization(&credential, privacy, proof);
                let answer = world.send(&client, "aa", asked.request());
                let ticket = asked.answer(&answer, &mut world.trust(), now()).unwrap();
                assert_eq!(ticket.name(), None);
            }
        }
    }
    assert_eq!(world.metrics.count("authorization", http::StatusCode::OK), 8);
    assert_eq!(world.metrics.count("validation", http::StatusCode::OK), 8);
    assert_eq!(world.metrics.count("enrolment", http::StatusCode::OK), 2);
}

#[test]
fn a_retry_gets_the_same_octets_one_after_the_other_and_all_at_once() {
    let world = World::new(Setting::default());
    let client = Client::new(Protocol::Http1);
    let credential = world.enrol(&client);
    let (enrolment, _) = world.enrolment();
    let authorization = world.authorization(&credential, Privacy::Hidden, Proof::OfPossession);
    for (path, request) in [("ea", enrolment.request()), ("aa", authorization.request())] {
        let at_once: Vec<_> = thread::scope(|scope| {
            let send = || scope.spawn(|| world.send(&client, path, request));
            let sent: Vec<_> = (0..8).map(|_| send()).collect();
            sent.into_iter().map(|sent| sent.join().unwrap()).collect()
        });
        let afterwards = world.send(&client, path, request);
        assert!(at_once.iter().all(|answer| *answer == afterwards), "{path}");
    }
    enrolment.answer(&world.send(&client, "ea", enrolment.request()), &mut world.trust(), now()).unwrap();
    let answer = world.send(&client, "aa", authorization.request());
    authorization.answer(&answer, &mut world.trust(), now()).unwrap();
}

#[test]
fn what_is_no_message_is_refused_in_a_signed_message() {
    let world = World::new(Setting::default());
    let client = Client::new(Protocol::Http1);
    let (enrolment, _) = world.enrolment();
    let answer = world.send(&client, "ea", b"noise");
    let other = enrolment.answer(&answer, &mut world.trust(), now());
    assert!(matches!(other, Err(StationError::OtherRequest)), "signed by the EA, about other octets");
    let mut spoiled = enrolment.request().to_vec();
    *spoiled.last_mut().unwrap() ^= 1;
    assert_ne!(world.send(&client, "ea", &spoiled), answer);
    assert_eq!(world.metrics.count("enrolment", http::StatusCode::OK), 2);
}

#[test]
fn a_station_that_is_not_registered_learns_it_and_is_served_once_it_is() {
    let world = World::new(Setting::default());
    let client = Client::new(Protocol::Http1);
    let id = enrollment_ea::registry::CanonicalId::new(common::STATION).unwrap();
    let set = |status| {
        let mut registry = world.registry.clone();
        enrollment_ea::registry::Registry::set_status(&mut registry, now(), &id, status).unwrap();
    };
    set(enrollment_ea::registry::Status::Blocked);
    let (asked, _) = world.enrolment();
    let refused = asked.answer(&world.send(&client, "ea", asked.request()), &mut world.trust(), now());
    let code = EnrolmentResponseCode::BadItsStatus;
    assert!(matches!(refused, Err(StationError::EnrolmentRefused(found)) if found == code));
    set(enrollment_ea::registry::Status::Active);
    let answer = world.send(&client, "ea", asked.request());
    asked.answer(&answer, &mut world.trust(), now()).unwrap();
}

#[test]
fn an_aa_that_does_not_reach_the_ea_says_so_in_its_answer() {
    let (world, other) = (World::new(Setting::default()), World::new(Setting::default()));
    let client = Client::new(Protocol::Http1);
    let credential = world.enrol(&client);
    let asked = world.authorization(&credential, Privacy::Hidden, Proof::OfPossession);
    // The EA is held up: each of its workers has something else to do for longer than the AA waits.
    let (release, held) = mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    world.ea.desk().each(move |_| {
        let _ = held.lock().unwrap().recv_timeout(Duration::from_secs(8));
    });
    let refused = asked.answer(&world.send(&client, "aa", asked.request()), &mut world.trust(), now());
    let code = AuthorizationResponseCode::AaEaCantReachEa;
    assert!(matches!(refused, Err(StationError::AuthorizationRefused(found)) if found == code));
    drop(release);
    let answer = world.send(&client, "aa", asked.request());
    asked.answer(&answer, &mut world.trust(), now()).unwrap();
    drop(other);
}

#[test]
fn lists_are_handed_out_as_they_came_in_and_not_twice_to_who_has_them() {
    let world = World::new(Setting::default());
    let client = Client::new(Protocol::Http1);
    let root = world.lab.root.certificate.hashed_id8();
    let fetch = |path: &str, resource, known: Option<&str>| {
        world.runtime.block_on(client.fetch(&world.url(path), resource, known, PATIENCE))
    };
    let [ctl, crl] = lists(&world.lab, world.address);
    let fetched = fetch("dc", Resource::Ctl(root), None).unwrap().unwrap();
    assert_eq!(fetched.octets.len(), ctl.len());
    assert_eq!(fetch("dc", Resource::Ctl(root), fetched.tag.as_deref()), Ok(None));
    let other = fetch("dc", Resource::Ctl(root), Some("\"other\"")).unwrap();
    assert_eq!(other, Some(fetched));
    let fetched = fetch("dc", Resource::Crl(root), None).unwrap().unwrap();
    assert_eq!(fetched.octets.len(), crl.len());
    let tlm = fetch("cpoc", Resource::TlmCertificate(None), None).unwrap().unwrap();
    assert_eq!(tlm.octets, world.lab.trust_list_manager.certificate.octets());
    let status = |outcome| match outcome {
        Err(ClientError::Status { status, .. }) => status,
        other => panic!("{other:?}"),
    };
    assert_eq!(status(fetch("dc", Resource::Ctl(HashedId8([1; 8])), None)), 404);
    assert_eq!(status(fetch("cpoc", Resource::Ctl(root), None)), 404, "a CPOC has no lists of roots");
}

/// Sends many requests at once, has the server stop once it has answered some, and says what came back.
fn stop_under_load(
    world: &mut World,
    path: &str,
    place: &str,
    requests: Vec<Vec<u8>>,
) -> Vec<Option<Vec<u8>>> {
    let (client, url) = (Client::new(Protocol::Http1), world.url(path));
    let before = world.metrics.count(place, http::StatusCode::OK);
    let send = |request: Vec<u8>| {
        let (client, url) = (client.clone(), url.clone());
        world.runtime.spawn(async move { client.send(&url, &request, PATIENCE / 10).await.ok() })
    };
    let sent: Vec<_> = requests.into_iter().map(send).collect();
    while world.metrics.count(place, http::StatusCode::OK) == before {
        thread::sleep(Duration::from_millis(1));
    }
    world.end();
    sent.into_iter().map(|sent| world.runtime.block_on(sent).unwrap()).collect()
}

#[test]
fn a_server_that_stops_under_load_answers_what_it_took_in_and_loses_nothing_that_it_answered() {
    let mut world = World::new(Setting::default());
    let enrolments: Vec<_> = (0..64).map(|_| world.enrolment().0).collect();
    let requests = enrolments.iter().map(|asked| asked.request().to_vec()).collect();
    let answers = stop_under_load(&mut world, "ea", "enrolment", requests);
    let mut certificates = BTreeSet::new();
    for (asked, answer) in enrolments.iter().zip(&answers) {
        let Some(answer) = answer else { continue };
        let credential = asked.answer(answer, &mut world.trust(), now()).unwrap();
        assert!(certificates.insert(credential.octets().to_vec()));
        let on_record = world.registry.ledger().store().certificate(&v2x_crypto::sha256(credential.octets()));
        assert!(on_record.unwrap().is_some());
    }
    assert!(!certificates.is_empty());
    assert!(std::net::TcpStream::connect(world.address).is_err(), "nobody is let in any more");
}

#[test]
fn an_aa_that_stops_under_load_still_reaches_the_ea_beside_it() {
    let mut world = World::new(Setting::default());
    let credential = world.enrol(&Client::new(Protocol::Http1));
    let asked: Vec<_> =
        (0..32).map(|_| world.authorization(&credential, Privacy::Hidden, Proof::OfPossession)).collect();
    let requests = asked.iter().map(|asked| asked.request().to_vec()).collect();
    let answers = stop_under_load(&mut world, "aa", "authorization", requests);
    let answered = asked.iter().zip(&answers).filter_map(|(asked, answer)| Some((asked, answer.as_ref()?)));
    for (asked, answer) in answered {
        asked.answer(answer, &mut world.trust(), now()).unwrap();
    }
}

/// A station whose request cannot be decrypted now is not told that it encrypted wrongly: it sends the same again.
#[test]
fn while_the_decryption_keys_are_out_of_reach_nothing_is_answered_and_afterwards_the_same_request_is() {
    let world = World::new(Setting::default());
    let client = Client::new(Protocol::Http1);
    let credential = world.enrol(&client);
    let (enrolment, _) = world.enrolment();
    let authorization = world.authorization(&credential, Privacy::Hidden, Proof::OfPossession);
    world.away.store(true, Ordering::Relaxed);
    for (path, request) in [("ea", enrolment.request()), ("aa", authorization.request())] {
        let refused = world.runtime.block_on(client.send(&world.url(path), request, PATIENCE));
        assert!(matches!(refused, Err(ClientError::Status { status: 503, .. })), "{path}: {refused:?}");
    }
    world.away.store(false, Ordering::Relaxed);
    enrolment.answer(&world.send(&client, "ea", enrolment.request()), &mut world.trust(), now()).unwrap();
    let answer = world.send(&client, "aa", authorization.request());
    authorization.answer(&answer, &mut world.trust(), now()).unwrap();
}
