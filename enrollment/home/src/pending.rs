//! Requests without an answer, kept so that a station that starts again sends the same octets and gets the same answer.
//!
//! Beside the request lies the private key of the certificate that it asks for, as every key of the home does, and the key that
//! opens the answer, encrypted under what is derived from that private key: who cannot read the one cannot use the other.

use crate::{
    HomeError,
    files::{self, For},
    limits::PENDING_SECONDS,
    pairs::{self, KeyText},
};
use enrollment_protocol::sealed::{open_answer, seal_answer};
use enrollment_station::{Sent, StationError};
use serde::{Deserialize, Serialize};
use std::{fs, path::PathBuf};
use v2x_codec::{ieee1609dot2::encode, time::Time64};
use v2x_crypto::{AesKey, CryptoRng, PrivateKey, sha256};
use v2x_security::certificate::Certificate;
use zeroize::Zeroizing;

/// Room for one request.
pub(crate) struct Slot {
    request: PathBuf,
    key: PathBuf,
    /// Where the certificate comes that is asked for.
    certificates: PathBuf,
}

/// A request that was just made.
pub(crate) struct Made<'a> {
    pub(crate) sent: &'a Sent,
    /// The key that a certificate is asked for.
    pub(crate) key: &'a PrivateKey,
    /// The same as it lies on disk.
    pub(crate) text: &'a KeyText,
    /// What else must be known when the answer comes.
    pub(crate) note: &'a [u8],
    pub(crate) now: Time64,
}

/// A request that was made before.
pub(crate) struct Kept {
    pub(crate) sent: Sent,
    pub(crate) key: PrivateKey,
    pub(crate) text: KeyText,
    pub(crate) note: Vec<u8>,
}

/// A request as a file: octets in hex digits.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RequestText {
    /// When it was made, in microseconds TAI since 2004.
    made: u64,
    request: String,
    authority: String,
    /// The key that opens the answer, encrypted.
    answer_key: String,
    note: String,
}

impl Slot {
    /// `path` with one ending for the request and another for the key.
    pub(crate) fn new(path: PathBuf, certificates: PathBuf) -> Self {
        Self { request: path.with_extension("json"), key: path.with_extension("key"), certificates }
    }

    /// Keeps a request before it is sent: the key first, so that no request is without.
    pub(crate) fn keep(&self, made: &Made<'_>, rng: &mut dyn CryptoRng) -> Result<(), HomeError> {
        let Made { sent, key, text, note, now } = made;
        if let Some(folder) = self.request.parent() {
            files::make_folder(folder)?;
        }
        let sealed = seal_answer(sent.answer_key().expose(), &sealing_key(key, sent.request())?, rng);
        let sealed = encode(&sealed.map_err(StationError::from)?);
        let sealed = sealed.map_err(|error| StationError::Fault(error.into()))?;
        let request = RequestText {
            made: now.micros(),
            request: hex::encode(sent.request()),
            authority: hex::encode(sent.authority().octets()),
            answer_key: hex::encode(sealed),
            note: hex::encode(note),
        };
        let octets = serde_json::to_vec(&request).map_err(|error| HomeError::file(&self.request, error))?;
        text.write(&self.key)?;
        files::write(&self.request, &octets, For::Owner)
    }

    /// The request that is kept, if it is to `authority`, still answered, and was not yet. Any other is forgotten, and so is one
    /// that cannot be read: what it asked for is asked for anew.
    pub(crate) fn take_up(
        &self,
        authority: &Certificate,
        passphrase: Option<&[u8]>,
        now: Time64,
    ) -> Result<Option<Kept>, HomeError> {
        if !self.request.exists() && !self.key.exists() {
            return Ok(None);
        }
        let kept = self.read(passphrase, now).ok().flatten();
        let kept = kept.filter(|kept| kept.sent.authority() == authority);
        match kept {
            Some(kept) if !self.is_answered(&kept.key)? => Ok(Some(kept)),
            Some(_) | None => self.forget().map(|()| None),
        }
    }

    fn read(&self, passphrase: Option<&[u8]>, now: Time64) -> Result<Option<Kept>, HomeError> {
        let unreadable = |why: String| HomeError::file(&self.request, why);
        let request: RequestText = serde_json::from_slice(&files::read(&self.request)?)
            .map_err(|error| unreadable(error.to_string()))?;
        let octets = |digits: &str| hex::decode(digits).map_err(|error| unreadable(error.to_string()));
        if !is_answered_still(Time64::from_micros(request.made), now) {
            return Ok(None);
        }
        let text = KeyText::read(&self.key)?;
        let key = text.key(&self.key, passphrase)?;
        let (sent, authority) = (octets(&request.request)?, octets(&request.authority)?);
        let authority = Certificate::parse(&authority).map_err(HomeError::refused("who was asked"))?;
        let answer_key = open_answer(&octets(&request.answer_key)?, &sealing_key(&key, &sent)?);
        let answer_key = answer_key.map_err(StationError::from)?;
        let Ok(answer_key) = answer_key.as_slice().try_into() else { return Ok(None) };
        let sent = Sent::new(sent, AesKey::from_bytes(answer_key), authority);
        Ok(Some(Kept { sent, key, text, note: octets(&request.note)? }))
    }

    /// Whether the certificate came, and only the request stayed.
    fn is_answered(&self, key: &PrivateKey) -> Result<bool, HomeError> {
        let held = pairs::list(&self.certificates)?;
        Ok(held.iter().any(|pair| pair.certificate().verification_key() == Some(key.public_key())))
    }

    /// Removes the request, and then the key.
    pub(crate) fn forget(&self) -> Result<(), HomeError> {
        for path in [&self.request, &self.key] {
            if path.exists() {
                fs::remove_file(path).map_err(|error| HomeError::file(path, error))?;
            }
        }
        files::sync_folder(&self.request).map_err(|error| HomeError::file(&self.request, error))
    }
}

/// Whether an authority gives a request that was made then the answer of the first time.
const fn is_answered_still(made: Time64, now: Time64) -> bool {
    made.micros() <= now.micros() && now.micros() - made.micros() <= PENDING_SECONDS * 1_000_000
}

/// The key that the key of an answer is encrypted under: of one request, and of who has its private key.
fn sealing_key(key: &PrivateKey, request: &[u8]) -> Result<AesKey, HomeError> {
    const LABEL: &[u8] = b"wayseal: the key of an answer";
    let der = key.to_pkcs8_der()?;
    let mut hashed = Zeroizing::new(Vec::with_capacity(LABEL.len() + der.len() + request.len()));
    for part in [LABEL, &der, request] {
        hashed.extend_from_slice(part);
    }
    let hash = Zeroizing::new(sha256(&hashed));
    let mut octets = Zeroizing::new([0; AesKey::LEN]);
    octets.iter_mut().zip(hash.iter()).for_each(|(octet, hashed)| *octet = *hashed);
    Ok(AesKey::from_bytes(&octets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;
    use tempfile::TempDir;
    use v2x_ca::lab::{Lab, Plan};
    use v2x_codec::time::Time32;
    use v2x_crypto::{Curve, RustCrypto};

    const START: Time32 = Time32::from_seconds(700_000_000);
    const SECRET: Option<&[u8]> = Some(b"open sesame");

    struct World {
        folder: TempDir,
        slot: Slot,
        lab: Lab,
        key: PrivateKey,
        rng: ChaCha20Rng,
    }

    fn world() -> World {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let folder = tempfile::tempdir().unwrap();
        let slot = Slot::new(folder.path().join("pending/tickets"), folder.path().join("tickets"));
        let lab = Lab::new(&Plan::new("pending", START), &RustCrypto, &mut rng).unwrap();
        let key = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        World { folder, slot, lab, key, rng }
    }

    fn after(seconds: u32) -> Time64 {
        Time32::from_seconds(START.seconds() + seconds).into()
    }

    impl World {
        fn authority(&self) -> &Certificate {
            &self.lab.authorization_authority.certificate
        }

        fn keep(&mut self) {
            let text = KeyText::of(&self.key, SECRET, &mut self.rng).unwrap();
            let sent = Sent::new(b"request".to_vec(), AesKey::from_bytes(&[7; 16]), self.authority().clone());
            let made = Made { sent: &sent, key: &self.key, text: &text, note: b"note", now: START.into() };
            self.slot.keep(&made, &mut self.rng).unwrap();
        }

        fn take_up(&self, passphrase: Option<&[u8]>, now: Time64) -> Option<Kept> {
            self.slot.take_up(self.authority(), passphrase, now).unwrap()
        }

        fn is_empty(&self) -> bool {
            fs::read_dir(self.folder.path().join("pending")).unwrap().next().is_none()
        }
    }

    #[test]
    fn a_request_is_taken_up_as_it_was_kept_until_it_is_forgotten() {
        let mut world = world();
        assert!(world.take_up(SECRET, START.into()).is_none());
        world.keep();
        let kept = world.take_up(SECRET, after(1)).unwrap();
        assert_eq!((kept.sent.request(), kept.note.as_slice()), (&b"request"[..], &b"note"[..]));
        assert_eq!(kept.sent.answer_key().expose(), &[7; 16]);
        assert_eq!(kept.key.public_key(), world.key.public_key());
        world.slot.forget().unwrap();
        assert!(world.is_empty() && world.take_up(SECRET, after(1)).is_none());
    }

    #[test]
    fn the_key_of_the_answer_is_not_on_disk_and_the_files_are_their_owners() {
        let mut world = world();
        world.keep();
        for path in [&world.slot.request, &world.slot.key] {
            let text = fs::read_to_string(path).unwrap();
            assert!(!text.contains(&hex::encode([7; 16])));
            files::check_private(path).unwrap();
        }
        let key = fs::read_to_string(&world.slot.key).unwrap();
        assert!(key.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{key}");
    }

    #[test]
    fn a_request_is_given_up_after_its_time_and_when_the_clock_was_put_back() {
        let limit = u32::try_from(PENDING_SECONDS).unwrap();
        let mut world = world();
        world.keep();
        assert!(world.take_up(SECRET, after(limit)).is_some());
        for now in [after(limit + 1), Time64::from(START).saturating_sub_micros(1)] {
            world.keep();
            assert!(world.take_up(SECRET, now).is_none());
            assert!(world.is_empty());
        }
    }

    #[test]
    fn a_request_to_another_authority_or_one_that_cannot_be_read_is_forgotten() {
        let mut world = world();
        world.keep();
        let other = &world.lab.enrolment_authority.certificate;
        assert!(world.slot.take_up(other, SECRET, after(1)).unwrap().is_none());
        assert!(world.is_empty());
        world.keep();
        assert!(world.take_up(Some(b"another"), after(1)).is_none());
        assert!(world.is_empty());
        let damage: [fn(&World); 4] = [
            |world| fs::write(&world.slot.request, "{").unwrap(),
            |world| fs::remove_file(&world.slot.request).unwrap(),
            |world| fs::remove_file(&world.slot.key).unwrap(),
            |world| {
                // Another request than the one that the key of the answer goes with.
                let text = fs::read_to_string(&world.slot.request).unwrap();
                let text = text.replace(&hex::encode("request"), &hex::encode("another"));
                fs::write(&world.slot.request, text).unwrap();
            },
        ];
        for damage in damage {
            world.keep();
            damage(&world);
            assert!(world.take_up(SECRET, after(1)).is_none());
            assert!(world.is_empty());
        }
    }
}
