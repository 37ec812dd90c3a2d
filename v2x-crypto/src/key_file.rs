//! Private keys in PKCS#8 form: DER and PEM, plain and encrypted.

use crate::{
    CryptoError, CryptoRng, PrivateKey,
    arithmetic::{Ec, on_curve},
    secret::with_wiped_stack,
    spki::named_curve,
};
use alloc::{string::String, vec::Vec};
use elliptic_curve::SecretKey;
use pkcs8::{
    EncodePrivateKey as _, EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument,
    der::{
        Decode as _,
        pem::{LineEnding, PemLabel as _},
    },
    pkcs5::{EncryptionScheme, pbes2},
};
use zeroize::Zeroizing;

/// `id-ecPublicKey` of RFC 5480.
pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// More PBKDF2 rounds than any tool writes; ten times the advice of 2023.
const MAX_PBKDF2_ROUNDS: u32 = 6_000_000;
/// Memory that scrypt may ask for, 128·N·r octets: enough for N = 2¹⁷, r = 8.
const MAX_SCRYPT_MEMORY: u64 = 128 << 20;
/// Passes that scrypt may ask for.
const MAX_SCRYPT_PARALLELIZATION: u16 = 4;

impl PrivateKey {
    /// PKCS#8 DER, not encrypted, with the public key inside.
    ///
    /// # Errors
    /// [`CryptoError::Pkcs8`] never occurs for a key of this type.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        Ok(plain(self)?.to_bytes())
    }

    /// PKCS#8 PEM (`PRIVATE KEY`), not encrypted.
    ///
    /// # Errors
    /// [`CryptoError::Pkcs8`] never occurs for a key of this type.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>, CryptoError> {
        pem(&plain(self)?, PrivateKeyInfoRef::PEM_LABEL)
    }

    /// PKCS#8 DER, encrypted with AES-256-CBC under a key that scrypt derives from `passphrase`; OpenSSL reads it.
    ///
    /// # Errors
    /// [`CryptoError::Pkcs8`] never occurs for a key of this type.
    pub fn to_encrypted_pkcs8_der(
        &self,
        passphrase: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        Ok(encrypted(self, passphrase, rng)?.to_bytes())
    }

    /// The same as PEM (`ENCRYPTED PRIVATE KEY`).
    ///
    /// # Errors
    /// [`CryptoError::Pkcs8`] never occurs for a key of this type.
    pub fn to_encrypted_pkcs8_pem(
        &self,
        passphrase: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Zeroizing<String>, CryptoError> {
        pem(&encrypted(self, passphrase, rng)?, EncryptedPrivateKeyInfoRef::PEM_LABEL)
    }

    /// Reads PKCS#8 DER, plain or encrypted (PBES2 with PBKDF2 or scrypt). The passphrase is not used for a plain key.
    ///
    /// # Errors
    /// [`CryptoError::Pkcs8`] for anything else, or if the work asked of the passphrase exceeds a bound;
    /// [`CryptoError::PassphraseNeeded`], [`CryptoError::WrongPassphrase`].
    pub fn from_pkcs8_der(octets: &[u8], passphrase: Option<&[u8]>) -> Result<Self, CryptoError> {
        match EncryptedPrivateKeyInfoRef::from_der(octets) {
            Ok(info) => from_encrypted(&info, passphrase),
            Err(_) => from_plain(octets),
        }
    }

    /// Reads PKCS#8 PEM, plain or encrypted.
    ///
    /// # Errors
    /// As for [`PrivateKey::from_pkcs8_der`].
    pub fn from_pkcs8_pem(text: &str, passphrase: Option<&[u8]>) -> Result<Self, CryptoError> {
        let (label, document) =
            SecretDocument::from_pem(text).map_err(|_| CryptoError::Pkcs8("this is not PEM"))?;
        match label {
            PrivateKeyInfoRef::PEM_LABEL => from_plain(document.as_bytes()),
            EncryptedPrivateKeyInfoRef::PEM_LABEL => Self::from_pkcs8_der(document.as_bytes(), passphrase),
            _ => Err(CryptoError::Pkcs8("the PEM label is neither PRIVATE KEY nor ENCRYPTED PRIVATE KEY")),
        }
    }
}

fn plain(key: &PrivateKey) -> Result<SecretDocument, CryptoError> {
    with_wiped_stack(|| on_curve!(key.curve(), encoded(key.expose_scalar())))
}

fn encoded<C: Ec>(scalar: &[u8]) -> Result<SecretDocument, CryptoError> {
    let key = SecretKey::<C>::from_slice(scalar).map_err(|_| CryptoError::Pkcs8("unusable scalar"))?;
    key.to_pkcs8_der().map_err(|_| CryptoError::Pkcs8("the key cannot be encoded"))
}

fn encrypted(
    key: &PrivateKey,
    passphrase: &[u8],
    mut rng: &mut dyn CryptoRng,
) -> Result<SecretDocument, CryptoError> {
    let document = plain(key)?;
    let info = PrivateKeyInfoRef::from_der(document.as_bytes());
    let encrypted =
        info.map_err(pkcs8::Error::from).and_then(|info| info.encrypt_with_rng(&mut rng, passphrase));
    encrypted.map_err(|_| CryptoError::Pkcs8("the key cannot be encrypted"))
}

fn pem(document: &SecretDocument, label: &'static str) -> Result<Zeroizing<String>, CryptoError> {
    document.to_pem(label, LineEnding::LF).map_err(|_| CryptoError::Pkcs8("the key cannot be written as PEM"))
}

fn from_encrypted(
    info: &EncryptedPrivateKeyInfoRef<'_>,
    passphrase: Option<&[u8]>,
) -> Result<PrivateKey, CryptoError> {
    affordable(&info.encryption_algorithm)?;
    let passphrase = passphrase.ok_or(CryptoError::PassphraseNeeded)?;
    let document = info.decrypt(passphrase).map_err(|_| CryptoError::WrongPassphrase)?;
    // Padding lets one wrong passphrase of 256 through, so what comes out may not be a key.
    from_plain(document.as_bytes()).map_err(|_| CryptoError::WrongPassphrase)
}

/// Refuses a file that asks for unbounded work or memory, or for a scheme that is broken.
fn affordable(scheme: &EncryptionScheme) -> Result<(), CryptoError> {
    let fits = match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(pbes2::Kdf::Pbkdf2(kdf)) => kdf.iteration_count <= MAX_PBKDF2_ROUNDS,
        Some(pbes2::Kdf::Scrypt(kdf)) => {
            let memory = u128::from(kdf.cost_parameter) * u128::from(kdf.block_size) * 128;
            memory <= u128::from(MAX_SCRYPT_MEMORY) && kdf.parallelization <= MAX_SCRYPT_PARALLELIZATION
        }
        Some(_) | None => return Err(CryptoError::Pkcs8("it is encrypted with something else than PBES2")),
    };
    if fits { Ok(()) } else { Err(CryptoError::Pkcs8("its key derivation asks for too much work or memory")) }
}

fn from_plain(octets: &[u8]) -> Result<PrivateKey, CryptoError> {
    let info =
        PrivateKeyInfoRef::from_der(octets).map_err(|_| CryptoError::Pkcs8("the octets are not PKCS#8"))?;
    let curve = named_curve(&info.algorithm).map_err(CryptoError::Pkcs8)?;
    with_wiped_stack(|| on_curve!(curve, decoded(info)))
}

fn decoded<C: Ec>(info: PrivateKeyInfoRef<'_>) -> Result<PrivateKey, CryptoError> {
    let key = SecretKey::<C>::try_from(info).map_err(|_| {
        CryptoError::Pkcs8("the EC private key inside is malformed or contradicts its public key")
    })?;
    PrivateKey::from_scalar(C::CURVE, &Zeroizing::new(key.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Curve;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    fn key(curve: Curve) -> (PrivateKey, ChaCha20Rng) {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        (PrivateKey::generate(curve, &mut rng).unwrap(), rng)
    }

    #[test]
    fn a_key_is_read_back_from_der_and_pem() {
        for curve in Curve::ALL {
            let (key, _) = key(curve);
            let der = PrivateKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap(), None).unwrap();
            assert_eq!(der.expose_scalar(), key.expose_scalar());
            let pem = PrivateKey::from_pkcs8_pem(&key.to_pkcs8_pem().unwrap(), None).unwrap();
            assert_eq!(pem.expose_scalar(), key.expose_scalar());
        }
    }

    #[test]
    fn an_encrypted_key_needs_its_passphrase() {
        let (key, mut rng) = key(Curve::BrainpoolP384r1);
        let der = key.to_encrypted_pkcs8_der(b"right", &mut rng).unwrap();
        let read = |passphrase| PrivateKey::from_pkcs8_der(&der, passphrase);
        assert_eq!(read(Some(b"right")).unwrap().expose_scalar(), key.expose_scalar());
        assert_eq!(read(Some(b"wrong")).err(), Some(CryptoError::WrongPassphrase));
        assert_eq!(read(None).err(), Some(CryptoError::PassphraseNeeded));
        let pem = key.to_encrypted_pkcs8_pem(b"right", &mut rng).unwrap();
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        assert!(PrivateKey::from_pkcs8_pem(&pem, Some(b"right")).is_ok());
    }

    #[test]
    fn no_single_altered_or_missing_octet_yields_another_key() {
        let (key, _) = key(Curve::NistP256);
        let der = key.to_pkcs8_der().unwrap();
        for at in 0..der.len() {
            let mut altered = der.clone();
            altered[at] ^= 0x10;
            if let Ok(read) = PrivateKey::from_pkcs8_der(&altered, None) {
                assert_eq!(read.expose_scalar(), key.expose_scalar(), "octet {at}");
            }
            assert!(PrivateKey::from_pkcs8_der(&der[..at], None).is_err());
        }
    }

    #[test]
    fn a_file_that_asks_for_unbounded_work_is_refused() {
        let scrypt = |cost_parameter, block_size, parallelization| {
            let mut rng = ChaCha20Rng::seed_from_u64(4);
            let mut parameters = pbes2::Parameters::generate_recommended(&mut rng).unwrap();
            let pbes2::Kdf::Scrypt(mut kdf) = parameters.kdf else { panic!("recommended is scrypt") };
            kdf.cost_parameter = cost_parameter;
            kdf.block_size = block_size;
            kdf.parallelization = parallelization;
            parameters.kdf = kdf.into();
            affordable(&parameters.into())
        };
        assert_eq!(scrypt(1 << 14, 8, 1), Ok(()));
        assert_eq!(scrypt(1 << 17, 8, 1), Ok(()));
        for bad in [scrypt(1 << 18, 8, 1), scrypt(1 << 14, u16::MAX, 1), scrypt(1 << 14, 8, u16::MAX)] {
            assert!(matches!(bad, Err(CryptoError::Pkcs8(_))));
        }
    }

    #[test]
    fn text_that_is_no_key_is_refused_by_what_is_wrong() {
        assert_eq!(
            PrivateKey::from_pkcs8_pem("hello", None).err(),
            Some(CryptoError::Pkcs8("this is not PEM"))
        );
        assert!(PrivateKey::from_pkcs8_der(&[], None).is_err());
    }
}
