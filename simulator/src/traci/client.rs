//! A client of TraCI: questions over TCP, one at a time.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::error::TraciError;
use super::limits;
use super::wire::{Reader, Seen, Writer, command, kind, variable};

/// The list of names that a domain has.
const NAMES: u8 = 0x00;
/// The rectangle around a network.
const BOUNDARY: u8 = 0x7c;
/// What SUMO's clock shows.
const TIME: u8 = 0x66;
/// A place in another system of coordinates.
const CONVERSION: u8 = 0x82;
/// Farther than any network is wide, in metres.
const EVERYWHERE_M: f64 = 1e9;

/// A connection to a SUMO that waits to be led.
pub struct Client {
    stream: TcpStream,
    answer: Vec<u8>,
}

/// A vehicle as a step left it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// SUMO's name for it.
    pub name: String,
    /// Where it is and how it moves.
    pub seen: Seen,
}

impl Client {
    /// Talks over this connection.
    ///
    /// # Errors
    /// [`TraciError::Connection`].
    pub fn new(stream: TcpStream) -> Result<Self, TraciError> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(limits::ANSWER))?;
        stream.set_write_timeout(Some(limits::ANSWER))?;
        Ok(Self { stream, answer: Vec::new() })
    }

    fn send(&mut self, message: &[u8]) -> Result<(), TraciError> {
        Ok(self.stream.write_all(message)?)
    }

    /// The answer to `asked`, behind its status.
    fn receive(&mut self, asked: u8) -> Result<Reader<'_>, TraciError> {
        let mut head = [0; 4];
        self.stream.read_exact(&mut head)?;
        let whole = usize::try_from(u32::from_be_bytes(head)).unwrap_or(usize::MAX);
        let length = whole.checked_sub(head.len()).ok_or(TraciError::Malformed("a length below its own"))?;
        if length > limits::MAX_MESSAGE_OCTETS {
            return Err(TraciError::TooMany("octets in an answer", limits::MAX_MESSAGE_OCTETS));
        }
        self.answer.clear();
        let read = (&self.stream).take(length as u64).read_to_end(&mut self.answer)?;
        if read < length {
            return Err(TraciError::Malformed("it ends too soon"));
        }
        let mut reader = Reader::new(&self.answer);
        reader.status(asked)?;
        Ok(reader)
    }

    fn call(&mut self, number: u8, contents: Writer) -> Result<Reader<'_>, TraciError> {
        self.send(&contents.message(number))?;
        self.receive(number)
    }

    /// Asks for a value; the reader stands behind the name of its holder.
    fn ask(&mut self, domain: u8, value: u8, holder: &str, more: &[u8]) -> Result<Reader<'_>, TraciError> {
        let mut reader = self.call(domain, Writer::default().octet(value).text(holder).octets(more))?;
        let (number, mut inside) = reader.command()?;
        if number != domain + command::ANSWER || inside.octet()? != value {
            return Err(TraciError::Malformed("the answer to another question"));
        }
        inside.text()?;
        Ok(inside)
    }

    /// The version of the protocol, and SUMO's own.
    ///
    /// # Errors
    /// [`TraciError`], as with every question.
    pub fn version(&mut self) -> Result<(i32, String), TraciError> {
        let mut reader = self.call(command::VERSION, Writer::default())?;
        let (_, mut inside) = reader.command()?;
        Ok((inside.int()?, inside.text()?.to_owned()))
    }

    /// What SUMO's clock shows, in seconds.
    ///
    /// # Errors
    /// [`TraciError`].
    pub fn time(&mut self) -> Result<f64, TraciError> {
        let mut value = self.ask(command::ASK_SIMULATION, TIME, "", &[])?;
        value.kind(kind::DOUBLE)?;
        value.double()
    }

    /// Two corners of the rectangle around the network, in metres of its plane.
    ///
    /// # Errors
    /// [`TraciError`].
    pub fn boundary(&mut self) -> Result<[(f64, f64); 2], TraciError> {
        let mut value = self.ask(command::ASK_SIMULATION, BOUNDARY, "", &[])?;
        value.kind(kind::POLYGON)?;
        if value.octet()? < 2 {
            return Err(TraciError::Malformed("a boundary has two corners"));
        }
        let mut corner = || Ok::<_, TraciError>((value.double()?, value.double()?));
        Ok([corner()?, corner()?])
    }

    /// Longitude and latitude of a place of the network's plane, in degrees.
    ///
    /// # Errors
    /// [`TraciError`].
    pub fn geographic(&mut self, x: f64, y: f64) -> Result<(f64, f64), TraciError> {
        let (x, y) = (x.to_be_bytes(), y.to_be_bytes());
        let question =
            [&[kind::COMPOUND, 0, 0, 0, 2, kind::POSITION_2D][..], &x, &y, &[kind::UBYTE, kind::LON_LAT]]
                .concat();
        let mut value = self.ask(command::ASK_SIMULATION, CONVERSION, "", &question)?;
        value.kind(kind::LON_LAT)?;
        Ok((value.double()?, value.double()?))
    }

    /// The name of a vehicle's type.
    ///
    /// # Errors
    /// [`TraciError`].
    pub fn vehicle_type(&mut self, vehicle: &str) -> Result<String, TraciError> {
        let mut value = self.ask(command::ASK_VEHICLE, variable::TYPE, vehicle, &[])?;
        value.kind(kind::TEXT)?;
        value.text().map(str::to_owned)
    }

    /// Has every vehicle told with each step from now on; tells those that are there.
    ///
    /// # Errors
    /// [`TraciError`]; [`TraciError::Malformed`] for a network without a junction.
    pub fn subscribe(&mut self) -> Result<Vec<Sighting>, TraciError> {
        let mut value = self.ask(command::ASK_JUNCTION, NAMES, "", &[])?;
        value.kind(kind::TEXTS)?;
        let junctions = value.texts()?;
        let junction = junctions.first().ok_or(TraciError::Malformed("a network without a junction"))?;
        let wanted = [variable::POSITION, variable::ANGLE, variable::SPEED];
        // From the first second on, without end.
        let whole_time = Writer::default().double(0.0).double(f64::MAX);
        let contents = whole_time.text(junction).octet(command::ASK_VEHICLE).double(EVERYWHERE_M);
        let mut reader = self
            .call(command::SUBSCRIBE_JUNCTION_CONTEXT, contents.octet(wanted.len() as u8).octets(&wanted))?;
        let (_, mut inside) = reader.command()?;
        let mut found = Vec::new();
        inside.vehicles(|name, seen| found.push(Sighting { name: name.to_owned(), seen }))?;
        Ok(found)
    }

    /// Runs until SUMO's clock shows so many seconds, without telling anything.
    ///
    /// # Errors
    /// [`TraciError`].
    pub fn run_until(&mut self, seconds: f64) -> Result<(), TraciError> {
        self.call(command::STEP, Writer::default().double(seconds)).map(drop)
    }

    /// Has SUMO begin its next step, and comes back while it works.
    ///
    /// # Errors
    /// [`TraciError::Connection`].
    pub fn begin_step(&mut self) -> Result<(), TraciError> {
        self.send(&Writer::default().double(0.0).message(command::STEP))
    }

    /// Waits for the step that was begun, and hands over every vehicle.
    ///
    /// # Errors
    /// [`TraciError`].
    pub fn finish_step(&mut self, seen: impl FnMut(&str, Seen)) -> Result<(), TraciError> {
        self.receive(command::STEP)?.step(seen)
    }

    /// Ends SUMO.
    ///
    /// # Errors
    /// [`TraciError`].
    pub fn close(&mut self) -> Result<(), TraciError> {
        self.call(command::CLOSE, Writer::default()).map(drop)
    }
}
