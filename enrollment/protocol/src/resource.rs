//! What a distribution centre and the CPOC hand out, by the paths of TS 102 941 V2.2.1 annexes D and E, and the content
//! types of everything that goes over HTTP (annexes C to E).
//!
//! ```
//! use enrollment_protocol::resource::Resource;
//! use v2x_security::id::HashedId8;
//!
//! let crl = Resource::Crl(HashedId8([0xAB; 8]));
//! assert_eq!(crl.to_string(), "/getcrl/ABABABABABABABAB");
//! assert_eq!("/getcrl/ABABABABABABABAB".parse(), Ok(crl));
//! ```

use core::fmt;
use core::str::FromStr;

use thiserror::Error;
use v2x_security::id::HashedId8;

/// The content type of requests to an EA or AA (tables C.1 to C.4).
pub const REQUEST_TYPE: &str = "application/x-its-request";
/// The content type of an EA's or AA's answers (tables C.1 to C.4).
pub const RESPONSE_TYPE: &str = "application/x-its-response";

/// One thing that is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// The latest full list of a root (table D.1).
    Ctl(HashedId8),
    /// The delta of a root's list that has this number (table D.1).
    DeltaCtl(HashedId8, u8),
    /// The latest revocation list of a root (table D.2).
    Crl(HashedId8),
    /// The certificate of a TLM with this digest; `None`: the latest (clause E.2).
    TlmCertificate(Option<HashedId8>),
    /// The link certificate message that leads to the TLM with this digest; `None`: to the latest (clause E.3).
    TlmLinkCertificate(Option<HashedId8>),
    /// The last full list that a TLM signed with this certificate (clause E.4).
    Ectl(HashedId8),
    /// The delta with this number of the list that this certificate signs; `None`: the latest (clause E.5).
    DeltaEctl(HashedId8, Option<u8>),
}

impl Resource {
    /// The content type of an answer.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Ctl(_) | Self::DeltaCtl(..) => "application/x-its-ctl",
            Self::Crl(_) => "application/x-its-crl",
            Self::TlmCertificate(_) | Self::TlmLinkCertificate(_) | Self::Ectl(_) | Self::DeltaEctl(..) => {
                "application/octet-stream"
            }
        }
    }
}

/// The path below a distribution centre's or CPOC's access point.
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ctl(root) => write!(f, "/getctl/{root}"),
            Self::DeltaCtl(root, number) => write!(f, "/getctl/{root}/{number}"),
            Self::Crl(root) => write!(f, "/getcrl/{root}"),
            Self::TlmCertificate(None) => f.write_str("/gettlmcertificate"),
            Self::TlmCertificate(Some(tlm)) => write!(f, "/gettlmcertificate/{tlm}"),
            Self::TlmLinkCertificate(None) => f.write_str("/gettlmlinkcertificate"),
            Self::TlmLinkCertificate(Some(tlm)) => write!(f, "/gettlmlinkcertificate/{tlm}"),
            Self::Ectl(tlm) => write!(f, "/getectl/{tlm}"),
            Self::DeltaEctl(tlm, None) => write!(f, "/getdeltaectl/{tlm}"),
            Self::DeltaEctl(tlm, Some(number)) => write!(f, "/getdeltaectl/{tlm}/{number}"),
        }
    }
}

/// Why a path names nothing that is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// It begins with none of the words of annexes D and E.
    #[error("no such path")]
    Unknown,
    /// Where a certificate's digest belongs there is something else.
    #[error("not a digest of 16 hexadecimal digits")]
    Digest,
    /// Where a number belongs there is something else.
    #[error("not a sequence number from 0 to 255")]
    Number,
    /// It goes on where it should end.
    #[error("too long")]
    TooLong,
}

/// Digits of digests may be of either case; a slash at the end changes nothing.
impl FromStr for Resource {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        let path = path.strip_prefix('/').ok_or(PathError::Unknown)?;
        let mut parts = path.strip_suffix('/').unwrap_or(path).split('/');
        let word = parts.next().unwrap_or_default();
        let (id, number) = (parts.next(), parts.next());
        if parts.next().is_some() {
            return Err(PathError::TooLong);
        }
        let (id, number) = (id.map(digest).transpose()?, number.map(sequence).transpose()?);
        match (word, id, number) {
            ("getctl", Some(root), None) => Ok(Self::Ctl(root)),
            ("getctl", Some(root), Some(number)) => Ok(Self::DeltaCtl(root, number)),
            ("getcrl", Some(root), None) => Ok(Self::Crl(root)),
            ("gettlmcertificate", tlm, None) => Ok(Self::TlmCertificate(tlm)),
            ("gettlmlinkcertificate", tlm, None) => Ok(Self::TlmLinkCertificate(tlm)),
            ("getectl", Some(tlm), None) => Ok(Self::Ectl(tlm)),
            ("getdeltaectl", Some(tlm), number) => Ok(Self::DeltaEctl(tlm, number)),
            ("getctl" | "getcrl" | "getectl" | "getdeltaectl", None, _) => Err(PathError::Digest),
            ("getcrl" | "gettlmcertificate" | "gettlmlinkcertificate" | "getectl", _, Some(_)) => {
                Err(PathError::TooLong)
            }
            _ => Err(PathError::Unknown),
        }
    }
}

fn digest(text: &str) -> Result<HashedId8, PathError> {
    let digits = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let value = u64::from_str_radix(text, 16).ok().filter(|_| digits).ok_or(PathError::Digest)?;
    Ok(HashedId8(value.to_be_bytes()))
}

fn sequence(text: &str) -> Result<u8, PathError> {
    let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(PathError::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: HashedId8 = HashedId8([0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]);

    #[test]
    fn every_resource_is_found_by_the_path_of_the_annexes() {
        for (resource, path) in [
            (Resource::Ctl(ID), "/getctl/0123456789ABCDEF"),
            (Resource::DeltaCtl(ID, 255), "/getctl/0123456789ABCDEF/255"),
            (Resource::Crl(ID), "/getcrl/0123456789ABCDEF"),
            (Resource::TlmCertificate(None), "/gettlmcertificate"),
            (Resource::TlmCertificate(Some(ID)), "/gettlmcertificate/0123456789ABCDEF"),
            (Resource::TlmLinkCertificate(None), "/gettlmlinkcertificate"),
            (Resource::TlmLinkCertificate(Some(ID)), "/gettlmlinkcertificate/0123456789ABCDEF"),
            (Resource::Ectl(ID), "/getectl/0123456789ABCDEF"),
            (Resource::DeltaEctl(ID, None), "/getdeltaectl/0123456789ABCDEF"),
            (Resource::DeltaEctl(ID, Some(0)), "/getdeltaectl/0123456789ABCDEF/0"),
        ] {
            assert_eq!(resource.to_string(), path);
            assert_eq!(path.parse(), Ok(resource));
            assert_eq!(format!("{}/", path.to_lowercase()).parse(), Ok(resource));
        }
    }

    #[test]
    fn other_paths_are_refused_for_what_is_wrong_with_them() {
        for (path, error) in [
            ("", PathError::Unknown),
            ("/", PathError::Unknown),
            ("getctl/0123456789ABCDEF", PathError::Unknown),
            ("/getroot/0123456789ABCDEF", PathError::Unknown),
            ("/getctl", PathError::Digest),
            ("/getcrl/0123456789ABCDE", PathError::Digest),
            ("/getcrl/+123456789ABCDEF", PathError::Digest),
            ("/getcrl//0123456789ABCDEF", PathError::Digest),
            ("/getctl/0123456789ABCDEF/256", PathError::Number),
            ("/getctl/0123456789ABCDEF/+5", PathError::Number),
            ("/getcrl/0123456789ABCDEF/1", PathError::TooLong),
            ("/gettlmcertificate/0123456789ABCDEF/1", PathError::TooLong),
            ("/getctl/0123456789ABCDEF/1/2", PathError::TooLong),
        ] {
            assert_eq!(path.parse::<Resource>(), Err(error), "{path}");
        }
    }
}
