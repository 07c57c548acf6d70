//! Checks of the whole: the tree itself (`tests/tree.rs`), the running binary (`tests/…`), crash and load.

use std::path::PathBuf;

/// The top of the source tree.
pub fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap_or_else(|_| PathBuf::from(".."))
}
