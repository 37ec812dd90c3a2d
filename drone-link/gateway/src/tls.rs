//! TLS 1.3 with raw public keys (RFC 7250) that are made for one connection and say nothing of who is there.
//!
//! Who is at the other end is what the hello says, which is bound to the connection by TLS's exporter. So any key is taken
//! here, as long as the peer has it.

use std::sync::Arc;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use drone_link::hello::{Binding, Role};
use drone_link::wire::{ALPN, EXPORTER_LABEL};
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{ClientConfig, Connection, ServerConfig, TransportConfig, VarInt};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use crate::error::GatewayError;
use crate::limits::{
    DATAGRAM_RECEIVE_OCTETS, DATAGRAM_SEND_OCTETS, IDLE_TIME, KEEP_ALIVE, STREAM_WINDOW_OCTETS,
};

/// For who opens a connection: a key for this one.
///
/// # Errors
/// [`GatewayError::Tls`].
pub fn client() -> Result<ClientConfig, GatewayError> {
    let provider = provider();
    let key = Arc::new(fresh_key(&provider).map_err(tls)?);
    let mut config = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyKey(provider.signature_verification_algorithms)))
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(key)));
    config.alpn_protocols = vec![ALPN.to_vec()];
    // A session that is resumed would have no key of its own.
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    let quic = QuicClientConfig::try_from(Arc::new(config)).map_err(tls)?;
    let mut client = ClientConfig::new(Arc::new(quic));
    client.transport_config(Arc::new(transport()));
    Ok(client)
}

/// For who waits for connections: a key for each.
///
/// # Errors
/// [`GatewayError::Tls`].
pub fn server() -> Result<ServerConfig, GatewayError> {
    let provider = provider();
    let any_key = Arc::new(AnyKey(provider.signature_verification_algorithms));
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(tls)?
        .with_client_cert_verifier(any_key)
        .with_cert_resolver(Arc::new(FreshKeys(provider)));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    let quic = QuicServerConfig::try_from(Arc::new(config)).map_err(tls)?;
    let mut server = ServerConfig::with_crypto(Arc::new(quic));
    server.transport_config(Arc::new(transport()));
    // A drone changes its address when it changes the network; the connection stays.
    server.migration(true);
    Ok(server)
}

/// What a hello over this connection must be bound to.
///
/// # Errors
/// [`GatewayError::Tls`].
pub fn binding(connection: &Connection) -> Result<Binding, GatewayError> {
    let export = |role: Role| {
        let mut value = [0; 32];
        let exported = connection.export_keying_material(&mut value, EXPORTER_LABEL, &[role.octet()]);
        exported.map(|()| value).map_err(|_| GatewayError::Tls("the exporter gives no value".to_owned()))
    };
    Ok(Binding { drone: export(Role::Drone)?, ground: export(Role::Ground)? })
}

fn transport() -> TransportConfig {
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(2))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW_OCTETS))
        .datagram_receive_buffer_size(Some(DATAGRAM_RECEIVE_OCTETS))
        .datagram_send_buffer_size(DATAGRAM_SEND_OCTETS)
        .keep_alive_interval(Some(KEEP_ALIVE))
        .max_idle_timeout(IDLE_TIME.try_into().ok());
    transport
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn fresh_key(provider: &CryptoProvider) -> Result<CertifiedKey, Error> {
    let failed = |_| Error::General("no key could be made".to_owned());
    let random = aws_lc_rs::rand::SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).map_err(failed)?;
    let private = PrivateKeyDer::Pkcs8(pkcs8.as_ref().to_vec().into());
    let key = provider.key_provider.load_private_key(private)?;
    let public = key.public_key().ok_or_else(|| Error::General("the key has no public half".to_owned()))?;
    let public = CertificateDer::from(public.as_ref().to_vec());
    Ok(CertifiedKey::new(vec![public], key))
}

fn tls(error: impl ToString) -> GatewayError {
    GatewayError::Tls(error.to_string())
}

/// Makes a key for each handshake.
#[derive(Debug)]
struct FreshKeys(Arc<CryptoProvider>);

impl ResolvesServerCert for FreshKeys {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        fresh_key(&self.0).ok().map(Arc::new)
    }

    fn only_raw_public_keys(&self) -> bool {
        true
    }
}

/// Takes any raw public key, whose private half the peer proves to have.
#[derive(Debug)]
struct AnyKey(WebPkiSupportedAlgorithms);

impl AnyKey {
    fn verify(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(key.as_ref());
        verify_tls13_signature_with_raw_key(message, &key, signature, &self.0)
    }
}

/// TLS 1.2 is not spoken.
fn too_old() -> Error {
    Error::InvalidCertificate(CertificateError::BadSignature)
}

impl ServerCertVerifier for AnyKey {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(too_old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, key, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for AnyKey {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(too_old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, key, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
