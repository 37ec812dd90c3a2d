//! The two curves of AWS-LC.

use aws_lc_rs::{
    agreement::{self, ECDH_P256, ECDH_P384},
    digest::{self, Digest},
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
        ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm,
        ParsedPublicKey, UnparsedPublicKey,
    },
};
use v2x_crypto::{
    CryptoError, Curve, HashAlgorithm, KeyAgreement, PreparedKey, PrivateKey, PublicKey, SharedSecret,
    Signature, Signer,
};

/// A curve with the algorithms that belong to it.
#[derive(Clone, Copy)]
pub(crate) struct Nist {
    verification: &'static EcdsaVerificationAlgorithm,
    signing: &'static EcdsaSigningAlgorithm,
    agreement: &'static agreement::Algorithm,
}

const P256: Nist = Nist {
    verification: &ECDSA_P256_SHA256_FIXED,
    signing: &ECDSA_P256_SHA256_FIXED_SIGNING,
    agreement: &ECDH_P256,
};

const P384: Nist = Nist {
    verification: &ECDSA_P384_SHA384_FIXED,
    signing: &ECDSA_P384_SHA384_FIXED_SIGNING,
    agreement: &ECDH_P384,
};

impl Nist {
    /// The algorithms for `curve`, if AWS-LC has it.
    pub(crate) const fn of(curve: Curve) -> Option<Self> {
        match curve {
            Curve::NistP256 => Some(P256),
            Curve::NistP384 => Some(P384),
            Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1 => None,
        }
    }

    pub(crate) fn verify(
        self,
        key: &PublicKey,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), CryptoError> {
        same_curve(key, signature.curve())?;
        UnparsedPublicKey::new(self.verification, key.as_sec1())
            .verify(message, fixed(signature, &mut [0; 96]))
            .map_err(|_| CryptoError::BadSignature)
    }
}

/// r ‖ s in `room`, which is large enough for either curve, without allocation.
fn fixed<'a>(signature: &Signature, room: &'a mut [u8; 96]) -> &'a [u8] {
    let octets = signature.r().iter().chain(signature.s());
    room.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
    room.split_at(2 * signature.curve().coordinate_len()).0
}

/// The hash of a message, by the algorithm of the curve.
fn hashed(curve: Curve, message: &[u8]) -> Result<Digest, CryptoError> {
    let algorithm = match curve.hash() {
        HashAlgorithm::Sha256 => &digest::SHA256,
        HashAlgorithm::Sha384 => &digest::SHA384,
    };
    let hashed = Digest::import_less_safe(curve.hash().digest(message).as_bytes(), algorithm);
    hashed.map_err(|_| CryptoError::Backend("AWS-LC refused a digest"))
}

fn same_curve(key: &PublicKey, found: Curve) -> Result<(), CryptoError> {
    if key.curve() == found {
        Ok(())
    } else {
        Err(CryptoError::CurveMismatch { expected: key.curve(), found })
    }
}

/// A public key parsed by AWS-LC.
pub(crate) struct Prepared {
    key: PublicKey,
    parsed: ParsedPublicKey,
}

impl Prepared {
    pub(crate) fn new(nist: Nist, key: &PublicKey) -> Result<Self, CryptoError> {
        let parsed = ParsedPublicKey::new(nist.verification, key.as_sec1());
        let parsed = parsed.map_err(|_| CryptoError::Backend("AWS-LC refused the public key"))?;
        Ok(Self { key: *key, parsed })
    }
}

impl PreparedKey for Prepared {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn as_any(&self) -> &dyn core::any::Any {
        self
    }

    fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        same_curve(&self.key, signature.curve())?;
        let digest = hashed(self.key.curve(), message)?;
        let verdict = self.parsed.verify_digest_sig(&digest, fixed(signature, &mut [0; 96]));
        verdict.map_err(|_| CryptoError::BadSignature)
    }
}

/// A private key that AWS-LC signs with.
pub(crate) struct SigningKey {
    key: PublicKey,
    pair: EcdsaKeyPair,
}

impl SigningKey {
    pub(crate) fn new(nist: Nist, key: &PrivateKey) -> Result<Self, CryptoError> {
        let public = *key.public_key();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            nist.signing,
            key.expose_scalar(),
            public.as_sec1(),
        );
        let pair = pair.map_err(|_| CryptoError::Backend("AWS-LC refused the private key"))?;
        Ok(Self { key: public, pair })
    }
}

impl Signer for SigningKey {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, CryptoError> {
        // AWS-LC's way through its own hashing sets up more than the hash of a short message takes.
        let signature = self.pair.sign_digest(&hashed(self.key.curve(), message)?);
        let signature = signature.map_err(|_| CryptoError::Backend("AWS-LC failed to sign"))?;
        Signature::from_fixed(self.key.curve(), signature.as_ref())
    }
}

/// A private key that AWS-LC agrees with.
pub(crate) struct Agreement {
    key: PublicKey,
    private: agreement::PrivateKey,
    algorithm: &'static agreement::Algorithm,
}

impl Agreement {
    pub(crate) fn new(nist: Nist, key: &PrivateKey) -> Result<Self, CryptoError> {
        let private = agreement::PrivateKey::from_private_key(nist.agreement, key.expose_scalar());
        let private = private.map_err(|_| CryptoError::Backend("AWS-LC refused the private key"))?;
        Ok(Self { key: *key.public_key(), private, algorithm: nist.agreement })
    }
}

impl KeyAgreement for Agreement {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn agree(&self, peer: &PublicKey) -> Result<SharedSecret, CryptoError> {
        same_curve(&self.key, peer.curve())?;
        let peer = agreement::UnparsedPublicKey::new(self.algorithm, peer.as_sec1());
        let failed = CryptoError::Backend("AWS-LC refused the peer's key");
        agreement::agree(&self.private, peer, failed, |x| SharedSecret::new(self.key.curve(), x))
    }
}
