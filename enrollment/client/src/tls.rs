//! Servers that ask who their clients are: HTTP/1.1 over TLS 1.3 with a certificate on both sides.

use crate::{
    client::{Arriving, BoxError, Exchange},
    limits::CONNECT_TIME,
};
use http::{HeaderValue, Response, Uri, header::HOST};
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use std::{fmt, sync::Arc};
use thiserror::Error;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

/// Who a client is, and whom it believes to be the server.
#[derive(Clone)]
pub struct ClientIdentity(Arc<ClientConfig>);

/// Why a client cannot show who it is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the TLS certificates or the key cannot be used: {0}")]
pub struct BadIdentity(String);

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ClientIdentity")
    }
}

impl ClientIdentity {
    /// A client with this chain of certificates, its own first, and this key, which believes servers that the certificates
    /// `trusted` vouch for; all in PEM.
    ///
    /// # Errors
    /// [`BadIdentity`], with nothing of the key.
    pub fn from_pem(trusted: &[u8], chain: &[u8], key: &[u8]) -> Result<Self, BadIdentity> {
        let bad = |error: &dyn fmt::Display| BadIdentity(error.to_string());
        let read = |pem: &[u8]| -> Result<Vec<CertificateDer<'static>>, BadIdentity> {
            CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|error| bad(&error))
        };
        let mut roots = RootCertStore::empty();
        for certificate in read(trusted)? {
            roots.add(certificate).map_err(|error| bad(&error))?;
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| bad(&"the key is not in PEM"))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|error| bad(&error))?
            .with_root_certificates(roots)
            .with_client_auth_cert(read(chain)?, key);
        Ok(Self(Arc::new(config.map_err(|error| bad(&error))?)))
    }

    /// The head of an answer, and the body while it comes, on a connection of its own.
    pub(crate) async fn exchange(&self, exchange: &Exchange) -> Result<Response<Arriving>, BoxError> {
        let authority = exchange.uri.authority().ok_or("an address without a host")?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned())?;
        let port = authority.port_u16().unwrap_or(443);
        let stream = timeout(CONNECT_TIME, TcpStream::connect((host, port))).await??;
        let stream =
            timeout(CONNECT_TIME, TlsConnector::from(Arc::clone(&self.0)).connect(name, stream)).await??;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = http::Request::builder().method(exchange.method.clone());
        request = request.uri(exchange.uri.path().parse::<Uri>()?);
        request = request.header(HOST, HeaderValue::from_str(authority.as_str())?);
        for (name, value) in &exchange.headers {
            request = request.header(name, value);
        }
        let response =
            sender.send_request(request.body(http_body_util::Full::new(exchange.body.clone()))?).await?;
        Ok(response.map(|body| body.map_err(BoxError::from).boxed_unsync()))
    }
}
