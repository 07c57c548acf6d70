//! 录音: finding the file, its outline for the player, mending what a crash left, retention and the disk.

mod file;
mod keep;
mod repair;

pub use file::{Peaks, peaks, resolve};
pub use keep::run;
pub use repair::{RepairReport, repair_all};
