//! The PKI over HTTP: the test purposes of TS 103 525-2 about sending again (ITSS_ENR_REP, ITSS_AUTH_REP), fetching
//! lists (ITSS_CTL, ITSS_CRL), and handing them out (DC, CPOC), by the bindings of TS 102 941 annexes C to E.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;
mod http;

use std::time::{Duration, Instant};

use enrollment_client::{Client, ClientError, Protocol};
use enrollment_protocol::resource::Resource;
use exchange::World;
use exchange::listed::{aa, dc, delta, full, of_root, of_tlm, roots};
use http::{Reply, Scripted, Served};
use v2x_ca::lists::{ListOf, sign_crl};
use v2x_security::id::HashedId8;

const ROOT: ListOf = ListOf::RootCa;
const TLM: ListOf = ListOf::TrustListManager;
/// Longer than any test takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// Shorter than a station's own, so that the end of it can be waited for.
const SHORT: Duration = Duration::from_millis(1_500);

fn client() -> Client {
    Client::new(Protocol::Http1)
}

/// An enrolment request and an authorization request, each with a good answer.
fn requests() -> [(Vec<u8>, Vec<u8>); 2] {
    let mut world = World::new();
    let credential = world.enrolled();
    let enrolment = world.enrolment().exchange.request().to_vec();
    let authorization = world.usual_authorization(&credential).exchange.request().to_vec();
    let answers = (world.enrol(&enrolment), world.authorize(&authorization));
    [(enrolment, answers.0), (authorization, answers.1)]
}

/// A server that fails in two ways before it answers gets the same octets until it does, and then no more.
fn sends_again((request, answer): (Vec<u8>, Vec<u8>)) {
    let server = Scripted::new(vec![Reply::Hang, Reply::Busy, Reply::Answer(answer.clone())]);
    let sent = server.run(client().send(&server.url("ea"), &request, PATIENCE));
    assert_eq!(sent.unwrap(), answer);
    std::thread::sleep(Duration::from_millis(400));
    let bodies: Vec<_> = server.heard().into_iter().map(|heard| heard.body).collect();
    assert_eq!(bodies, [&request[..]; 3]);
}

/// A server that is always busy hears no more once the time for it is over.
fn gives_up((request, _): (Vec<u8>, Vec<u8>)) {
    let server = Scripted::new(vec![Reply::Busy; 64]);
    let started = Instant::now();
    let sent = server.run(client().send(&server.url("aa"), &request, SHORT));
    assert!(matches!(sent, Err(ClientError::Status { status: 503, .. })), "{sent:?}");
    assert!(started.elapsed() < SHORT * 6);
    let heard = server.heard().len();
    assert!((2..64).contains(&heard), "{heard}");
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(server.heard().len(), heard);
}

/// ITSS_ENR_REP BV: an enrolment request without answer is sent again in the same octets, until there is an answer.
#[test]
fn itss_enr_rep_bv_until_answered() {
    let [enrolment, _] = requests();
    sends_again(enrolment);
}

/// ITSS_ENR_REP BV: an enrolment request is not sent any more once the time for it is over.
#[test]
fn itss_enr_rep_bv_given_up() {
    let [enrolment, _] = requests();
    gives_up(enrolment);
}

/// ITSS_AUTH_REP BV: an authorization request without answer is sent again in the same octets, until there is an answer.
#[test]
fn itss_auth_rep_bv_until_answered() {
    let [_, authorization] = requests();
    sends_again(authorization);
}

/// ITSS_AUTH_REP_04_BV: an authorization request is not sent any more once there were as many retries as its time allows.
#[test]
fn itss_auth_rep_04_bv() {
    let [_, authorization] = requests();
    gives_up(authorization);
}

/// ITSS_AUTH_REP BV: an answer that refuses is an answer: the request is not sent again.
#[test]
fn itss_auth_rep_bv_refused() {
    let [(request, _), _] = requests();
    let server = Scripted::new(vec![Reply::Status("400 Bad Request"), Reply::Busy]);
    let sent = server.run(client().send(&server.url("aa"), &request, PATIENCE));
    assert!(matches!(sent, Err(ClientError::Status { status: 400, .. })), "{sent:?}");
    assert_eq!(server.heard().len(), 1);
}

/// ITSS_ENR BV: requests go to EA and AA by HTTP POST, with the content types of TS 102 941 annex C.
#[test]
fn itss_enr_bv_http_post() {
    for (path, (request, answer)) in ["ea", "aa"].into_iter().zip(requests()) {
        let server = Scripted::new(vec![Reply::Answer(answer)]);
        server.run(client().send(&server.url(path), &request, PATIENCE)).unwrap();
        let [heard] = &server.heard()[..] else { panic!("one request") };
        assert_eq!(heard.line, format!("POST /{path} HTTP/1.1"));
        assert_eq!(heard.header("content-type"), Some("application/x-its-request"));
        assert_eq!(heard.header("accept"), Some("application/x-its-response"));
        assert_eq!(heard.body, request);
    }
}

/// What a station asks a server for when it fetches this.
fn asks_for(resource: Resource) -> String {
    let server = Scripted::new(vec![Reply::Answer(b"a list".to_vec())]);
    let fetched = server.run(client().fetch(&server.url("dc"), resource, None, PATIENCE));
    assert_eq!(fetched.unwrap().unwrap().octets, b"a list");
    let [heard] = &server.heard()[..] else { panic!("one request") };
    assert!(heard.body.is_empty());
    heard.line.clone()
}

const ID: HashedId8 = HashedId8([0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]);

/// ITSS_CTL BV: a station asks the distribution centre for a root's list and its deltas by HTTP GET, by its digest.
#[test]
fn itss_ctl_bv_http_get() {
    assert_eq!(asks_for(Resource::Ctl(ID)), "GET /dc/getctl/0123456789ABCDEF HTTP/1.1");
    assert_eq!(asks_for(Resource::DeltaCtl(ID, 7)), "GET /dc/getctl/0123456789ABCDEF/7 HTTP/1.1");
}

/// ITSS_CTL BV: a station asks the CPOC for the list of roots, its deltas and the TLM's certificate by HTTP GET.
#[test]
fn itss_ctl_bv_http_get_ectl() {
    assert_eq!(asks_for(Resource::Ectl(ID)), "GET /dc/getectl/0123456789ABCDEF HTTP/1.1");
    assert_eq!(asks_for(Resource::DeltaEctl(ID, None)), "GET /dc/getdeltaectl/0123456789ABCDEF HTTP/1.1");
    assert_eq!(asks_for(Resource::TlmCertificate(None)), "GET /dc/gettlmcertificate HTTP/1.1");
}

/// ITSS_CRL BV: a station asks the distribution centre for a root's revocation list by HTTP GET, by its digest.
#[test]
fn itss_crl_bv_http_get() {
    assert_eq!(asks_for(Resource::Crl(ID)), "GET /dc/getcrl/0123456789ABCDEF HTTP/1.1");
}

/// DC BV: full list, delta list and revocation list are handed out by HTTP GET as they were signed, with their types.
#[test]
fn dc_bv_http_get() {
    let served = Served::new();
    let (lab, made) = (&served.lab, served.made);
    let (first, root) = (of_root(lab), lab.root.certificate.hashed_id8());
    let second = first.next(vec![aa(lab), dc(lab)]).unwrap();
    let signer = exchange::listed::issuer(lab, ROOT);
    let crl = sign_crl(&[], &signer, made, exchange::listed::due(made), &lab.policy).unwrap();
    let lists = [full(lab, ROOT, &second, made), delta(lab, ROOT, &second, &first, made), crl];
    lists.iter().for_each(|list| served.publish(list));
    let paths = [format!("/getctl/{root}"), format!("/getctl/{root}/1"), format!("/getcrl/{root}")];
    let types = ["application/x-its-ctl", "application/x-its-ctl", "application/x-its-crl"];
    for ((path, list), content_type) in paths.iter().zip(&lists).zip(types) {
        let answered = served.ask("GET", &format!("/dc{path}"));
        assert_eq!(answered.status, 200, "{path}");
        assert_eq!(answered.header("content-type"), Some(content_type));
        assert_eq!(&answered.body, list);
        assert_eq!(served.ask("GET", &format!("/cpoc{path}")).status, 404, "a CPOC has no lists of roots");
    }
}

/// CPOC BV: list of roots, delta list and TLM certificate are handed out by HTTP GET as they were signed.
#[test]
fn cpoc_bv_http_get() {
    let served = Served::new();
    let (lab, made) = (&served.lab, served.made);
    let (first, tlm) = (of_tlm(lab, &[]), &lab.trust_list_manager.certificate);
    let second = first.next(roots(lab, &[lab])).unwrap();
    let lists = [full(lab, TLM, &second, made), delta(lab, TLM, &second, &first, made)];
    lists.iter().for_each(|list| served.publish(list));
    let id = tlm.hashed_id8();
    let paths = [
        (format!("/getectl/{id}"), &lists[0][..]),
        (format!("/getdeltaectl/{id}"), &lists[1]),
        (format!("/getdeltaectl/{id}/1"), &lists[1]),
        ("/gettlmcertificate".to_owned(), tlm.octets()),
        (format!("/gettlmcertificate/{id}"), tlm.octets()),
    ];
    for (path, expected) in paths {
        let answered = served.ask("GET", &format!("/cpoc{path}"));
        assert_eq!((answered.status, &answered.body[..]), (200, expected), "{path}");
        assert_eq!(answered.header("content-type"), Some("application/octet-stream"));
    }
}

/// DC BO: what is not there is said to be so, and another method or a digest that is none is refused.
#[test]
fn dc_bo_http() {
    let served = Served::new();
    let root = served.lab.root.certificate.hashed_id8();
    let path = format!("/dc/getctl/{root}");
    assert_eq!(served.ask("GET", &path).status, 404, "no list yet");
    served.publish(&full(&served.lab, ROOT, &of_root(&served.lab), served.made));
    assert_eq!(served.ask("GET", &path).status, 200);
    assert_eq!(served.ask("GET", &format!("{path}/1")).status, 404);
    assert_eq!(served.ask("GET", "/dc/getctl/0101010101010101").status, 404);
    assert_eq!(served.ask("GET", "/dc/getctl/root").status, 400);
    assert_eq!(served.ask("POST", &path).status, 405);
}

/// DC BV: a station that fetches twice gets the newer list, and is spared one that it has.
#[test]
fn dc_bv_newer_list() {
    let served = Served::new();
    let (lab, made) = (&served.lab, served.made);
    let first = of_root(lab);
    let lists = [
        full(lab, ROOT, &first, made),
        full(lab, ROOT, &first.next(vec![dc(lab)]).unwrap(), made.saturating_add_micros(1)),
    ];
    let resource = Resource::Ctl(lab.root.certificate.hashed_id8());
    let client = client();
    let fetch =
        |known: Option<&str>| served.run(client.fetch(&served.url("dc"), resource, known, PATIENCE)).unwrap();
    served.publish(&lists[0]);
    let older = fetch(None).unwrap();
    assert_eq!(older.octets, lists[0]);
    assert_eq!(fetch(older.tag.as_deref()), None);
    served.publish(&lists[1]);
    assert_eq!(fetch(older.tag.as_deref()).unwrap().octets, lists[1]);
}
