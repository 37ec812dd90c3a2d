//! What a trace may hold. Each bound is far above real recordings, and far below what would fill a machine's memory.

/// Octets of XML in one trace, after decompression: ten minutes of 3,000 vehicles at 10 Hz are about 2 GB.
pub const MAX_XML_OCTETS: u64 = 4 << 30;

/// Octets of one tag, comment or text. SUMO's own header comment, the longest, is a few KiB.
pub const MAX_EVENT_OCTETS: usize = 64 << 10;

/// Attributes of one element: SUMO writes at most about 40.
pub const MAX_ATTRIBUTES: usize = 64;

/// Octets in a vehicle's or type's name.
pub const MAX_NAME_OCTETS: usize = 256;

/// Time steps: a day at 10 Hz.
pub const MAX_STEPS: usize = 864_000;

/// Different vehicles: more than any scenario of a whole city has in a day.
pub const MAX_VEHICLES: usize = 1 << 20;

/// Vehicle records in all. One takes 24 octets in memory, so this is 384 MiB.
pub const MAX_SAMPLES: usize = 16 << 20;

/// Seconds that a step's clock may show: beyond it a time in ms would leave 32 bits.
pub const MAX_SECONDS: f64 = 4_000_000.0;

/// Speed in m/s: the largest that `SpeedValue` of the ETSI CDD can say (16382 is "out of range").
pub const MAX_SPEED: f64 = 163.81;

/// Metres a second between two records above which a vehicle was moved, not driven: its track breaks there.
pub const JUMP_SPEED: f64 = 150.0;

/// Metres between two steps that no vehicle and no relocation covers: coordinates of another kind.
pub const MAX_JUMP: f64 = 100_000.0;
