//! The default crypto provider: P-256 and P-384 by aws-lc-rs.
