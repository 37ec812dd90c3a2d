//! A capture file that is written while packets come: Ethernet frames with EtherType 0x8947.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use v2x_codec::capture::PcapWriter;
use v2x_codec::time::Time64;
use v2x_codec::view::{NetworkPdu, Packet, PacketContent};

use crate::files;

/// A capture file under way.
pub(crate) struct CaptureFile {
    name: String,
    file: BufWriter<File>,
    writer: PcapWriter,
}

impl CaptureFile {
    /// Opens the file, before anything is written to it.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        Ok(Self { name: path.display().to_string(), file: files::create(path)?, writer: PcapWriter::new() })
    }

    /// Writes a packet down, as from the link-layer address that it names itself.
    pub(crate) fn packet(&mut self, at: Time64, octets: &[u8]) -> Result<(), String> {
        let pushed = self.writer.push(at, source(octets), octets);
        pushed.map_err(|error| format!("{}: {error}", self.name))?;
        self.flush_writer().map_err(|error| format!("{}: cannot be written: {error}", self.name))
    }

    fn flush_writer(&mut self) -> std::io::Result<()> {
        self.file.write_all(&self.writer.take())
    }

    /// Brings everything out.
    pub(crate) fn finish(&mut self) -> Result<()> {
        self.flush_writer()
            .and_then(|()| self.file.flush())
            .with_context(|| format!("{}: cannot be written", self.name))
    }
}

/// The link-layer address that a packet's sender used, as its position vector repeats it.
fn source(packet: &[u8]) -> [u8; 6] {
    let pdu = match Packet::parse(packet).map(|packet| packet.content) {
        Ok(PacketContent::Unsecured(pdu)) => Some(pdu),
        Ok(PacketContent::Secured(data)) => data
            .content
            .signed()
            .and_then(|signed| signed.payload.data.and_then(|data| data.unsecured()))
            .and_then(|payload| NetworkPdu::parse(payload).ok()),
        Err(_) => None,
    };
    pdu.map_or([0; 6], |pdu| pdu.header.extended.source().address.mid)
}
