//! Curves, ECDSA, ECIES, AES-CCM and hashes for V2X security, with the portable RustCrypto provider.
