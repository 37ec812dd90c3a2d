//! Why a trace was refused, and at which line.

use core::fmt;
use std::io;

use super::limits;

/// Why a file is no usable trace.
#[derive(Debug)]
pub struct TraceError {
    /// The line of the XML at which the offending tag or text ends, counted from 1; 0 when no line was reached.
    pub line: u64,
    /// What was wrong.
    pub kind: TraceErrorKind,
}

impl TraceError {
    pub(super) fn at(line: u64, kind: TraceErrorKind) -> Self {
        Self { line, kind }
    }
}

/// What can be wrong with a trace.
#[derive(Debug)]
pub enum TraceErrorKind {
    /// The file cannot be opened or read, or its compression is damaged.
    Unreadable(io::Error),
    /// It is not well-formed XML.
    NotXml(String),
    /// An element stands where FCD has none.
    UnexpectedElement(String),
    /// Text, a document type or an entity stands where FCD has none.
    UnexpectedContent(&'static str),
    /// It ends before its root element does, or has no root.
    Truncated,
    /// An element lacks an attribute.
    MissingAttribute(&'static str, &'static str),
    /// An attribute's value is no number, or lies outside its range.
    BadNumber(&'static str, String),
    /// Coordinates that are no longitude and latitude in degrees.
    NotGeographic(String),
    /// A step that is not later than the one before it.
    NotAscending,
    /// One vehicle twice in a step.
    DuplicateVehicle(String),
    /// More of something than [`limits`] allows.
    TooMany(&'static str, u64),
    /// No step, or no vehicle in any step.
    Empty,
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        self.kind.fmt(f)
    }
}

impl fmt::Display for TraceErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "cannot read the trace: {error}"),
            Self::NotXml(error) => write!(f, "not well-formed XML: {error}"),
            Self::UnexpectedElement(name) => write!(
                f,
                "element <{name}> has no place here; expected SUMO FCD: \
                 <fcd-export>, in it <timestep>, in it <vehicle>"
            ),
            Self::UnexpectedContent(what) => write!(f, "{what} has no place in SUMO FCD"),
            Self::Truncated => f.write_str("the file ends before </fcd-export>"),
            Self::MissingAttribute(element, name) => write!(
                f,
                "<{element}> lacks the attribute {name} (sumo --fcd-output.attributes id,x,y,angle,type,speed writes all that is needed)"
            ),
            Self::BadNumber(name, value) => write!(f, "{name}=\"{value}\" is no number in its range"),
            Self::NotGeographic(why) => {
                write!(
                    f,
                    "{why}: coordinates must be longitude and latitude in degrees (sumo --fcd-output.geo)"
                )
            }
            Self::NotAscending => f.write_str("a step is not at least 1 ms later than the one before it"),
            Self::DuplicateVehicle(id) => write!(f, "vehicle {id:?} stands twice in one step"),
            Self::TooMany(what, limit) => write!(f, "more than {limit} {what}: cut the recording"),
            Self::Empty => f.write_str("the trace holds no vehicle"),
        }
    }
}

impl std::error::Error for TraceError {}

/// What of the input ran over, when [`super::input`] stops it; told apart from a failing disk by this type.
#[derive(Debug)]
pub(super) enum InputLimit {
    Event,
    Whole,
}

impl fmt::Display for InputLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("input limit")
    }
}

impl std::error::Error for InputLimit {}

impl From<&InputLimit> for TraceErrorKind {
    fn from(limit: &InputLimit) -> Self {
        match limit {
            InputLimit::Event => {
                Self::TooMany("octets in one tag or comment", limits::MAX_EVENT_OCTETS as u64)
            }
            InputLimit::Whole => Self::TooMany("octets of XML", limits::MAX_XML_OCTETS),
        }
    }
}
