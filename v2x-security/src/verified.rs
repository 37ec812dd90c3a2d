//! Messages that were verified: types that nothing but the verifier can make.

use std::sync::Arc;

use v2x_codec::time::Time64;

use crate::chain::Chain;
use crate::content::{Cam, Denm, Spdu};
use crate::id::HashedId3;
use crate::permission::Psid;
use crate::refusal::Position;

/// A message whose signature, signer, freshness, place and permissions were checked.
///
/// It can be read and not be made: nothing turns an unverified message into it. Whoever is handed one may pass it on:
///
/// ```
/// use std::sync::Arc;
/// use v2x_security::{chain::Chain, verified::{Header, Verified}};
/// fn make(_: u8, _: Header, _: Arc<Chain>, verified: Verified<u8>) -> Verified<u8> {
///     verified
/// }
/// ```
///
/// All of these differ from that in one line, which the compiler refuses. The constructor is the verifier's:
///
/// ```compile_fail,E0624
/// use std::sync::Arc;
/// use v2x_security::{chain::Chain, verified::{Header, Verified}};
/// fn make(content: u8, header: Header, signer: Arc<Chain>, _: Verified<u8>) -> Verified<u8> {
///     Verified::new(content, header, signer, true)
/// }
/// ```
///
/// The fields are private, also to whoever has another one to take them from:
///
/// ```compile_fail,E0451
/// use std::sync::Arc;
/// use v2x_security::{chain::Chain, verified::{Header, Verified}};
/// fn make(content: u8, _: Header, _: Arc<Chain>, verified: Verified<u8>) -> Verified<u8> {
///     Verified { content, ..verified }
/// }
/// ```
///
/// ```compile_fail,E0616
/// use std::sync::Arc;
/// use v2x_security::{chain::Chain, verified::{Header, Verified}};
/// fn make(content: u8, _: Header, _: Arc<Chain>, mut verified: Verified<u8>) -> Verified<u8> {
///     verified.content = content; verified
/// }
/// ```
///
/// Nothing converts into it, and it has no default:
///
/// ```compile_fail,E0277
/// use std::sync::Arc;
/// use v2x_security::{chain::Chain, verified::{Header, Verified}};
/// fn make(content: u8, header: Header, signer: Arc<Chain>, _: Verified<u8>) -> Verified<u8> {
///     (content, header, signer).into()
/// }
/// ```
///
/// ```compile_fail,E0277
/// use std::sync::Arc;
/// use v2x_security::{chain::Chain, verified::{Header, Verified}};
/// fn make(_: u8, _: Header, _: Arc<Chain>, _: Verified<u8>) -> Verified<u8> {
///     Default::default()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Verified<T> {
    content: T,
    header: Header,
    signer: Arc<Chain>,
    is_new_signer: bool,
}

/// What the security header said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The application.
    pub psid: Psid,
    /// When the message was made.
    pub generation_time: Option<Time64>,
    /// When it runs out.
    pub expiry_time: Option<Time64>,
    /// Where it was made.
    pub generation_location: Option<Position>,
    /// Certificates that the sender asks for.
    pub inline_p2pcd_request: Vec<HashedId3>,
    /// A certificate that somebody asked for: octets, not verified themselves. Hand them to
    /// [`Verifier::learn_issuer`](crate::verifier::Verifier::learn_issuer).
    pub requested_certificate: Option<Vec<u8>>,
}

impl<T> Verified<T> {
    pub(crate) const fn new(content: T, header: Header, signer: Arc<Chain>, is_new_signer: bool) -> Self {
        Self { content, header, signer, is_new_signer }
    }

    /// The message.
    #[must_use]
    pub const fn content(&self) -> &T {
        &self.content
    }

    /// The message, without what vouches for it.
    #[must_use]
    pub fn into_content(self) -> T {
        self.content
    }

    /// What the security header said.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Who signed it, up to the root.
    #[must_use]
    pub const fn signer(&self) -> &Arc<Chain> {
        &self.signer
    }

    /// Whether this signer was never verified before: TS 103 097 clause 7.1.1 wants the receiver's own certificate in
    /// its next CAM then.
    #[must_use]
    pub const fn is_new_signer(&self) -> bool {
        self.is_new_signer
    }
}

/// A verified message by its kind.
#[derive(Clone, Debug)]
pub enum Received<'p> {
    /// PSID 36 under the European rules.
    Cam(Verified<Cam<'p>>),
    /// PSID 37 under the European rules.
    Denm(Verified<Denm<'p>>),
    /// Everything else.
    Spdu(Verified<Spdu<'p>>),
}

impl Received<'_> {
    /// What the security header said.
    #[must_use]
    pub const fn header(&self) -> &Header {
        match self {
            Self::Cam(message) => message.header(),
            Self::Denm(message) => message.header(),
            Self::Spdu(message) => message.header(),
        }
    }

    /// Who signed it, up to the root.
    #[must_use]
    pub const fn signer(&self) -> &Arc<Chain> {
        match self {
            Self::Cam(message) => message.signer(),
            Self::Denm(message) => message.signer(),
            Self::Spdu(message) => message.signer(),
        }
    }

    /// Whether this signer was never verified before.
    #[must_use]
    pub const fn is_new_signer(&self) -> bool {
        match self {
            Self::Cam(message) => message.is_new_signer(),
            Self::Denm(message) => message.is_new_signer(),
            Self::Spdu(message) => message.is_new_signer(),
        }
    }
}
