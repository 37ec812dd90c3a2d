//! The ledger against a model that is a few maps, over random operations, closing and opening, backups.

use super::{NOW, disk::Disk, engines::Place, options};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use std::collections::BTreeMap;
use store::{
    Expected, Ledger, Note, Standing, StoreError, Table, Then, digest, engine::Redb, limits::MAX_TIME_BEHIND,
    restore,
};

const TABLES: [Table; 2] = [Table::new("stations"), Table::new("quotas")];

#[derive(Clone, Debug)]
enum Step {
    Intend {
        request: u8,
        octets: u8,
    },
    Conclude {
        request: u8,
        certificate: u8,
        answer: u8,
    },
    /// With a note about a value of each table.
    Remember {
        request: u8,
        answer: u8,
        notes: [Option<Noted>; 2],
    },
    Put {
        table: usize,
        key: u8,
        value: Option<u8>,
        expected: Wish,
    },
    RaiseEpoch {
        epoch: u64,
    },
    Clock {
        seconds: i64,
    },
    Reopen,
    /// Goes on with a backup, in memory.
    Verify,
    Backup,
}

#[derive(Clone, Copy, Debug)]
struct Noted {
    key: u8,
    expected: Wish,
    then: Change,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Keep,
    Write(u8),
    Remove,
}

#[derive(Clone, Copy, Debug)]
enum Wish {
    Anything,
    Nothing,
    Present,
    Past,
}

#[derive(Default)]
struct Model {
    time: u64,
    newest: u64,
    epoch: u64,
    records: u64,
    requests: BTreeMap<u8, (Standing, Option<u8>)>,
    certificates: BTreeMap<u8, ()>,
    /// Value and version.
    values: BTreeMap<(usize, u8), (u8, u64)>,
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![Just(Wish::Anything), Just(Wish::Nothing), Just(Wish::Present), Just(Wish::Past)]
}

fn noted() -> impl Strategy<Value = Option<Noted>> {
    let then = prop_oneof![Just(Change::Keep), (0..3_u8).prop_map(Change::Write), Just(Change::Remove)];
    let noted = (0..4_u8, wish(), then).prop_map(|(key, expected, then)| Noted { key, expected, then });
    proptest::option::of(noted)
}

fn step() -> impl Strategy<Value = Step> {
    let put = (0..2_usize, 0..4_u8, proptest::option::of(0..3_u8), wish());
    prop_oneof![
        4 => (0..6_u8, 0..2_u8).prop_map(|(request, octets)| Step::Intend { request, octets }),
        4 => (0..6_u8, 0..2_u8, 0..2_u8)
            .prop_map(|(request, certificate, answer)| Step::Conclude { request, certificate, answer }),
        4 => (0..6_u8, 0..2_u8, [noted(), noted()])
            .prop_map(|(request, answer, notes)| Step::Remember { request, answer, notes }),
        4 => put.prop_map(|(table, key, value, expected)| Step::Put { table, key, value, expected }),
        1 => (0..3_u64).prop_map(|epoch| Step::RaiseEpoch { epoch }),
        1 => (-60..60_i64).prop_map(|seconds| Step::Clock { seconds }),
        1 => Just(Step::Reopen),
        1 => Just(Step::Verify),
        1 => Just(Step::Backup),
    ]
}

impl Model {
    fn new() -> Self {
        Self { time: NOW, newest: NOW, records: 1, ..Self::default() }
    }

    /// What the ledger must say to this step.
    fn expect(&mut self, step: &Step) -> Result<(), StoreError> {
        if let Step::RaiseEpoch { epoch } = *step {
            if epoch <= self.epoch {
                return Err(StoreError::EpochNotAbove { asked: epoch, present: self.epoch });
            }
            (self.epoch, self.newest) = (epoch, self.time);
            self.records += 1;
            return Ok(());
        }
        if self.time + MAX_TIME_BEHIND < self.newest {
            return Err(StoreError::TimeBehind { newest: self.newest, given: self.time });
        }
        let has_recorded = self.decide(step)?;
        if has_recorded {
            self.records += 1;
            self.newest = self.newest.max(self.time);
        }
        Ok(())
    }

    fn decide(&mut self, step: &Step) -> Result<bool, StoreError> {
        match *step {
            Step::Intend { request, octets } => match self.requests.get(&request) {
                None => {
                    self.requests.insert(request, (Standing::Intended(vec![octets]), None));
                    Ok(true)
                }
                Some((Standing::Intended(known), _)) if *known == [octets] => Ok(false),
                Some(_) => Err(StoreError::Conflict),
            },
            Step::Conclude { request, certificate, answer } => match self.requests.get(&request) {
                Some((Standing::Intended(_), _)) => {
                    self.requests.insert(request, (Standing::Answered(vec![answer]), Some(certificate)));
                    self.certificates.insert(certificate, ());
                    Ok(true)
                }
                Some((Standing::Answered(known), Some(of))) if *known == [answer] && *of == certificate => {
                    Ok(false)
                }
                Some(_) | None => Err(StoreError::Conflict),
            },
            Step::Remember { request, answer, notes } => match self.requests.get(&request) {
                None => {
                    self.note(notes)?;
                    self.requests.insert(request, (Standing::Answered(vec![answer]), None));
                    Ok(true)
                }
                Some((Standing::Answered(known), None)) if *known == [answer] => Ok(false),
                Some(_) => Err(StoreError::Conflict),
            },
            Step::Put { table, key, value, expected } => self.put((table, key), value, expected),
            Step::RaiseEpoch { .. } | Step::Clock { .. } | Step::Reopen | Step::Verify | Step::Backup => {
                Ok(false)
            }
        }
    }

    /// All of them, or none.
    fn note(&mut self, notes: [Option<Noted>; 2]) -> Result<(), StoreError> {
        for (table, note) in notes.iter().enumerate() {
            if let Some(Noted { key, expected, .. }) = *note {
                self.check((table, key), expected)?;
            }
        }
        for (table, note) in notes.into_iter().enumerate() {
            match note {
                Some(Noted { key, then: Change::Write(value), .. }) => {
                    self.values.insert((table, key), (value, self.records));
                }
                Some(Noted { key, then: Change::Remove, .. }) => drop(self.values.remove(&(table, key))),
                Some(Noted { then: Change::Keep, .. }) | None => {}
            }
        }
        Ok(())
    }

    fn check(&self, place: (usize, u8), expected: Wish) -> Result<Option<(u8, u64)>, StoreError> {
        let present = self.values.get(&place).copied();
        let is_expected = match expected {
            Wish::Anything => true,
            Wish::Nothing => present.is_none(),
            Wish::Present => present.is_some(),
            Wish::Past => false,
        };
        if is_expected { Ok(present) } else { Err(StoreError::Conflict) }
    }

    fn put(&mut self, place: (usize, u8), value: Option<u8>, expected: Wish) -> Result<bool, StoreError> {
        let present = self.check(place, expected)?;
        match value {
            Some(value) => drop(self.values.insert(place, (value, self.records))),
            None => drop(self.values.remove(&place)),
        }
        Ok(present.is_some() || value.is_some())
    }

    fn noted(&self, table: usize, Noted { key, expected, then }: Noted) -> Note {
        let then = match then {
            Change::Keep => Then::Keep,
            Change::Write(value) => Then::Write(vec![value]),
            Change::Remove => Then::Remove,
        };
        Note { table: TABLES[table], key: vec![key], expected: self.expected((table, key), expected), then }
    }

    fn expected(&self, place: (usize, u8), wish: Wish) -> Expected {
        let version = self.values.get(&place).map(|(_, version)| *version);
        match wish {
            Wish::Anything => Expected::Anything,
            Wish::Nothing => Expected::Nothing,
            Wish::Present => Expected::Version(version.unwrap_or(0)),
            Wish::Past => Expected::Version(version.map_or(0, |version| version - 1)),
        }
    }

    /// That the ledger tells exactly this.
    fn compare(&self, ledger: &Ledger) {
        for request in 0..6 {
            let known = self.requests.get(&request).map_or(Standing::New, |(standing, _)| standing.clone());
            assert_eq!(ledger.standing(&digest(&[request])), Ok(known));
        }
        for certificate in 0..2 {
            let known = self.certificates.get(&certificate).map(|()| vec![certificate]);
            assert_eq!(ledger.certificate(&digest(&[certificate])), Ok(known));
        }
        for (index, table) in TABLES.into_iter().enumerate() {
            for key in 0..4 {
                let value = ledger.value(table, &[key]).unwrap();
                let known = self.values.get(&(index, key)).copied();
                assert_eq!(
                    value.map(|value| (value.octets, value.version)),
                    known.map(|(v, at)| (vec![v], at))
                );
            }
        }
        let verified = ledger.verify(None).unwrap();
        assert_eq!((verified.head.count(), verified.head.epoch), (self.records, self.epoch));
        assert_eq!(verified.head.time, self.newest);
        let entries = 1 + self.requests.len() + self.certificates.len() + self.values.len();
        assert_eq!(verified.entries, entries as u64);
    }
}

fn run(place: &dyn Place, steps: &[Step]) {
    let (mut model, mut ledger) = (Model::new(), Some(place.ledger()));
    for step in steps {
        let open = ledger.as_ref().unwrap();
        let said = match *step {
            Step::Intend { request, octets } => open.intend(model.time, &digest(&[request]), &[octets]),
            Step::Conclude { request, certificate, answer } => {
                open.conclude(model.time, &digest(&[request]), &[certificate], &[answer])
            }
            Step::Remember { request, answer, notes } => {
                let notes: Vec<Note> = notes
                    .into_iter()
                    .enumerate()
                    .filter_map(|(table, note)| note.map(|note| model.noted(table, note)))
                    .collect();
                open.remember_with(model.time, &digest(&[request]), &[answer], &notes)
            }
            Step::Put { table, key, value, expected } => {
                let expected = model.expected((table, key), expected);
                match value {
                    Some(value) => open.put(model.time, TABLES[table], &[key], expected, &[value]),
                    None => open.remove(model.time, TABLES[table], &[key], expected),
                }
            }
            Step::RaiseEpoch { epoch } => open.raise_epoch(model.time, epoch, "tested"),
            Step::Clock { seconds } => {
                model.time = model.time.saturating_add_signed(seconds * 1_000_000);
                continue;
            }
            Step::Reopen => {
                drop(ledger.take());
                ledger = Some(place.ledger());
                continue;
            }
            Step::Verify => {
                model.compare(open);
                continue;
            }
            Step::Backup => {
                compare_backup(&model, open);
                continue;
            }
        };
        assert_eq!(said, model.expect(step), "{step:?}");
    }
    model.compare(ledger.as_ref().unwrap());
}

fn compare_backup(model: &Model, ledger: &Ledger) {
    let mut backup = Vec::new();
    ledger.backup(&mut backup).unwrap();
    let disk = Disk::default();
    restore(&Redb::with_backend(disk.clone()).unwrap(), &mut &backup[..]).unwrap();
    model.compare(&Ledger::open(Redb::with_backend(disk).unwrap(), &options(), NOW).unwrap());
}

pub(crate) fn holds(place: &dyn Fn() -> Box<dyn Place>, cases: u32) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let steps = proptest::collection::vec(step(), 1..60);
    let outcome = TestRunner::new(config).run(&steps, |steps| {
        run(&*place(), &steps);
        Ok(())
    });
    outcome.unwrap();
}
