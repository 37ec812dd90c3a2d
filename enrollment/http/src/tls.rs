//! Who is who in TLS 1.3: a server by its certificate, and by the feature `tls` its clients by theirs.

use rustls::{
    ConfigBuilder, ServerConfig, WantsVerifier,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use std::{io, sync::Arc};
use thiserror::Error;

#[cfg(feature = "tls")]
mod mutual;
#[cfg(feature = "tls")]
pub use mutual::{ClientNames, MutualTls};

/// Who a server is to clients of TLS: a certificate and those above it, and its key.
pub struct ServerIdentity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Why nothing can be served over TLS.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// What should be certificates in PEM is not.
    #[error("the TLS certificate cannot be read: {0}")]
    Certificate(String),
    /// What should be a private key in PEM is not.
    #[error("the TLS key cannot be read")]
    Key,
    /// Certificate and key are not for each other, or of a kind that TLS 1.3 has not.
    #[error("the TLS certificate and key cannot be used: {0}")]
    Unusable(String),
    /// The address cannot be had.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl ServerIdentity {
    /// A chain of certificates, the server's own first, and its key, both in PEM.
    ///
    /// # Errors
    /// [`TlsError::Certificate`], [`TlsError::Key`], neither with anything of the key.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::Key)?;
        Ok(Self { chain: self::certificates(certificates)?, key })
    }

    /// A server that does not ask who its clients are.
    #[cfg(feature = "http3")]
    pub(crate) fn alone(self, protocols: &[&[u8]]) -> Result<ServerConfig, TlsError> {
        let builder = builder()?.with_no_client_auth().with_single_cert(self.chain, self.key);
        speaking(builder, protocols)
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    match found {
        Ok(found) if found.is_empty() => Err(TlsError::Certificate("there is none".to_owned())),
        Ok(found) => Ok(found),
        Err(error) => Err(TlsError::Certificate(error.to_string())),
    }
}

fn builder() -> Result<ConfigBuilder<ServerConfig, WantsVerifier>, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider);
    builder
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| TlsError::Unusable(error.to_string()))
}

fn speaking(
    config: Result<ServerConfig, rustls::Error>,
    protocols: &[&[u8]],
) -> Result<ServerConfig, TlsError> {
    let mut config = config.map_err(|error| TlsError::Unusable(error.to_string()))?;
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(config)
}
