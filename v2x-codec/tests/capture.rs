//! Capture files: malformed ones from another project's tests, and our own.

mod support;

use v2x_codec::ErrorKind;
use v2x_codec::capture::{Capture, PcapWriter};
use v2x_codec::time::Time64;
use v2x_codec::view::Packet;

#[test]
fn packets_of_an_older_version_are_refused_by_name() {
    let Some(vectors) = support::vectors() else { return };
    let file =
        std::fs::read(vectors.join("pcap/geonet_v0_and_calm_fast.pcap")).expect("the capture is there");
    let frames = Capture::parse(&file).expect("it is a capture");
    let mut refused = 0;
    for frame in frames {
        if let Some(packet) = frame.expect("every record is whole").geonetworking() {
            let error = Packet::parse(packet).expect_err("the version is 0");
            assert_eq!((error.kind, error.field), (ErrorKind::Unsupported, "GeoNetworking version"));
            refused += 1;
        }
    }
    assert!(refused > 10, "only {refused} packets");
}

#[test]
fn malformed_captures_yield_errors_or_nothing() {
    let Some(vectors) = support::vectors() else { return };
    for name in ["cve-2014-8768-Geonet.pcap", "geonet-mac-lookup-heapoverflow.pcap"] {
        let file = std::fs::read(vectors.join("pcap").join(name)).expect("the capture is there");
        for frame in Capture::parse(&file).expect("the head is whole").flatten() {
            assert!(frame.geonetworking().is_none_or(|packet| Packet::parse(packet).is_err()), "{name}");
        }
    }
}

#[test]
fn the_length_of_a_frame_check_sequence_is_no_part_of_the_link_type() {
    let mut writer = PcapWriter::new();
    writer.push(Time64::default(), [2; 6], &[0x11; 40]).expect("it fits");
    let mut file = writer.into_octets();
    // Four octets of frame check sequence, in the upper bits of the link type.
    file.splice(20..22, [0x44, 0]);
    let frame = Capture::parse(&file).expect("a capture").next().expect("a frame").expect("whole");
    assert_eq!(frame.geonetworking().map(<[u8]>::len), Some(40));
}

#[test]
fn what_is_written_reads_back() {
    let time = "2026-02-03T04:05:06.789012Z".parse::<Time64>().expect("a time");
    let mut writer = PcapWriter::new();
    for number in 0..3_u8 {
        let packet = vec![0x10 | number; 60 + usize::from(number)];
        writer
            .push(time.saturating_add_micros(number.into()), [2, 0, 0, 0, 0, number], &packet)
            .expect("it fits");
    }
    let file = writer.into_octets();
    let frames: Vec<_> =
        Capture::parse(&file).expect("a capture").map(|frame| frame.expect("whole")).collect();
    assert_eq!(frames.len(), 3);
    for (number, frame) in (0..3_u8).zip(&frames) {
        let unix = time.unix_micros().unsigned_abs() + u64::from(number);
        assert_eq!(frame.unix_nanos, Some(unix * 1000));
        assert_eq!(frame.octets.get(11), Some(&number));
        assert_eq!(frame.geonetworking().map(<[u8]>::len), Some(60 + usize::from(number)));
    }
}

#[test]
fn every_capture_that_is_cut_inside_a_record_ends_with_an_error() {
    let mut writer = PcapWriter::new();
    writer.push(Time64::default(), [2; 6], &[0x11; 40]).expect("it fits");
    let file = writer.into_octets();
    for cut in 25..file.len() {
        let frames: Vec<_> = Capture::parse(&file[..cut]).expect("the head is whole").collect();
        assert!(matches!(frames[..], [Err(_)]), "cut to {cut}");
    }
}

#[test]
fn a_frame_that_is_too_long_is_not_written() {
    let error = PcapWriter::new().push(Time64::default(), [2; 6], &vec![0; 300_000]).expect_err("too long");
    assert_eq!(error.kind, ErrorKind::OutOfRange);
}
