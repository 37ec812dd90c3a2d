//! A relay for datagrams between a drone and a ground station: with a seed, it loses, delays, cuts and changes addresses.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use tokio::net::UdpSocket;
use tokio::time::sleep;

/// What the relay does to a datagram.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    /// Of 1,000 datagrams, how many are lost.
    pub(crate) loss: u64,
    /// How long each takes at least.
    pub(crate) delay: Duration,
    /// How much longer one may take.
    pub(crate) jitter: Duration,
    /// Nothing passes.
    pub(crate) blackout: bool,
}

pub(crate) struct Relay {
    /// Where drones find it.
    pub(crate) address: SocketAddr,
    weather: Arc<Mutex<Weather>>,
    routes: Arc<Mutex<HashMap<SocketAddr, Arc<UdpSocket>>>>,
    /// Every datagram to the ground station, as it came.
    pub(crate) recorded: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Relay {
    pub(crate) async fn start(ground: SocketAddr, seed: u64, weather: Weather) -> Self {
        let front = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("a socket"));
        let address = front.local_addr().expect("it has one");
        let (weather, routes) = (Arc::new(Mutex::new(weather)), Arc::default());
        let recorded = Arc::default();
        let relay = Self { address, weather, routes, recorded };
        tokio::spawn(forward(front, ground, seed, relay.parts()));
        relay
    }

    fn parts(&self) -> Parts {
        Parts {
            weather: Arc::clone(&self.weather),
            routes: Arc::clone(&self.routes),
            recorded: Arc::clone(&self.recorded),
        }
    }

    pub(crate) fn set(&self, weather: Weather) {
        *self.weather.lock().expect("a lock") = weather;
    }

    /// From now on the ground station sees drones at other addresses, as behind a network that was changed.
    pub(crate) fn change_addresses(&self) {
        self.routes.lock().expect("a lock").clear();
    }
}

struct Parts {
    weather: Arc<Mutex<Weather>>,
    routes: Arc<Mutex<HashMap<SocketAddr, Arc<UdpSocket>>>>,
    recorded: Arc<Mutex<Vec<Vec<u8>>>>,
}

async fn forward(front: Arc<UdpSocket>, ground: SocketAddr, seed: u64, parts: Parts) {
    let rng = Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed)));
    let mut buffer = vec![0; 65_536];
    loop {
        let Ok((length, drone)) = front.recv_from(&mut buffer).await else { continue };
        let known = parts.routes.lock().expect("a lock").get(&drone).cloned();
        let back = match known {
            Some(back) => back,
            None => {
                let back = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("a socket"));
                parts.routes.lock().expect("a lock").insert(drone, Arc::clone(&back));
                let (weather, rng) = (Arc::clone(&parts.weather), Arc::clone(&rng));
                tokio::spawn(answer(Arc::clone(&back), Arc::clone(&front), drone, weather, rng));
                back
            }
        };
        let datagram = buffer[..length].to_vec();
        parts.recorded.lock().expect("a lock").push(datagram.clone());
        if let Some(delay) = fate(&parts.weather, &rng) {
            tokio::spawn(async move {
                sleep(delay).await;
                let _ = back.send_to(&datagram, ground).await;
            });
        }
    }
}

async fn answer(
    back: Arc<UdpSocket>,
    front: Arc<UdpSocket>,
    drone: SocketAddr,
    weather: Arc<Mutex<Weather>>,
    rng: Arc<Mutex<ChaCha20Rng>>,
) {
    let mut buffer = vec![0; 65_536];
    while let Ok((length, _)) = back.recv_from(&mut buffer).await {
        let (datagram, front) = (buffer[..length].to_vec(), Arc::clone(&front));
        if let Some(delay) = fate(&weather, &rng) {
            tokio::spawn(async move {
                sleep(delay).await;
                let _ = front.send_to(&datagram, drone).await;
            });
        }
    }
}

/// How long a datagram takes; `None` when it is lost.
fn fate(weather: &Mutex<Weather>, rng: &Mutex<ChaCha20Rng>) -> Option<Duration> {
    let weather = *weather.lock().expect("a lock");
    let mut rng = rng.lock().expect("a lock");
    let (lost, late) = (rng.next_u64() % 1000 < weather.loss, rng.next_u64() % 1000);
    let jitter = weather.jitter.mul_f64(late as f64 / 1000.0);
    (!lost && !weather.blackout).then_some(weather.delay + jitter)
}
