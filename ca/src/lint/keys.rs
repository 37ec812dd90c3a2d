//! Keys: approved algorithms, canonical form, on their curves (TS 103 097 clauses 4.1, 4.2 and 6).

use super::{Candidate, Lint, Verdict, require};
use crate::asn1::{
    BasePublicEncryptionKey, EccP256CurvePoint, EccP384CurvePoint, PublicVerificationKey, SymmAlgorithm,
    VerificationKeyIndicator,
};
use v2x_crypto::{Curve, PublicKey};

pub(super) const LINTS: &[Lint] = &[
    Lint { id: "verification_algorithm_is_ecdsa", source: "TS 103 097 clause 4.2", check: ecdsa },
    Lint {
        id: "reconstruction_needs_a_256_bit_issuer",
        source: "Ieee1609Dot2, VerificationKeyIndicator",
        check: reconstructable,
    },
    Lint { id: "verification_key_is_compressed", source: "TS 103 097 clause 4.1", check: key_compressed },
    Lint { id: "verification_key_is_on_its_curve", source: "TS 103 097 clause 4.2", check: key_on_curve },
    Lint { id: "encryption_algorithm_is_ecies_aes", source: "TS 103 097 clause 4.2", check: ecies },
    Lint {
        id: "encryption_key_is_compressed",
        source: "TS 103 097 clause 4.1",
        check: encryption_compressed,
    },
    Lint {
        id: "encryption_key_is_on_its_curve",
        source: "TS 103 097 clause 4.2",
        check: encryption_on_curve,
    },
    Lint { id: "keys_serve_one_purpose", source: "Wayseal policy", check: distinct },
    Lint { id: "key_is_not_the_issuers", source: "Wayseal policy", check: not_the_issuers },
];

fn ecdsa(candidate: &Candidate<'_>) -> Verdict {
    let approved = match &candidate.tbs.verify_key_indicator {
        VerificationKeyIndicator::VerificationKey(key) => verification_form(key).is_some(),
        VerificationKeyIndicator::ReconstructionValue(_) => true,
        _ => false,
    };
    require(approved, "the verification key is of no approved algorithm")
}

/// A reconstruction value is a point of 256 bits, on the curve of its issuer's key.
fn reconstructable(candidate: &Candidate<'_>) -> Verdict {
    let implicit =
        matches!(candidate.tbs.verify_key_indicator, VerificationKeyIndicator::ReconstructionValue(_));
    require(!implicit || key_form(candidate).is_some(), "the issuer has no key on a curve of 256 bits")
}

fn key_compressed(candidate: &Candidate<'_>) -> Verdict {
    let form = key_form(candidate);
    require(form.is_none_or(|form| form.compressed()), "the verification key is not a compressed point")
}

fn key_on_curve(candidate: &Candidate<'_>) -> Verdict {
    let form = key_form(candidate);
    require(form.is_none_or(|form| form.on_curve()), "the verification key is not on its curve")
}

fn ecies(candidate: &Candidate<'_>) -> Verdict {
    let Some(key) = &candidate.tbs.encryption_key else { return Ok(()) };
    let approved =
        key.supported_symm_alg == SymmAlgorithm::Aes128Ccm && encryption_form(&key.public_key).is_some();
    require(approved, "the encryption key is not for ECIES with AES-128-CCM")
}

fn encryption_compressed(candidate: &Candidate<'_>) -> Verdict {
    let form = encryption_key_form(candidate);
    require(form.is_none_or(|form| form.compressed()), "the encryption key is not a compressed point")
}

fn encryption_on_curve(candidate: &Candidate<'_>) -> Verdict {
    let form = encryption_key_form(candidate);
    require(form.is_none_or(|form| form.on_curve()), "the encryption key is not on its curve")
}

fn distinct(candidate: &Candidate<'_>) -> Verdict {
    let (Some(verification), Some(encryption)) = (key_form(candidate), encryption_key_form(candidate)) else {
        return Ok(());
    };
    require(!verification.same_x(&encryption), "one key signs and decrypts")
}

fn not_the_issuers(candidate: &Candidate<'_>) -> Verdict {
    let Some(issuer) = candidate.issuer else { return Ok(()) };
    let own = &candidate.tbs.verify_key_indicator;
    require(*own != issuer.tbs.verify_key_indicator, "the key is the issuer's own")
}

/// A point as it stands in a certificate.
struct Form<'a> {
    curve: Curve,
    point: Point<'a>,
}

enum Point<'a> {
    Compressed {
        y_is_odd: bool,
        x: &'a [u8],
    },
    Uncompressed {
        x: &'a [u8],
        y: &'a [u8],
    },
    /// An x-coordinate alone, or nothing: no key.
    Other,
}

impl<'a> Form<'a> {
    fn p256(curve: Curve, point: &'a EccP256CurvePoint) -> Self {
        let point = match point {
            EccP256CurvePoint::CompressedY0(x) => Point::Compressed { y_is_odd: false, x: &**x },
            EccP256CurvePoint::CompressedY1(x) => Point::Compressed { y_is_odd: true, x: &**x },
            EccP256CurvePoint::Uncompressed(point) => Point::Uncompressed { x: &*point.x, y: &*point.y },
            EccP256CurvePoint::XOnly(_) | EccP256CurvePoint::Fill(()) => Point::Other,
        };
        Self { curve, point }
    }

    fn p384(curve: Curve, point: &'a EccP384CurvePoint) -> Self {
        let point = match point {
            EccP384CurvePoint::CompressedY0(x) => Point::Compressed { y_is_odd: false, x: &**x },
            EccP384CurvePoint::CompressedY1(x) => Point::Compressed { y_is_odd: true, x: &**x },
            EccP384CurvePoint::Uncompressed(point) => Point::Uncompressed { x: &*point.x, y: &*point.y },
            EccP384CurvePoint::XOnly(_) | EccP384CurvePoint::Fill(()) => Point::Other,
        };
        Self { curve, point }
    }

    const fn compressed(&self) -> bool {
        matches!(self.point, Point::Compressed { .. })
    }

    fn on_curve(&self) -> bool {
        match self.point {
            Point::Compressed { y_is_odd, x } => PublicKey::from_compressed(self.curve, y_is_odd, x).is_ok(),
            Point::Uncompressed { x, y } => PublicKey::from_uncompressed(self.curve, x, y).is_ok(),
            Point::Other => false,
        }
    }

    /// Whether both are points of one curve with one x: the same key or its negative.
    fn same_x(&self, other: &Self) -> bool {
        self.curve == other.curve && self.x().is_some() && self.x() == other.x()
    }

    const fn x(&self) -> Option<&[u8]> {
        match self.point {
            Point::Compressed { x, .. } | Point::Uncompressed { x, .. } => Some(x),
            Point::Other => None,
        }
    }
}

fn key_form<'a>(candidate: &Candidate<'a>) -> Option<Form<'a>> {
    match &candidate.tbs.verify_key_indicator {
        VerificationKeyIndicator::VerificationKey(key) => verification_form(key),
        VerificationKeyIndicator::ReconstructionValue(point) => {
            Some(Form::p256(reconstruction_curve(candidate)?, point))
        }
        _ => None,
    }
}

/// The curve of the issuer's key, where reconstruction values exist on it.
fn reconstruction_curve(candidate: &Candidate<'_>) -> Option<Curve> {
    let VerificationKeyIndicator::VerificationKey(key) = &candidate.issuer?.tbs.verify_key_indicator else {
        return None;
    };
    match verification_form(key)?.curve {
        curve @ (Curve::NistP256 | Curve::BrainpoolP256r1) => Some(curve),
        Curve::NistP384 | Curve::BrainpoolP384r1 => None,
    }
}

fn verification_form(key: &PublicVerificationKey) -> Option<Form<'_>> {
    match key {
        PublicVerificationKey::EcdsaNistP256(point) => Some(Form::p256(Curve::NistP256, point)),
        PublicVerificationKey::EcdsaBrainpoolP256r1(point) => Some(Form::p256(Curve::BrainpoolP256r1, point)),
        PublicVerificationKey::EcdsaNistP384(point) => Some(Form::p384(Curve::NistP384, point)),
        PublicVerificationKey::EcdsaBrainpoolP384r1(point) => Some(Form::p384(Curve::BrainpoolP384r1, point)),
        PublicVerificationKey::EcsigSm2(_) => None,
        _ => None,
    }
}

fn encryption_key_form<'a>(candidate: &Candidate<'a>) -> Option<Form<'a>> {
    encryption_form(&candidate.tbs.encryption_key.as_ref()?.public_key)
}

fn encryption_form(key: &BasePublicEncryptionKey) -> Option<Form<'_>> {
    match key {
        BasePublicEncryptionKey::EciesNistP256(point) => Some(Form::p256(Curve::NistP256, point)),
        BasePublicEncryptionKey::EciesBrainpoolP256r1(point) => {
            Some(Form::p256(Curve::BrainpoolP256r1, point))
        }
        BasePublicEncryptionKey::EcencSm2(_) => None,
        _ => None,
    }
}
