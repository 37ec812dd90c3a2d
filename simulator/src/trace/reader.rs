//! FCD's XML, event by event: `<fcd-export>`, in it `<timestep>`, in it `<vehicle>`, `<person>` and `<container>`.

use std::collections::HashMap;
use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::error::{InputLimit, TraceError, TraceErrorKind as Kind};
use super::input::{Bounded, Plain};
use super::motion::{self, Sample, State, Step, VehicleClass};
use super::{Trace, Vehicle, limits};

pub(super) fn read(input: impl BufRead) -> Result<Trace, TraceError> {
    let plain = Plain::detect(input).map_err(|error| TraceError::at(0, Kind::Unreadable(error)))?;
    let mut xml = Reader::from_reader(Bounded::new(plain));
    let mut builder = Builder::default();
    let outcome = builder.run(&mut xml);
    let line = xml.get_ref().line();
    outcome.and_then(|()| builder.finish()).map_err(|kind| TraceError::at(line, kind))
}

/// Where in the document the reader stands.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    Export,
    Timestep,
    /// Inside an element that holds nothing for us, as deep as said: a vehicle's or person's own children.
    Inside(u32),
    After,
}

#[derive(Default)]
struct Builder {
    place: Place,
    start: Option<u32>,
    steps: Vec<u32>,
    vehicles: Vec<Vehicle>,
    by_id: HashMap<String, usize>,
    samples: usize,
    skipped: usize,
}

impl Builder {
    fn run<R: BufRead>(&mut self, xml: &mut Reader<Bounded<R>>) -> Result<(), Kind> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            xml.get_mut().next_event();
            match xml.read_event_into(&mut buffer).map_err(xml_error)? {
                Event::Start(tag) => self.open(&tag)?,
                Event::Empty(tag) => self.open(&tag).and_then(|()| self.close())?,
                Event::End(_) => self.close()?,
                Event::Text(text) if is_blank(text.as_ref()) => {}
                Event::Text(_) | Event::CData(_) => return Err(Kind::UnexpectedContent("text")),
                Event::GeneralRef(_) => return Err(Kind::UnexpectedContent("an entity")),
                Event::DocType(_) => return Err(Kind::UnexpectedContent("a document type")),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return if self.place == Place::After { Ok(()) } else { Err(Kind::Truncated) },
            }
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), Kind> {
        let name = tag.name();
        let name = name.as_ref();
        self.place = match (self.place, name) {
            (Place::Before, "fcd-export") => Place::Export,
            (Place::Export, "timestep") => self.timestep(tag)?,
            (Place::Timestep, "vehicle") => self.vehicle(tag)?,
            (Place::Timestep, "person" | "container") => self.skip(),
            (Place::Inside(depth), _) if depth < 8 => Place::Inside(depth + 1),
            (Place::Before | Place::Export | Place::Timestep | Place::Inside(_) | Place::After, _) => {
                return Err(Kind::UnexpectedElement(printable(name)));
            }
        };
        Ok(())
    }

    fn close(&mut self) -> Result<(), Kind> {
        self.place = match self.place {
            Place::Export => Place::After,
            Place::Timestep => Place::Export,
            Place::Inside(0) => Place::Timestep,
            Place::Inside(depth) => Place::Inside(depth - 1),
            Place::Before | Place::After => return Err(Kind::Truncated),
        };
        Ok(())
    }

    fn skip(&mut self) -> Place {
        self.skipped = self.skipped.saturating_add(1);
        Place::Inside(0)
    }

    fn timestep(&mut self, tag: &BytesStart<'_>) -> Result<Place, Kind> {
        if self.steps.len() >= limits::MAX_STEPS {
            return Err(Kind::TooMany("time steps", limits::MAX_STEPS as u64));
        }
        let attributes = Attributes::of("timestep", tag)?;
        // Bounded by MAX_SECONDS: fits 32 bits.
        let clock = (attributes.number("time", 0.0, limits::MAX_SECONDS)? * 1_000.0).round() as u32;
        let start = *self.start.get_or_insert(clock);
        let at = clock.checked_sub(start).ok_or(Kind::NotAscending)?;
        if self.steps.last().is_some_and(|&last| at <= last) {
            return Err(Kind::NotAscending);
        }
        self.steps.push(at);
        Ok(Place::Timestep)
    }

    fn vehicle(&mut self, tag: &BytesStart<'_>) -> Result<Place, Kind> {
        if self.samples >= limits::MAX_SAMPLES {
            return Err(Kind::TooMany("vehicle records", limits::MAX_SAMPLES as u64));
        }
        self.samples += 1;
        let attributes = Attributes::of("vehicle", tag)?;
        let state = attributes.state()?;
        let (now, before) = (self.steps.last().copied().unwrap_or(0), self.step_before());
        let vehicle = self.vehicle_named(&attributes)?;
        let continues = follows(vehicle, now, before, &state)?;
        vehicle.samples.push(Sample { at: now, state, continues });
        Ok(Place::Inside(0))
    }

    /// The time of the step before the present one.
    fn step_before(&self) -> Option<u32> {
        self.steps.len().checked_sub(2).and_then(|index| self.steps.get(index)).copied()
    }

    fn vehicle_named(&mut self, attributes: &Attributes) -> Result<&mut Vehicle, Kind> {
        let id = attributes.text("id")?;
        let index = match self.by_id.get(id) {
            Some(&index) => index,
            None => self.add_vehicle(id, VehicleClass::from_type_name(attributes.text("type")?))?,
        };
        // The map holds only indices of vehicles that were pushed.
        self.vehicles.get_mut(index).ok_or(Kind::Empty)
    }

    fn add_vehicle(&mut self, id: &str, class: VehicleClass) -> Result<usize, Kind> {
        if self.vehicles.len() >= limits::MAX_VEHICLES {
            return Err(Kind::TooMany("vehicles", limits::MAX_VEHICLES as u64));
        }
        self.by_id.insert(id.to_owned(), self.vehicles.len());
        self.vehicles.push(Vehicle { id: id.to_owned(), class, samples: Vec::new() });
        Ok(self.vehicles.len() - 1)
    }

    fn finish(self) -> Result<Trace, Kind> {
        if self.vehicles.is_empty() {
            return Err(Kind::Empty);
        }
        Ok(Trace { steps: self.steps, vehicles: self.vehicles, skipped: self.skipped })
    }
}

/// Whether a record continues the vehicle's track: it was there a step ago and drove here.
fn follows(vehicle: &Vehicle, now: u32, before: Option<u32>, state: &State) -> Result<bool, Kind> {
    let Some(last) = vehicle.samples.last() else { return Ok(false) };
    if last.at == now {
        return Err(Kind::DuplicateVehicle(printable(&vehicle.id)));
    }
    match motion::step(last, now, state) {
        Step::Impossible(metres) => Err(Kind::NotGeographic(format!(
            "vehicle {:?} moves {:.0} km between two records",
            printable(&vehicle.id),
            metres / 1_000.0
        ))),
        Step::Jumped => Ok(false),
        Step::Driven => Ok(before == Some(last.at)),
    }
}

/// The attributes that we read, of one element.
struct Attributes {
    element: &'static str,
    values: Vec<(String, String)>,
}

impl Attributes {
    fn of(element: &'static str, tag: &BytesStart<'_>) -> Result<Self, Kind> {
        let mut values = Vec::new();
        for attribute in tag.attributes() {
            if values.len() >= limits::MAX_ATTRIBUTES {
                return Err(Kind::TooMany("attributes of one element", limits::MAX_ATTRIBUTES as u64));
            }
            let attribute = attribute.map_err(|error| Kind::NotXml(error.to_string()))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(xml_error)?;
            values.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self { element, values })
    }

    fn text(&self, name: &'static str) -> Result<&str, Kind> {
        let found = self.values.iter().find(|(key, _)| key == name);
        let (_, value) = found.ok_or(Kind::MissingAttribute(self.element, name))?;
        if value.len() > limits::MAX_NAME_OCTETS {
            return Err(Kind::TooMany("octets in a name or number", limits::MAX_NAME_OCTETS as u64));
        }
        Ok(value)
    }

    fn number(&self, name: &'static str, least: f64, most: f64) -> Result<f64, Kind> {
        let text = self.text(name)?;
        let number = text.parse::<f64>().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| Kind::BadNumber(name, printable(text)))
    }

    fn degrees(&self, name: &'static str, most: f64) -> Result<i32, Kind> {
        let text = self.text(name)?;
        let number = text.parse::<f64>().map_err(|_| Kind::BadNumber(name, printable(text)))?;
        if !(-most..=most).contains(&number) {
            return Err(Kind::NotGeographic(format!(
                "{name}=\"{}\" is beyond {most} degrees",
                printable(text)
            )));
        }
        // At most 180 · 10^7: fits 32 bits.
        Ok((number * 1e7).round() as i32)
    }

    fn state(&self) -> Result<State, Kind> {
        let heading = self.number("angle", -360.0, 360.0)?.rem_euclid(360.0);
        // SUMO may print a standing vehicle's speed as "-0.00"; a negative speed is refused.
        let speed = self.number("speed", 0.0, limits::MAX_SPEED)?;
        Ok(State {
            longitude: self.degrees("x", 180.0)?,
            latitude: self.degrees("y", 90.0)?,
            // Both are below 2^16 by their ranges.
            heading: (heading * 10.0).round() as u16 % 3_600,
            speed: (speed * 100.0).round() as u16,
        })
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii_whitespace())
}

/// Outside text for an error message: short, and without control characters.
fn printable(text: &str) -> String {
    text.chars().take(64).map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

fn xml_error(error: quick_xml::Error) -> Kind {
    let quick_xml::Error::Io(io) = &error else { return Kind::NotXml(error.to_string()) };
    match io.get_ref().and_then(|inner| inner.downcast_ref::<InputLimit>()) {
        Some(limit) => limit.into(),
        None => Kind::Unreadable(std::io::Error::new(io.kind(), io.to_string())),
    }
}
