//! The radio channel of ITS-G5 (IEEE 802.11p, 10 MHz at 5.9 GHz) without any I/O: who receives a frame, and how busy the
//! channel is.
//!
//! - [`reception`]: the chance that a frame is received over a distance, while the channel is so busy.
//! - [`load`]: the channel busy ratio, measured from the frames that a station can sense.
//! - [`airtime`]: how long a frame occupies the channel.
//! - [`draw`]: chance, from a seed and the names of sender and receiver, so that neither the order of the work nor the number of
//!   threads changes who receives what.
//!
//! What it leaves out: buildings, the capture of single frames, hidden stations one by one. Their mean effect on a street
//! without walls is in the closed form, which was fitted to ns-3.

pub mod airtime;
pub mod draw;
pub mod load;
pub mod reception;

pub use load::{BusyRatio, ChannelLoad};
pub use reception::{Model, Reception};
