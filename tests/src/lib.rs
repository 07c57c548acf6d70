//! Checks of the whole: the tree itself (`tests/tree.rs`), the running binary under fire (`tests/crash.rs`, …), and what
//! they share with the bench: the binary as a process, its API as a client, a simulated network.

mod client;
mod process;
mod scene;

pub use client::{Client, Person, say};
pub use process::{Process, free_port};
pub use scene::{Scene, campaign_over, line, network, play_and_gather, quick_campaign};

use std::path::PathBuf;

/// The top of the source tree.
pub fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap_or_else(|_| PathBuf::from(".."))
}
