//! Values of canonical OER, written at random from the tables that the scan reads them by: so the scan accepts them, and
//! the owned decoder must, or say which rule between fields it misses.

use v2x_codec::coer::schema::{self, Choice, Field, Presence, Sequence, Shape, Type};

use super::Random;

/// Values in one seed that may still bring optional parts of their own.
const BUDGET: u32 = 60;

/// Values of one table.
pub(super) fn values(schema: &'static Type, random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|_| value(schema, random)).collect()
}

/// Messages, lists and requests of TS 102 941.
pub(super) fn pki(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    let parts = [
        &schema::CTL_FORMAT,
        &schema::TO_BE_SIGNED_CRL,
        &schema::INNER_EC_REQUEST,
        &schema::INNER_AT_REQUEST,
        &schema::SHARED_AT_REQUEST,
        &schema::CRL_CONTENTS,
    ];
    let mut made = values(&schema::ETSI_TS102941_DATA, random, count);
    made.extend(parts.into_iter().flat_map(|part| values(part, random, count / 4)));
    made
}

/// One value of a type.
pub(super) fn value(schema: &'static Type, random: &mut Random) -> Vec<u8> {
    let mut writer = Writer { out: Vec::new(), random, budget: BUDGET };
    writer.value(schema);
    writer.out
}

struct Writer<'a> {
    out: Vec<u8>,
    random: &'a mut Random,
    budget: u32,
}

impl Writer<'_> {
    fn value(&mut self, schema: &'static Type) {
        self.budget = self.budget.saturating_sub(1);
        match &schema.shape {
            // Never chosen: see `is_supported`.
            Shape::Null | Shape::Unsupported => {}
            Shape::Boolean => {
                let octet = if self.random.one_in(2) { 0xff } else { 0 };
                self.out.push(octet);
            }
            Shape::Unsigned { width, min, max } => self.unsigned(*width, *min, *max),
            Shape::Signed32 { min, max } => self.signed32(*min, *max),
            Shape::UnsignedAnyLength => self.shortest_unsigned(),
            Shape::SignedAnyLength { min, max } => self.small_signed(*min, *max),
            Shape::Enumerated(names) => {
                let index = self.random.index(names.len());
                self.out.push(u8::try_from(index).unwrap_or(0));
            }
            Shape::FixedOctets(size) => self.noise(*size),
            Shape::Octets { min, max } => self.octets(*min, *max),
            Shape::Bits8 => self.noise(1),
            Shape::Utf8 { max } => self.text((*max).min(24)),
            Shape::Ia5 => self.text(24),
            Shape::Sequence(sequence) => self.sequence(sequence),
            Shape::SequenceOf { item, min } => self.sequence_of(item, *min),
            Shape::Choice(choice) => self.choice(choice),
            Shape::OpenType => self.octets(0, 24),
        }
    }

    fn noise(&mut self, count: usize) {
        let octets = self.random.octets(count);
        self.out.extend(octets);
    }

    /// An INTEGER of fixed width, at its bounds more often than chance would have it.
    fn unsigned(&mut self, width: u8, min: u64, max: u64) {
        let span = max.wrapping_sub(min).wrapping_add(1);
        let drawn = if span == 0 { self.random.below(u64::MAX) } else { min + self.random.below(span) };
        let value = self.at_a_bound(min, max).unwrap_or(drawn);
        self.out.extend(value.to_be_bytes().iter().skip(8 - usize::from(width)));
    }

    fn signed32(&mut self, min: i32, max: i32) {
        let span = u64::from(max.abs_diff(min)) + 1;
        let drawn = i64::from(min) + i64::try_from(self.random.below(span)).unwrap_or(0);
        let value = self.at_a_bound(min, max).unwrap_or(i32::try_from(drawn).unwrap_or(min));
        self.out.extend(value.to_be_bytes());
    }

    fn at_a_bound<N>(&mut self, min: N, max: N) -> Option<N> {
        match self.random.below(8) {
            0 => Some(min),
            1 => Some(max),
            _ => None,
        }
    }

    fn shortest_unsigned(&mut self) {
        let shift = self.random.below(64);
        let value = self.random.below(u64::MAX) >> shift;
        let zeros = (value.leading_zeros() / 8).min(7) as usize;
        self.sized(value.to_be_bytes().get(zeros..).unwrap_or_default());
    }

    fn small_signed(&mut self, min: i64, max: i64) {
        let low = i8::try_from(min).unwrap_or(i8::MIN);
        let high = i8::try_from(max).unwrap_or(i8::MAX);
        let span = u64::from(high.abs_diff(low)) + 1;
        let value = i64::from(low) + i64::try_from(self.random.below(span)).unwrap_or(0);
        self.sized(&i8::try_from(value).unwrap_or(low).to_be_bytes());
    }

    fn octets(&mut self, min: usize, max: usize) {
        let span = max.saturating_sub(min).min(32);
        let count = min + self.random.index(span + 1);
        let octets = self.random.octets(count);
        self.sized(&octets);
    }

    fn text(&mut self, longest: usize) {
        let count = self.random.index(longest + 1);
        let text: Vec<u8> = self.random.octets(count).iter().map(|octet| b'a' + octet % 26).collect();
        self.sized(&text);
    }

    /// Octets behind their length.
    fn sized(&mut self, octets: &[u8]) {
        self.length(octets.len());
        self.out.extend(octets);
    }

    fn length(&mut self, length: usize) {
        match u8::try_from(length) {
            Ok(short @ 0..=127) => self.out.push(short),
            Ok(long) => self.out.extend([0x81, long]),
            Err(_) => {
                let [.., a, b] = length.to_be_bytes();
                self.out.extend([0x82, a, b]);
            }
        }
    }

    fn sequence(&mut self, sequence: &'static Sequence) {
        let chosen: Vec<(&'static Field, bool)> =
            sequence.fields.iter().map(|field| (field, self.is_there(field))).collect();
        let additions: Vec<bool> =
            sequence.additions.iter().map(|field| self.budget > 0 && self.is_there(field)).collect();
        let extended = additions.contains(&true);
        let optional = chosen.iter().filter(|(field, _)| field.presence != Presence::Required);
        let marker = sequence.extensible.then_some(extended);
        let bits: Vec<bool> = marker.into_iter().chain(optional.map(|(_, there)| *there)).collect();
        self.bits(&bits);
        for (field, _) in chosen.iter().filter(|(_, there)| *there) {
            self.value(field.schema);
        }
        if extended {
            self.additions(sequence.additions, &additions);
        }
    }

    fn is_there(&mut self, field: &Field) -> bool {
        match field.presence {
            Presence::Required => true,
            Presence::Optional => self.budget > 0 && is_supported(field) && self.random.one_in(2),
            // A default that is written out is not canonical; whether chance writes it is not worth looking.
            Presence::Default(_) => self.budget > 0 && self.random.one_in(3),
        }
    }

    fn bits(&mut self, bits: &[bool]) {
        for eight in bits.chunks(8) {
            let octet =
                eight.iter().zip(0..).fold(0, |octet, (bit, place)| octet | u8::from(*bit) << (7 - place));
            self.out.push(octet);
        }
    }

    fn additions(&mut self, fields: &'static [Field], there: &[bool]) {
        let octets = there.len().div_ceil(8);
        self.length(octets + 1);
        self.out.push(u8::try_from(octets * 8 - there.len()).unwrap_or(0));
        self.bits(there);
        for (field, _) in fields.iter().zip(there).filter(|(_, there)| **there) {
            self.wrapped(field);
        }
    }

    fn wrapped(&mut self, field: &'static Field) {
        let outer = core::mem::take(&mut self.out);
        self.value(field.schema);
        let content = core::mem::replace(&mut self.out, outer);
        self.sized(&content);
    }

    fn sequence_of(&mut self, item: &'static Type, min: usize) {
        let more = if self.budget > 0 { self.random.index(4) } else { 0 };
        let count = min + more;
        self.out.extend([1, u8::try_from(count).unwrap_or(u8::MAX)]);
        (0..count).for_each(|_| self.value(item));
    }

    fn choice(&mut self, choice: &'static Choice) {
        let all: Vec<(usize, &'static Field)> =
            choice.root.iter().chain(choice.additions).enumerate().filter(|(_, f)| is_supported(f)).collect();
        let drawn = if self.budget > 0 { self.random.index(all.len()) } else { 0 };
        let Some((index, field)) = all.get(drawn).copied() else { return };
        self.out.push(0x80 | u8::try_from(index).unwrap_or(0));
        if index < choice.root.len() { self.value(field.schema) } else { self.wrapped(field) }
    }
}

fn is_supported(field: &Field) -> bool {
    !matches!(field.schema.shape, Shape::Unsupported)
}
