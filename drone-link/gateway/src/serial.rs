//! Serial lines.

use std::io;

/// An open line.
pub(crate) type Line = serial2_tokio::SerialPort;

/// Opens a line of 8 bits, no parity, one stop bit, without flow control.
pub(crate) fn open(device: &str, baud: u32) -> io::Result<Line> {
    Line::open(device, baud)
}
