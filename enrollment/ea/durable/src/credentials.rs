//! Who holds which credential.

use crate::{
    CREDENTIALS, DurableRegistry, HELD,
    codec::{Reader, Unreadable, Writer},
    damaged,
    limits::MAX_HOLDERS,
    note,
};
use enrollment_ea::{
    limits::MAX_CREDENTIALS,
    registry::{CanonicalId, RegistryError},
};
use std::collections::BTreeMap;
use store::{Note, Then, Value};
use v2x_security::{certificate::Certificate, id::HashedId8};

const HOLDERS: &str = "a list of holders of a credential";
const HELD_LIST: &str = "a list of a station's credentials";

/// A credential by its whole hash, and where it is found.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Held {
    digest: HashedId8,
    hash: [u8; 32],
}

impl Held {
    fn of(credential: &Certificate) -> Self {
        Self { digest: credential.hashed_id8(), hash: v2x_crypto::sha256(credential.octets()) }
    }
}

/// A holder as it is stored: the identifier, and the credential's octets.
type Holder = (Vec<u8>, Vec<u8>);

/// What is written when a station gets a credential: its own list, where the credential is found, and where the oldest is
/// no longer found if there are too many.
pub(crate) fn notes(
    registry: &DurableRegistry,
    id: &CanonicalId,
    credential: &Certificate,
) -> Result<Vec<Note>, RegistryError> {
    let new = Held::of(credential);
    let read = registry.value(HELD, id.as_bytes())?;
    let mut held = read.as_ref().map(decode_held).transpose().map_err(damaged)?.unwrap_or_default();
    if held.contains(&new) {
        return Ok(Vec::new());
    }
    let oldest = (held.len() >= MAX_CREDENTIALS).then(|| held.remove(0));
    held.push(new);
    let mut notes = vec![note(HELD, id.as_bytes(), read.as_ref(), Then::Write(encode_held(&held)))];
    let mut found = Found { registry, lists: BTreeMap::new() };
    if let Some(oldest) = oldest {
        found.change(oldest.digest, |holders| holders.retain(|holder| !is_of(holder, id, &oldest)))?;
    }
    found.change(new.digest, |holders| {
        holders.push((id.as_bytes().to_vec(), credential.octets().to_vec()));
    })?;
    notes.extend(found.notes()?);
    Ok(notes)
}

fn is_of((holder, credential): &Holder, id: &CanonicalId, held: &Held) -> bool {
    holder == id.as_bytes() && v2x_crypto::sha256(credential) == held.hash
}

/// Lists of holders under change, each read once: two digests can be the same.
struct Found<'a> {
    registry: &'a DurableRegistry,
    lists: BTreeMap<[u8; 8], (Option<Value>, Vec<Holder>)>,
}

impl Found<'_> {
    fn change(
        &mut self,
        digest: HashedId8,
        change: impl FnOnce(&mut Vec<Holder>),
    ) -> Result<(), RegistryError> {
        let key = *digest.as_bytes();
        if !self.lists.contains_key(&key) {
            let read = self.registry.value(CREDENTIALS, &key)?;
            let octets = read.as_ref().map(|value| value.octets.as_slice()).unwrap_or_default();
            let holders = decode_list(octets).map_err(damaged)?;
            self.lists.insert(key, (read, holders));
        }
        if let Some((_, holders)) = self.lists.get_mut(&key) {
            change(holders);
        }
        Ok(())
    }

    fn notes(self) -> Result<Vec<Note>, RegistryError> {
        let lists = self.lists.into_iter();
        lists
            .map(|(key, (read, holders))| Ok(note(CREDENTIALS, &key, read.as_ref(), then(&holders)?)))
            .collect()
    }
}

fn then(holders: &[Holder]) -> Result<Then, RegistryError> {
    match holders.len() {
        0 => Ok(Then::Remove),
        1..=MAX_HOLDERS => Ok(Then::Write(encode_list(holders).map_err(damaged)?)),
        _ => Err(RegistryError::Full),
    }
}

fn encode_list(holders: &[Holder]) -> Result<Vec<u8>, Unreadable> {
    let mut writer = Writer::default();
    for (id, credential) in holders {
        writer = writer.string(HOLDERS, id)?.string(HOLDERS, credential)?;
    }
    Ok(writer.0)
}

fn decode_list(octets: &[u8]) -> Result<Vec<Holder>, Unreadable> {
    let (mut reader, mut holders) = (Reader::new(HOLDERS, octets), Vec::new());
    while !reader.is_empty() && holders.len() < MAX_HOLDERS {
        holders.push((reader.string()?.to_vec(), reader.string()?.to_vec()));
    }
    reader.end()?;
    Ok(holders)
}

/// Holders with their credentials.
pub(crate) fn decode_holders(octets: &[u8]) -> Result<Vec<(CanonicalId, Certificate)>, Unreadable> {
    let holder = |(id, credential): Holder| {
        let id = CanonicalId::new(&id).map_err(|_| Unreadable(HOLDERS))?;
        Ok((id, Certificate::parse(&credential).map_err(|_| Unreadable(HOLDERS))?))
    };
    decode_list(octets)?.into_iter().map(holder).collect()
}

fn encode_held(held: &[Held]) -> Vec<u8> {
    let writer = held
        .iter()
        .fold(Writer::default(), |writer, held| writer.fixed(held.digest.as_bytes()).fixed(&held.hash));
    writer.0
}

fn decode_held(value: &Value) -> Result<Vec<Held>, Unreadable> {
    let (mut reader, mut held) = (Reader::new(HELD_LIST, &value.octets), Vec::new());
    while !reader.is_empty() && held.len() < MAX_CREDENTIALS {
        held.push(Held { digest: HashedId8(reader.array()?), hash: reader.array()? });
    }
    reader.end()?;
    Ok(held)
}
