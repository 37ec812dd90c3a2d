//! What is served, and where.

use crate::{
    centre::Centre,
    intake::{self, Arriving, Bounds},
    office::{self, AaOffice, EaOffice},
    reply::Reply,
    server::{Answered, Handler},
};
use bytes::Bytes;
use enrollment_protocol::resource::{PathError, REQUEST_TYPE, Resource};
use http::{Method, Request};
use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// The parts of a PKI that one server serves.
#[derive(Clone, Default)]
pub struct Site {
    /// The enrolment authority.
    pub ea: Option<EaOffice>,
    /// The authorization authority.
    pub aa: Option<AaOffice>,
    /// The distribution centre.
    pub dc: Option<Centre>,
    /// The C-ITS point of contact. It can be the same as the distribution centre.
    pub cpoc: Option<Centre>,
    /// What a request's body may be.
    pub bounds: Bounds,
    /// Whether stations are told to come again, because this is about to stop.
    pub draining: Arc<AtomicBool>,
}

/// Where a request goes.
enum Place<'a> {
    Enrolment(&'a EaOffice),
    Validation(&'a EaOffice),
    Authorization(&'a AaOffice),
    List(&'a Centre, Resource),
    /// A path of annexes D or E that is not well-formed.
    Malformed(PathError),
    Nowhere,
}

impl Handler for Site {
    fn handle(&self, request: Request<Arriving>) -> Pin<Box<dyn Future<Output = Answered> + Send + '_>> {
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            let place = self.place(&path);
            if place.is_for_stations() && self.draining.load(Ordering::Relaxed) {
                return Answered { place: place.name(), reply: Reply::busy() };
            }
            Answered { place: place.name(), reply: place.reply(request, self.bounds).await }
        })
    }
}

/// How often somebody looks whether all have left.
const LOOK: Duration = Duration::from_millis(5);

impl Site {
    /// Lets no station in any more, and waits until those that are inside have their answers, for at most so long. AAs are
    /// still answered, since their stations are inside somewhere, perhaps in this very process.
    pub async fn drain(&self, most: Duration) {
        self.draining.store(true, Ordering::Relaxed);
        let inside = || {
            let ea = self.ea.as_ref().map_or(0, |ea| ea.desk().inside());
            ea + self.aa.as_ref().map_or(0, |aa| aa.desk().inside())
        };
        let deadline = Instant::now() + most;
        while inside() > 0 && Instant::now() < deadline {
            sleep(LOOK).await;
        }
    }

    fn place(&self, path: &str) -> Place<'_> {
        let nowhere = Place::Nowhere;
        match path.trim_end_matches('/') {
            "/ea" => self.ea.as_ref().map_or(nowhere, Place::Enrolment),
            "/ea/validation" => self.ea.as_ref().map_or(nowhere, Place::Validation),
            "/aa" => self.aa.as_ref().map_or(nowhere, Place::Authorization),
            _ => self.list(path),
        }
    }

    fn list(&self, path: &str) -> Place<'_> {
        match (path.strip_prefix("/dc"), path.strip_prefix("/cpoc")) {
            (Some(rest), _) => list(self.dc.as_ref(), true, rest),
            (None, Some(rest)) => list(self.cpoc.as_ref(), false, rest),
            (None, None) => Place::Nowhere,
        }
    }
}

/// Each access point hands out what its annex says.
fn list<'a>(centre: Option<&'a Centre>, is_dc: bool, rest: &str) -> Place<'a> {
    let Some(centre) = centre else { return Place::Nowhere };
    match rest.parse() {
        Ok(resource) if is_of_dc(resource) == is_dc => Place::List(centre, resource),
        Ok(_) | Err(PathError::Unknown | PathError::TooLong) => Place::Nowhere,
        Err(error @ (PathError::Digest | PathError::Number)) => Place::Malformed(error),
    }
}

const fn is_of_dc(resource: Resource) -> bool {
    match resource {
        Resource::Ctl(_) | Resource::DeltaCtl(..) | Resource::Crl(_) => true,
        Resource::TlmCertificate(_)
        | Resource::TlmLinkCertificate(_)
        | Resource::Ectl(_)
        | Resource::DeltaEctl(..) => false,
    }
}

impl Place<'_> {
    const fn is_for_stations(&self) -> bool {
        match self {
            Self::Enrolment(_) | Self::Authorization(_) => true,
            Self::Validation(_) | Self::List(..) | Self::Malformed(_) | Self::Nowhere => false,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Enrolment(_) => "enrolment",
            Self::Validation(_) => "validation",
            Self::Authorization(_) => "authorization",
            Self::List(_, resource) if is_of_dc(*resource) => "dc",
            Self::List(..) => "cpoc",
            Self::Malformed(_) | Self::Nowhere => "none",
        }
    }

    async fn reply(&self, request: Request<Arriving>, bounds: Bounds) -> Reply {
        match self {
            Self::Enrolment(ea) => match message(request, bounds).await {
                Ok(octets) => office::reply(ea.enrol(octets).await),
                Err(refused) => refused,
            },
            Self::Validation(ea) => match message(request, bounds).await {
                Ok(octets) => office::reply(ea.validate(octets).await),
                Err(refused) => refused,
            },
            Self::Authorization(aa) => match message(request, bounds).await {
                Ok(octets) => office::reply(aa.authorize(octets).await),
                Err(refused) => refused,
            },
            Self::List(centre, resource) => {
                if *request.method() == Method::GET || *request.method() == Method::HEAD {
                    centre.reply(*resource, request.headers())
                } else {
                    Reply::only("GET, HEAD")
                }
            }
            Self::Malformed(error) => Reply::bad(error.to_string()),
            Self::Nowhere => Reply::nothing_here(),
        }
    }
}

/// The message in a request to an authority, bounded, and of the type that annex C says.
async fn message(request: Request<Arriving>, bounds: Bounds) -> Result<Bytes, Reply> {
    if *request.method() != Method::POST {
        return Err(Reply::only("POST"));
    }
    let (parts, body) = request.into_parts();
    intake::check_type(&parts.headers, REQUEST_TYPE)?;
    let octets = intake::read(&parts.headers, body, bounds).await?;
    if octets.is_empty() { Err(Reply::bad("the body is empty")) } else { Ok(octets) }
}
