//! What is bounded, and why.

use std::time::Duration;

/// Sessions of a pool when nobody says otherwise: more than a usual network module signs side by side.
pub const USUAL_SESSIONS: usize = 8;

/// The most sessions of a pool. Modules for one machine have room for some dozens, and every process that uses a token takes
/// of the same.
pub const MAX_SESSIONS: usize = 64;

/// How long somebody waits for a session to come free. A signature takes milliseconds, so by then the module hangs, and
/// whoever asked has given up.
pub const SESSION_PATIENCE: Duration = Duration::from_secs(10);

/// The longest label of a token, in octets: the field of `CK_TOKEN_INFO`.
pub const MAX_TOKEN_LABEL: usize = 32;

/// The longest label or id of a key, in octets: more than modules take.
pub const MAX_KEY_NAME: usize = 255;

/// How long a module is left alone that was started anew, which some take seconds for.
pub const RESTART_PERIOD: Duration = Duration::from_secs(1);
