use super::super::schema::{CTL_FORMAT, IEEE1609_DOT2_DATA, TO_BE_SIGNED_CERTIFICATE};
use super::*;
use crate::ieee1609dot2::{Ieee1609Dot2Data, decode};

/// Signed data with an empty payload for the application 36, whose header is `preamble`, PSID, `extensions`.
fn signed(preamble: u8, extensions: &[u8]) -> Vec<u8> {
    let start = [0x03, 0x81, 0x00, 0x40, 0x03, 0x80, 0x00, preamble, 0x01, 0x24];
    let signer = [&[0x80][..], &[7; 8]].concat();
    let signature = [&[0x80, 0x80][..], &[1; 32], &[2; 32]].concat();
    [&start[..], extensions, &signer, &signature].concat()
}

fn refused(schema: &'static Type, octets: &[u8]) -> (ErrorKind, &'static str, usize) {
    let error = scan(schema, octets).expect_err("it must be refused");
    (error.kind, error.field, error.offset)
}

fn data(octets: &[u8]) -> (ErrorKind, &'static str, usize) {
    refused(&IEEE1609_DOT2_DATA, octets)
}

#[test]
fn each_departure_from_canonical_oer_is_refused_by_its_own_name() {
    assert_eq!(data(&[3, 0x80, 0x81, 1, 9]), (ErrorKind::NonCanonicalLength, "unsecuredData", 2));
    assert_eq!(data(&[3, 0x80, 0, 9]), (ErrorKind::TrailingOctets(1), "Ieee1609Dot2Data", 3));
    assert_eq!(data(&[2, 0x80, 0]), (ErrorKind::OutOfRange, "protocolVersion", 0));
    assert_eq!(data(&[3, 0x85, 0]), (ErrorKind::UnknownChoice(5), "content", 1));
    assert_eq!(data(&[3, 0x81, 7]), (ErrorKind::UnknownEnumeration(7), "hashId", 2));
    assert_eq!(data(&[3, 0x81, 0, 0x41]), (ErrorKind::BadPadding, "preamble", 3));
    assert_eq!(data(&[3, 0x80, 5, 1]), (ErrorKind::LengthExceedsInput, "unsecuredData", 2));
    assert_eq!(data(&[3]), (ErrorKind::Truncated, "content", 1));
}

#[test]
fn an_unknown_extension_addition_is_skipped_by_the_scan_and_refused_by_name_before_the_owned_decoder() {
    let octets = signed(0x80, &[2, 3, 0x08, 2, 0xaa, 0xbb]);
    assert_eq!(scan(&IEEE1609_DOT2_DATA, &octets), Ok(()));
    let error = decode::<Ieee1609Dot2Data>(&octets).expect_err("it would be misread");
    let expected = (ErrorKind::Unsupported, "unknown extension addition", 13);
    assert_eq!((error.kind, error.field, error.offset), expected);
}

#[test]
fn a_bitmap_of_extensions_is_well_formed() {
    const FIELD: &str = "extension bitmap";
    assert_eq!(data(&signed(0x80, &[2, 3, 0x00])), (ErrorKind::NonCanonicalValue, FIELD, 10));
    assert_eq!(data(&signed(0x80, &[2, 8, 0x80])), (ErrorKind::BadPadding, FIELD, 10));
    assert_eq!(data(&signed(0x80, &[2, 4, 0x1f])), (ErrorKind::BadPadding, FIELD, 12));
    assert_eq!(data(&signed(0x80, &[1, 0])), (ErrorKind::OutOfRange, FIELD, 10));
    assert_eq!(data(&signed(0x80, &[&[10, 0][..], &[0x80; 9]].concat())), (ErrorKind::TooMany, FIELD, 10));
}

#[test]
fn an_extension_fills_its_length_and_errors_in_it_count_from_the_outside() {
    // pduFunctionalType is the third addition and takes one octet.
    assert_eq!(scan(&IEEE1609_DOT2_DATA, &signed(0x80, &[2, 4, 0x20, 1, 1])), Ok(()));
    let (kind, field, offset) = data(&signed(0x80, &[2, 4, 0x20, 2, 1, 1]));
    assert_eq!((kind, field, offset), (ErrorKind::TrailingOctets(1), "pduFunctionalType", 15));
}

#[test]
fn a_default_that_is_written_out_is_refused() {
    let start = [&[0x08, 0x83][..], &[0; 9], &[0x84, 0, 1, 1, 1, 0x80, 0x81]].concat();
    let octets = [&start[..], &[1, 1]].concat();
    let refusal = refused(&TO_BE_SIGNED_CERTIFICATE, &octets);
    assert_eq!(refusal, (ErrorKind::NonCanonicalValue, "minChainLength", start.len()));
}

#[test]
fn numbers_truth_values_and_text_of_a_list_are_canonical() {
    let list = |version: &[u8], full, url| {
        [&[0][..], version, &[0, 0, 0, 0, full, 0, 1, 1, 0x81, 0x81, 1, url]].concat()
    };
    assert_eq!(scan(&CTL_FORMAT, &list(&[1, 1], 0xff, b'a')), Ok(()));
    let long = refused(&CTL_FORMAT, &list(&[2, 0, 1], 0xff, b'a'));
    assert_eq!(long, (ErrorKind::NonCanonicalValue, "version", 1));
    assert_eq!(refused(&CTL_FORMAT, &list(&[1, 2], 0xff, b'a')).0, ErrorKind::OutOfRange);
    assert_eq!(refused(&CTL_FORMAT, &list(&[1, 1], 1, b'a')).0, ErrorKind::NonCanonicalValue);
    assert_eq!(refused(&CTL_FORMAT, &list(&[1, 1], 0xff, 0x80)).0, ErrorKind::NotText);
}

#[test]
fn data_nests_eight_times_and_no_more() {
    let nested = |times: usize| [[3, 0x81, 0, 0x40].repeat(times - 1), vec![3, 0x80, 0]].concat();
    assert_eq!(data(&nested(8)).0, ErrorKind::Truncated);
    assert_eq!(data(&nested(9)).0, ErrorKind::TooDeep);
}
