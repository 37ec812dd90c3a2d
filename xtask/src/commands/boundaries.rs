//! `cargo xtask boundaries TOPOJSON`: makes `v2x-security/data/boundaries.bin` out of Natural Earth's countries.
//!
//! The input is `countries-10m.json` of the npm package `world-atlas` 2.0.2 (Natural Earth 4.1.0 as TopoJSON). Borders
//! that two countries share are one arc there; arcs are simplified before rings are joined out of them, so neighbours
//! keep the same line and no gap opens between them. The output format is described beside the output.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

/// How far a simplified border may leave the source, in metres.
const TOLERANCE_METRES: f64 = 600.0;

/// Output grid: a thousandth of a degree.
const GRID: f64 = 1_000.0;

/// Areas without a number of their own that the UN counts to a country of its list, by their name in the source.
const FOLDED: [(&str, u16); 4] =
    [("N. Cyprus", 196), ("Cyprus U.N. Buffer Zone", 196), ("Somaliland", 706), ("Baikonur", 398)];

/// Number of land that belongs to nobody on the list.
const UNNUMBERED: u16 = 0;

#[derive(Deserialize)]
struct Topology {
    arcs: Vec<Vec<(i64, i64)>>,
    transform: Transform,
    objects: Objects,
}

#[derive(Deserialize)]
struct Transform {
    scale: (f64, f64),
    translate: (f64, f64),
}

#[derive(Deserialize)]
struct Objects {
    countries: Collection,
}

#[derive(Deserialize)]
struct Collection {
    geometries: Vec<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    id: Option<String>,
    properties: Properties,
    #[serde(flatten)]
    shape: Shape,
}

#[derive(Deserialize)]
struct Properties {
    name: String,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Shape {
    Polygon { arcs: Vec<Vec<i64>> },
    MultiPolygon { arcs: Vec<Vec<Vec<i64>>> },
}

/// A point in degrees: longitude, latitude.
type Degrees = (f64, f64);
/// A point on the output grid: longitude, latitude.
type Cell = (i64, i64);

/// Make the table of countries' borders again, out of a file of the npm package world-atlas 2.0.2.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The package's countries-10m.json.
    topojson: PathBuf,
    /// Compare with the table that is there, and write nothing.
    #[arg(long)]
    check: bool,
}

const TABLE: &str = "v2x-security/data/boundaries.bin";

pub(crate) fn run(args: &Args) -> Result<()> {
    let name = args.topojson.display();
    let table = made_from(&fs::read_to_string(&args.topojson).with_context(|| format!("reading {name}"))?)
        .with_context(|| format!("{name} is not the TopoJSON of countries"))?;
    if args.check {
        ensure!(fs::read(TABLE)? == table, "{TABLE} is not what {name} makes");
        return Ok(());
    }
    fs::write(TABLE, table).with_context(|| format!("writing {TABLE}"))
}

fn made_from(text: &str) -> Result<Vec<u8>> {
    let topology: Topology = serde_json::from_str(text)?;
    let arcs: Vec<Vec<Cell>> = topology.arcs.iter().map(|arc| simplified(&topology.transform, arc)).collect();
    let mut countries: BTreeMap<u16, Vec<Vec<Cell>>> = BTreeMap::new();
    for geometry in &topology.objects.countries.geometries {
        let rings = rings(&geometry.shape, &arcs)?;
        countries.entry(number(geometry)?).or_default().extend(rings);
    }
    countries.retain(|_, rings| !rings.is_empty());
    Ok(encode(&countries))
}

fn number(geometry: &Geometry) -> Result<u16> {
    if let Some(id) = &geometry.id {
        return id.parse().with_context(|| format!("the number of {}", geometry.properties.name));
    }
    let folded = FOLDED.iter().find(|(name, _)| *name == geometry.properties.name);
    Ok(folded.map_or(UNNUMBERED, |(_, number)| *number))
}

fn simplified(transform: &Transform, deltas: &[(i64, i64)]) -> Vec<Cell> {
    let (mut x, mut y) = (0, 0);
    let degrees = deltas.iter().map(|(dx, dy)| {
        x += dx;
        y += dy;
        let along = |n: i64, scale: f64, from: f64| n as f64 * scale + from;
        (
            along(x, transform.scale.0, transform.translate.0),
            along(y, transform.scale.1, transform.translate.1),
        )
    });
    let line: Vec<Degrees> = degrees.collect();
    let mut cells: Vec<Cell> = kept(&line).map(on_grid).collect();
    cells.dedup();
    cells
}

fn on_grid((lon, lat): Degrees) -> Cell {
    ((lon * GRID).round() as i64, (lat * GRID).round() as i64)
}

/// Douglas and Peucker: keeps the ends, and between them whatever lies farther off than the tolerance.
fn kept(line: &[Degrees]) -> impl Iterator<Item = Degrees> {
    let mut keep = vec![false; line.len()];
    let mut spans = vec![(0, line.len().saturating_sub(1))];
    while let Some((first, last)) = spans.pop() {
        for end in [first, last] {
            if let Some(flag) = keep.get_mut(end) {
                *flag = true;
            }
        }
        if let Some((farthest, distance)) = farthest(line, first, last)
            && distance > TOLERANCE_METRES
        {
            spans.extend([(first, farthest), (farthest, last)]);
        }
    }
    line.iter().copied().zip(keep).filter(|(_, keep)| *keep).map(|(point, _)| point)
}

fn farthest(line: &[Degrees], first: usize, last: usize) -> Option<(usize, f64)> {
    let (a, b) = (*line.get(first)?, *line.get(last)?);
    let between = line.iter().enumerate().take(last).skip(first + 1);
    between.map(|(index, point)| (index, metres(a, b, *point))).max_by(|(_, p), (_, q)| p.total_cmp(q))
}

/// Distance of `p` from the segment, on a flat map around `p`.
fn metres(a: Degrees, b: Degrees, p: Degrees) -> f64 {
    let east = 111_320.0 * p.1.to_radians().cos();
    let flat = |q: Degrees| ((q.0 - p.0) * east, (q.1 - p.1) * 111_132.0);
    let ((ax, ay), (bx, by)) = (flat(a), flat(b));
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (ax + along * dx).hypot(ay + along * dy)
}

/// Rings without their repeated last point. What is left of an islet after simplification may be no ring at all.
fn rings(shape: &Shape, arcs: &[Vec<Cell>]) -> Result<Vec<Vec<Cell>>> {
    let indexes: Vec<&Vec<i64>> = match shape {
        Shape::Polygon { arcs } => arcs.iter().collect(),
        Shape::MultiPolygon { arcs } => arcs.iter().flatten().collect(),
    };
    let joined = indexes.into_iter().map(|ring| join(ring, arcs)).collect::<Result<Vec<_>>>()?;
    let on_map = joined.into_iter().flat_map(|ring| cut_at_date_line(&unrolled(&ring)));
    Ok(on_map.filter(|ring| ring.len() >= 3).collect())
}

/// Half the world on the output grid.
const HALF: i64 = 180_000;

/// The source joins rings across 180°. Here longitudes go on beyond it; around the south pole, the ring is led over it.
fn unrolled(ring: &[Cell]) -> Vec<Cell> {
    let Some(first) = ring.first().copied() else { return Vec::new() };
    let step = |from: i64, to: i64| (to - from + HALF).rem_euclid(2 * HALF) - HALF;
    let mut line = vec![first];
    let mut lon = first.0;
    for point in ring.iter().skip(1) {
        lon += step(lon, point.0);
        line.push((lon, point.1));
    }
    let closing = lon + step(lon, first.0);
    if closing != first.0 {
        line.extend([(closing, first.1), (closing, -HALF / 2), (first.0, -HALF / 2)]);
    }
    line
}

/// The parts of a ring on each turn of the globe, moved onto the map.
fn cut_at_date_line(ring: &[Cell]) -> Vec<Vec<Cell>> {
    let turns = [-1, 0, 1].into_iter().map(|turn| {
        let middle = turn * 2 * HALF;
        let west = clipped(ring, |lon| lon - (middle - HALF));
        let both = clipped(&west, |lon| middle + HALF - lon);
        let mut part: Vec<Cell> = both.into_iter().map(|(lon, lat)| (lon - middle, lat)).collect();
        part.dedup();
        part
    });
    // A ring that only touches 180° leaves a line there.
    turns.filter(|part| part.iter().any(|point| point.0.abs() != HALF)).collect()
}

/// What of a ring lies where `inside` is not negative; `inside` is a distance along longitudes.
fn clipped(ring: &[Cell], inside: impl Fn(i64) -> i64) -> Vec<Cell> {
    let mut part = Vec::new();
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (from, to) = (inside(a.0), inside(b.0));
        if from >= 0 {
            part.push(*a);
        }
        if (from > 0 && to < 0) || (from < 0 && to > 0) {
            let share = |a: i64, b: i64| a + ((b - a) * from) / (from - to);
            part.push((share(a.0, b.0), share(a.1, b.1)));
        }
    }
    part
}

/// Joins arcs end to end; an index below zero is the complement of an arc to be walked backwards.
fn join(indexes: &[i64], arcs: &[Vec<Cell>]) -> Result<Vec<Cell>> {
    let mut ring: Vec<Cell> = Vec::new();
    for index in indexes {
        let position = usize::try_from(if *index < 0 { !*index } else { *index })?;
        let mut arc = arcs.get(position).context("a ring names an arc that is not there")?.clone();
        if *index < 0 {
            arc.reverse();
        }
        if ring.last().is_some_and(|end| Some(end) != arc.first()) {
            bail!("arc {position} does not begin where the one before it ends");
        }
        ring.extend(arc);
    }
    ring.dedup();
    ensure!(ring.first() == ring.last(), "a ring does not close");
    ring.pop();
    Ok(ring)
}

fn encode(countries: &BTreeMap<u16, Vec<Vec<Cell>>>) -> Vec<u8> {
    let mut output = b"M49B1".to_vec();
    varint(&mut output, countries.len() as u64);
    for (number, rings) in countries {
        varint(&mut output, u64::from(*number));
        varint(&mut output, rings.len() as u64);
        rings.iter().for_each(|ring| encode_ring(&mut output, ring));
    }
    output
}

fn encode_ring(output: &mut Vec<u8>, ring: &[Cell]) {
    varint(output, ring.len() as u64);
    let mut before = (0, 0);
    for point in ring {
        for step in [point.0 - before.0, point.1 - before.1] {
            varint(output, ((step << 1) ^ (step >> 63)) as u64);
        }
        before = *point;
    }
}

fn varint(output: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        output.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    output.push(value as u8);
}
