//! Text: times as RFC 3339 writes them, floating-car data, and scenarios.

use super::Random;

pub(super) fn times(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    let zones = ["Z", "+01:00", "-11:30", "z", "+00:00"];
    let fractions = ["", ".5", ".000001", ".999999", ".123456789"];
    let draw = |random: &mut Random| {
        let (year, month, day) = (2004 + random.below(80), 1 + random.below(12), 1 + random.below(28));
        let (hour, minute, second) = (random.below(24), random.below(60), random.below(61));
        let zone = zones.get(random.index(zones.len())).copied().unwrap_or_default();
        let fraction = fractions.get(random.index(fractions.len())).copied().unwrap_or_default();
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}").into_bytes()
    };
    (0..count).map(|_| draw(random)).collect()
}

pub(super) fn traces(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|_| trace(random).into_bytes()).collect()
}

fn trace(random: &mut Random) -> String {
    let steps = 1 + random.below(4);
    let body: String = (0..steps).map(|step| timestep(step, random)).collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<fcd-export>\n{body}</fcd-export>\n")
}

fn timestep(step: u64, random: &mut Random) -> String {
    let vehicles = 1 + random.below(3);
    let inside: String = (0..vehicles).map(|number| vehicle(step, number, random)).collect();
    format!("<timestep time=\"{step}.00\">{inside}</timestep>\n")
}

fn vehicle(step: u64, number: u64, random: &mut Random) -> String {
    let class = ["passenger", "truck", "bus", "bicycle"].get(random.index(4)).copied().unwrap_or_default();
    let (angle, speed) = (random.below(360), random.below(60));
    format!(
        "<vehicle id=\"v{number}\" x=\"13.{number}00{step}\" y=\"52.3\" angle=\"{angle}.00\" type=\"{class}\" \
         speed=\"{speed}.5\"/>"
    )
}

/// The shipped scenarios, each with other figures and an attacker more.
pub(super) fn scenarios(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    let shipped = simulator::scenario::shipped();
    let attacks = ["forge", "replay", "stale", "sybil", "position-lie", "flood"];
    let draw = |random: &mut Random| {
        let text = shipped.get(random.index(shipped.len())).map_or("", |shipped| shipped.text);
        let (duration, number) = (1 + random.below(90_000), random.below(40));
        let kind = attacks.get(random.index(attacks.len())).copied().unwrap_or_default();
        let text = text.replace("duration = 30", &format!("duration = {duration}"));
        format!("{text}\n[[attacker]]\nkind = \"{kind}\"\nnumber = {number}\n").into_bytes()
    };
    (0..count).map(|_| draw(random)).collect()
}
