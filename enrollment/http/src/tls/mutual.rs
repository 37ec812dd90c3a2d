//! Clients that show certificates.

use super::{ServerIdentity, TlsError, builder, certificates, speaking};
use rustls::{RootCertStore, pki_types::CertificateDer, server::WebPkiClientVerifier};
use std::{fmt, io, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// TLS for a listener, each of whose clients shows a certificate: those that show none get no further.
#[derive(Clone)]
pub struct MutualTls(TlsAcceptor);

/// The names (`dNSName` of the subject's alternative names) in the certificate that a client has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientNames(Arc<[String]>);

impl fmt::Debug for MutualTls {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MutualTls")
    }
}

impl ClientNames {
    /// Whether this is one of them.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    fn of(certificate: Option<&CertificateDer<'_>>) -> Self {
        let parsed = certificate.and_then(|certificate| webpki::EndEntityCert::try_from(certificate).ok());
        let names = parsed.iter().flat_map(|certificate| certificate.valid_dns_names().map(str::to_owned));
        Self(names.collect())
    }
}

impl MutualTls {
    /// A server that takes clients for whom one of `authorities` vouches, certificates in PEM.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn new(identity: ServerIdentity, authorities: &[u8]) -> Result<Self, TlsError> {
        let unusable = |error: &dyn fmt::Display| TlsError::Unusable(error.to_string());
        let mut roots = RootCertStore::empty();
        for certificate in certificates(authorities)? {
            roots.add(certificate).map_err(|error| unusable(&error))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
        let verifier = verifier.map_err(|error| unusable(&error))?;
        let config = builder()?.with_client_cert_verifier(verifier);
        let config = speaking(config.with_single_cert(identity.chain, identity.key), &[b"h2", b"http/1.1"])?;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Shakes hands with who has connected.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, ClientNames)> {
        let stream = self.0.accept(stream).await?;
        let (_, connection) = stream.get_ref();
        let own = connection.peer_certificates().and_then(|chain| chain.first());
        let names = ClientNames::of(own);
        Ok((stream, names))
    }
}
