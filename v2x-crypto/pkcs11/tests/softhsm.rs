//! Keys in a real SoftHSM2.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests, which fail by panicking"
)]
#![cfg(target_os = "linux")]

mod support;

use cryptoki::context::Pkcs11;
use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use support::{LABEL, PIN, World, initialise, label, make, with_token};
use v2x_crypto::{
    AesKey, Curve, HashAlgorithm, KeyAgreement, PrivateKey, Provider, PublicKey, RustCrypto, SignatureInput,
    Signer, ecies,
};
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_pkcs11::limits::{MAX_SESSIONS, RESTART_PERIOD};
use v2x_crypto_pkcs11::{KeyName, Module, Pin, Pkcs11Error, Token, Use};

fn rng() -> impl v2x_crypto::CryptoRng {
    use getrandom::rand_core::UnwrapErr;
    UnwrapErr(getrandom::SysRng)
}

#[test]
fn what_a_token_signs_every_provider_verifies_on_every_curve() {
    with_token("what_a_token_signs_every_provider_verifies_on_every_curve", |world| {
        let token = world.open(2);
        for curve in Curve::ALL {
            let (name, public) = make(&token, curve, Use::Sign);
            let signer = token.signer(&name, curve, &AwsLc).unwrap();
            assert_eq!(*signer.public_key(), public);
            let input = SignatureInput::new(curve.hash(), b"to-be-signed octets", b"signer");
            for _ in 0..20 {
                let signature = signer.sign(input.as_bytes()).unwrap();
                for provider in [&RustCrypto as &dyn Provider, &AwsLc] {
                    assert_eq!(provider.verify(&public, input.as_bytes(), &signature), Ok(()));
                    assert!(provider.verify(&public, b"other octets", &signature).is_err());
                }
            }
        }
    });
}

#[test]
fn what_is_encrypted_to_a_token_opens_through_it_and_only_with_its_certificate() {
    with_token("what_is_encrypted_to_a_token_opens_through_it_and_only_with_its_certificate", |world| {
        let token = world.open(2);
        for curve in [Curve::NistP256, Curve::BrainpoolP256r1] {
            let (name, public) = make(&token, curve, Use::Agree);
            let agreement = token.agreement(&name, curve).unwrap();
            let p1 = HashAlgorithm::Sha256.digest(b"recipient's certificate");
            for provider in [&RustCrypto as &dyn Provider, &AwsLc] {
                let key = AesKey::generate(&mut rng());
                let mut sealed = ecies::encrypt(provider, &public, p1.as_bytes(), &key, &mut rng()).unwrap();
                assert!(ecies::decrypt(&agreement, p1.as_bytes(), &sealed).unwrap() == key);
                assert!(ecies::decrypt(&agreement, b"", &sealed).is_err());
                sealed.ciphertext[3] ^= 1;
                assert!(ecies::decrypt(&agreement, p1.as_bytes(), &sealed).is_err());
            }
        }
    });
}

/// One secret in 256 begins with a zero octet, which must not be lost.
#[test]
fn a_token_and_software_agree_on_the_same_secrets_also_on_those_that_begin_with_zero() {
    with_token(
        "a_token_and_software_agree_on_the_same_secrets_also_on_those_that_begin_with_zero",
        |world| {
            let token = world.open(1);
            let mut begin_with_zero = 0;
            for (curve, count) in Curve::ALL.into_iter().zip([800, 100, 800, 20]) {
                let (name, public) = make(&token, curve, Use::Agree);
                let agreement = token.agreement(&name, curve).unwrap();
                for _ in 0..count {
                    let peer = PrivateKey::generate(curve, &mut rng()).unwrap();
                    let expected = AwsLc.key_agreement(&peer).unwrap().agree(&public).unwrap();
                    let found = agreement.agree(peer.public_key()).unwrap();
                    assert_eq!(found.expose(), expected.expose());
                    begin_with_zero += usize::from(expected.expose()[0] == 0);
                }
                let other = PrivateKey::generate(other_curve(curve), &mut rng()).unwrap();
                assert!(matches!(
                    agreement.try_agree(other.public_key()),
                    Err(Pkcs11Error::WrongCurve { .. })
                ));
            }
            println!("{begin_with_zero} of 1,720 secrets begin with a zero octet");
        },
    );
}

fn other_curve(curve: Curve) -> Curve {
    Curve::ALL.into_iter().find(|other| *other != curve).unwrap()
}

#[test]
fn a_key_that_is_made_cannot_be_taken_out_and_has_one_use() {
    with_token("a_key_that_is_made_cannot_be_taken_out_and_has_one_use", |world| {
        let token = world.open(1);
        let (signing, _) = make(&token, Curve::NistP256, Use::Sign);
        let (agreeing, _) = make(&token, Curve::NistP256, Use::Agree);
        let refused = token.agreement(&signing, Curve::NistP256).map(drop).unwrap_err();
        assert!(matches!(refused, Pkcs11Error::Refused { .. }), "{refused}");
        let refused = token.signer(&agreeing, Curve::NistP256, &AwsLc).map(drop).unwrap_err();
        assert!(
            refused.to_string().contains("C_SignInit returned CKR_KEY_FUNCTION_NOT_PERMITTED"),
            "{refused}"
        );

        let module = other_user(world);
        let slot = module.get_slots_with_initialized_token().unwrap()[0];
        let session = module.open_ro_session(slot).unwrap();
        let keys = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)]).unwrap();
        assert_eq!(keys.len(), 2);
        for key in keys {
            let flags = [AttributeType::Sensitive, AttributeType::Extractable, AttributeType::Private];
            let said = session.get_attributes(key, &flags).unwrap();
            let expected =
                [Attribute::Sensitive(true), Attribute::Extractable(false), Attribute::Private(true)];
            assert_eq!(said, expected);
            assert!(session.get_attributes(key, &[AttributeType::Value]).unwrap().is_empty());
        }
    });
}

#[test]
fn a_key_is_found_by_its_id_and_a_name_that_is_taken_is_not_given_again() {
    with_token("a_key_is_found_by_its_id_and_a_name_that_is_taken_is_not_given_again", |world| {
        let token = world.open(2);
        let id = KeyName::Id(vec![0x0a, 0xff]);
        let public = token.generate(&id, Curve::BrainpoolP384r1, Use::Sign).unwrap();
        assert_eq!(token.public_key(&id), Ok(public));
        assert_eq!(token.public_key(&label("0aff")), Ok(public));
        assert!(token.signer(&id, Curve::BrainpoolP384r1, &AwsLc).is_ok());
        let error = token.generate(&id, Curve::NistP256, Use::Sign).unwrap_err();
        assert_eq!(error.to_string(), format!("token {LABEL:?} has a key with id 0aff already"));
        assert!(token.generate(&label("0aff"), Curve::NistP256, Use::Sign).is_err());
        assert_eq!(token.public_key(&id), Ok(public), "nothing was replaced");
    });
}

#[test]
fn errors_name_token_key_and_return_value() {
    with_token("errors_name_token_key_and_return_value", |world| {
        let missing = Module::load("/nowhere/module.so".as_ref()).map(drop);
        assert!(missing.unwrap_err().to_string().contains("/nowhere/module.so"));
        let other = Token::open(&world.module, "other", Pin::new(PIN).unwrap(), 1).map(drop).unwrap_err();
        assert!(matches!(&other, Pkcs11Error::NoToken { token, .. } if token == "other"), "{other}");
        for sessions in [0, MAX_SESSIONS + 1] {
            assert_eq!(world.open_with(PIN, sessions).map(drop), Err(Pkcs11Error::Bounds));
        }
        assert!(matches!(Pin::new(b""), Err(Pkcs11Error::PinNotText)));
        assert!(matches!(Pin::new(&[0xff]), Err(Pkcs11Error::PinNotText)));

        let wrong = world.open_with(b"wrong horse", 1).map(drop).unwrap_err();
        let Pkcs11Error::Login { token, returned } = &wrong else { panic!("{wrong}") };
        assert_eq!((token.as_str(), returned.function()), (LABEL, "C_Login"));
        assert_eq!(returned.value(), "CKR_PIN_INCORRECT");
        assert!(!wrong.to_string().contains("horse"), "no PIN in an error");

        let token = world.open(1);
        let error = token.signer(&label("nobody"), Curve::NistP256, &AwsLc).map(drop).unwrap_err();
        assert_eq!(error.to_string(), format!("token {LABEL:?} has no public key \"nobody\""));
        let (name, _) = make(&token, Curve::NistP256, Use::Sign);
        let error = token.signer(&name, Curve::BrainpoolP256r1, &AwsLc).map(drop).unwrap_err();
        let said = format!("key {name} of token {LABEL:?} is on NistP256, not on brainpoolP256r1");
        assert_eq!(error.to_string(), said);
        let long = label(&"x".repeat(256));
        assert_eq!(token.public_key(&long), Err(Pkcs11Error::Bounds));
    });
}

/// Another part of the process that uses the module.
fn other_user(world: &World) -> Pkcs11 {
    Pkcs11::new(&world.library).unwrap()
}

#[test]
fn a_lost_session_is_said_and_the_next_request_opens_one_anew() {
    with_token("a_lost_session_is_said_and_the_next_request_opens_one_anew", |world| {
        let token = world.open(4);
        let (name, public) = make(&token, Curve::NistP256, Use::Sign);
        let signer = token.signer(&name, Curve::NistP256, &AwsLc).unwrap();
        // As many sessions as there can be, all idle.
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..50).for_each(|_| assert!(signer.try_sign(b"octets").is_ok())));
            }
        });
        for _ in 0..3 {
            other_user(world).finalize().unwrap();
            let lost = signer.try_sign(b"octets").unwrap_err();
            let Pkcs11Error::Lost { token, key, returned } = &lost else { panic!("{lost}") };
            assert_eq!((token.as_str(), key.as_ref()), (LABEL, Some(&name)));
            assert_eq!(returned.value(), "CKR_CRYPTOKI_NOT_INITIALIZED");
            assert!(lost.is_passing());
            // One failure, however many sessions were lost.
            for _ in 0..8 {
                let signature = signer.try_sign(b"octets").unwrap();
                assert_eq!(RustCrypto.verify(&public, b"octets", &signature), Ok(()));
            }
        }
        // The trait has no room for all of that.
        other_user(world).finalize().unwrap();
        let short = signer.sign(b"octets").unwrap_err().to_string();
        assert!(short.contains("the session with the hardware token is lost"), "{short}");
        assert!(signer.sign(b"octets").is_ok());
    });
}

/// What another one signs in the meantime is never by the wrong key, though the module's numbers begin anew.
#[test]
fn a_token_that_is_taken_away_is_an_error_and_serves_again_when_it_is_back() {
    with_token("a_token_that_is_taken_away_is_an_error_and_serves_again_when_it_is_back", |world| {
        let token = world.open(2);
        let (name, public) = make(&token, Curve::NistP256, Use::Sign);
        let signer = token.signer(&name, Curve::NistP256, &AwsLc).unwrap();
        let place = fs::read_dir(&world.tokens).unwrap().next().unwrap().unwrap().path();
        initialise(&world.tokens.with_file_name("softhsm2.conf"), "other");
        let other = Token::open(&world.module, "other", Pin::new(PIN).unwrap(), 2).unwrap();
        let (other_name, other_public) = make(&other, Curve::NistP256, Use::Sign);
        let other_signer = other.signer(&other_name, Curve::NistP256, &AwsLc).unwrap();
        let other_signs = || {
            let signature = other_signer.try_sign(b"octets").unwrap();
            assert_eq!(RustCrypto.verify(&other_public, b"octets", &signature), Ok(()));
        };
        assert!(signer.try_sign(b"octets").is_ok());
        other_signs();

        let away = world.tokens.with_file_name("away");
        fs::rename(&place, &away).unwrap();
        let first = signer.try_sign(b"octets").unwrap_err();
        assert!(matches!(first, Pkcs11Error::Lost { .. }), "{first}");
        for _ in 0..3 {
            thread::sleep(RESTART_PERIOD);
            assert!(matches!(token.check(), Err(Pkcs11Error::NoToken { .. })));
            let error = signer.try_sign(b"octets").unwrap_err();
            assert!(matches!(error, Pkcs11Error::NoToken { .. }) && error.is_passing(), "{error}");
            other_signs();
        }
        fs::rename(&away, &place).unwrap();
        thread::sleep(RESTART_PERIOD);
        assert_eq!(token.check(), Ok(()));
        let signature = signer.try_sign(b"octets").unwrap();
        assert_eq!(RustCrypto.verify(&public, b"octets", &signature), Ok(()));
        other_signs();
    });
}

#[test]
fn a_pin_that_was_refused_is_not_tried_until_the_token_locks() {
    with_token("a_pin_that_was_refused_is_not_tried_until_the_token_locks", |world| {
        let token = world.open(2);
        let (name, _) = make(&token, Curve::NistP256, Use::Sign);
        let signer = token.signer(&name, Curve::NistP256, &AwsLc).unwrap();
        let module = other_user(world);
        let change = |from: &[u8], to: &[u8]| {
            let slot = module.get_slots_with_initialized_token().unwrap()[0];
            let pin = |octets: &[u8]| std::str::from_utf8(octets).unwrap().to_owned().into();
            module.open_rw_session(slot).unwrap().set_pin(&pin(from), &pin(to)).unwrap();
        };
        change(PIN, b"new horse");
        module.clone().finalize().unwrap();
        assert!(matches!(signer.try_sign(b"octets"), Err(Pkcs11Error::Lost { .. })));
        for _ in 0..20 {
            assert!(matches!(signer.try_sign(b"octets"), Err(Pkcs11Error::Login { .. })));
        }
        // SoftHSM does not lock. That nothing is tried shows when the old PIN would do again, and is still refused.
        let anew = world.open_with(b"new horse", 1).unwrap();
        assert!(anew.signer(&name, Curve::NistP256, &AwsLc).is_ok());
        change(b"new horse", PIN);
        assert!(matches!(signer.try_sign(b"octets"), Err(Pkcs11Error::Login { .. })));
        assert!(world.open(1).signer(&name, Curve::NistP256, &AwsLc).is_ok());
    });
}

#[test]
fn eight_threads_sign_and_agree_side_by_side_with_three_sessions() {
    with_token("eight_threads_sign_and_agree_side_by_side_with_three_sessions", |world| {
        let token = world.open(3);
        let (signing, public) = make(&token, Curve::NistP256, Use::Sign);
        let (agreeing, peer) = make(&token, Curve::BrainpoolP256r1, Use::Agree);
        let signer = token.signer(&signing, Curve::NistP256, &AwsLc).unwrap();
        let agreement = token.agreement(&agreeing, Curve::BrainpoolP256r1).unwrap();
        let done = AtomicUsize::new(0);
        thread::scope(|scope| {
            for number in 0..8_u32 {
                let (signer, agreement, done) = (&signer, &agreement, &done);
                scope.spawn(move || {
                    for round in 0..100_u32 {
                        let octets = [number.to_be_bytes(), round.to_be_bytes()].concat();
                        let signature = signer.sign(&octets).unwrap();
                        assert_eq!(AwsLc.verify(&public, &octets, &signature), Ok(()));
                        opens(agreement, &peer);
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(done.into_inner(), 800);
        let info = other_user(world);
        let slot = info.get_slots_with_initialized_token().unwrap()[0];
        let open = info.get_token_info(slot).unwrap().session_count();
        assert!(open.is_none_or(|open| open <= 3), "{open:?} sessions");
    });
}

fn opens(agreement: &dyn KeyAgreement, recipient: &PublicKey) {
    let key = AesKey::generate(&mut rng());
    let sealed = ecies::encrypt(&RustCrypto, recipient, b"", &key, &mut rng()).unwrap();
    assert!(ecies::decrypt(agreement, b"", &sealed).unwrap() == key);
}

#[test]
fn loss_under_load_fails_some_requests_and_leaves_no_session_behind() {
    with_token("loss_under_load_fails_some_requests_and_leaves_no_session_behind", |world| {
        let token = world.open(4);
        let (name, public) = make(&token, Curve::NistP256, Use::Sign);
        let signer = token.signer(&name, Curve::NistP256, &AwsLc).unwrap();
        let module = other_user(world);
        let slot = module.get_slots_with_initialized_token().unwrap()[0];
        let (good, bad) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        match signer.try_sign(b"octets") {
                            Ok(signature) => {
                                assert_eq!(AwsLc.verify(&public, b"octets", &signature), Ok(()));
                                good.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(error) => {
                                assert!(error.is_passing(), "{error}");
                                bad.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    }
                });
            }
            // Who logs out logs out everybody, as a token does that was pulled out and put in again.
            let session = module.open_ro_session(slot).unwrap();
            for _ in 0..10 {
                thread::sleep(std::time::Duration::from_millis(5));
                session.logout().unwrap();
            }
        });
        println!("{good:?} signed, {bad:?} told that the session was lost");
        assert!(good.into_inner() > 400);
        (0..8).for_each(|_| drop(signer.try_sign(b"octets")));
        assert!(signer.try_sign(b"octets").is_ok(), "whatever was lost, it goes on");
    });
}
