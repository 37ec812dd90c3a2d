//! Who may look at an authority, and who may change it.

use anyhow::{Result, bail};
use http::{HeaderMap, header::AUTHORIZATION};
use subtle::ConstantTimeEq as _;
use v2x_crypto::sha256;

use super::config::Admin;
use crate::secret;

/// Octets of the shortest token: 16 random octets in hex have 32.
const MIN_TOKEN: usize = 32;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Right {
    /// Nothing that needs a token.
    None,
    /// To look.
    Read,
    /// To look and to change.
    Operate,
}

/// The hashes of tokens: comparing them takes as long whatever was sent, and tells nothing of its length.
pub(super) struct Tokens {
    read: Option<[u8; 32]>,
    operate: Option<[u8; 32]>,
}

impl Tokens {
    pub(super) fn read(admin: &Admin) -> Result<Self> {
        let hash = |path: &std::path::PathBuf| -> Result<[u8; 32]> {
            let token = secret::line(path)?;
            if token.len() < MIN_TOKEN {
                bail!("{}: a token has at least {MIN_TOKEN} octets", path.display());
            }
            Ok(sha256(&token))
        };
        Ok(Self {
            read: admin.read_token_file.as_ref().map(hash).transpose()?,
            operate: admin.operate_token_file.as_ref().map(hash).transpose()?,
        })
    }

    /// What who sent these header fields may do (RFC 6750 clause 2.1).
    pub(super) fn right(&self, headers: &HeaderMap) -> Right {
        let field = headers.get(AUTHORIZATION).map(http::HeaderValue::as_bytes).unwrap_or_default();
        let (scheme, token) = field.split_at_checked(7).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case(b"Bearer ") {
            return Right::None;
        }
        let given = sha256(token);
        let is = |known: &Option<[u8; 32]>| known.is_some_and(|known| bool::from(known.ct_eq(&given)));
        match (is(&self.operate), is(&self.read)) {
            (true, _) => Right::Operate,
            (false, true) => Right::Read,
            (false, false) => Right::None,
        }
    }
}

/// Who may do what by the name in a certificate of TLS.
#[derive(Default)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "nobody shows a certificate"))]
pub(super) struct Names {
    read: Vec<String>,
    operate: Vec<String>,
}

impl Names {
    pub(super) fn of(admin: &Admin) -> Self {
        let names = admin.tls.as_ref().map(|tls| (tls.read.clone(), tls.operate.clone()));
        let (read, operate) = names.unwrap_or_default();
        Self { read, operate }
    }

    /// What who has shown these names may do.
    #[cfg(feature = "tls")]
    pub(super) fn right(&self, about: &http::Extensions) -> Right {
        let shown = about.get::<enrollment_http::tls::ClientNames>();
        let is_one_of =
            |names: &[String]| shown.is_some_and(|shown| names.iter().any(|name| shown.has(name)));
        match (is_one_of(&self.operate), is_one_of(&self.read)) {
            (true, _) => Right::Operate,
            (false, true) => Right::Read,
            (false, false) => Right::None,
        }
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self, reason = "as where it can")]
    pub(super) const fn right(&self, _about: &http::Extensions) -> Right {
        Right::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn right(field: &str) -> Right {
        let tokens = Tokens { read: Some(sha256(b"look")), operate: Some(sha256(b"change")) };
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(field).unwrap());
        tokens.right(&headers)
    }

    #[test]
    fn a_token_gives_its_right_and_nothing_else_gives_any() {
        assert_eq!(right("Bearer change"), Right::Operate);
        assert_eq!(right("bearer look"), Right::Read);
        for field in ["Bearer", "Bearer ", "Bearer chang", "Bearer change ", "Basic change", "change", ""] {
            assert_eq!(right(field), Right::None, "{field}");
        }
        assert!(Right::None < Right::Read && Right::Read < Right::Operate);
    }

    #[test]
    fn without_tokens_nobody_has_a_right() {
        let tokens = Tokens { read: None, operate: None };
        let mut headers = HeaderMap::new();
        assert_eq!(tokens.right(&headers), Right::None);
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer "));
        assert_eq!(tokens.right(&headers), Right::None);
    }
}
