//! The data directory: what stands in it is for the account that runs the process, nobody else.

use nix::sys::stat::{Mode, umask};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

/// Everything the process writes from now on (database, recordings, certificates) is its owner's alone, whatever the shell or
/// the service manager had set: passwords of trunks and people's data are in it. Before any other thread is there.
pub fn keep_private() {
    umask(Mode::from_bits_truncate(0o077));
}

/// The data directory with its recordings, without what uploads of an earlier run left behind.
///
/// # Errors
/// The directory cannot be made, or not be cleared.
pub fn prepare(data: &Path) -> std::io::Result<()> {
    make(data)?;
    make(&data.join("recordings"))?;
    match std::fs::remove_dir_all(data.join("tmp")) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// A directory that only its owner enters. One that is there stays as it is, with a word in the log where others may look in.
///
/// # Errors
/// It cannot be made.
pub fn make(dir: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let mode = std::fs::metadata(dir)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let (dir, mode) = (dir.display(), format!("{mode:03o}"));
        tracing::warn!(%dir, mode, "others on this machine may look into the data directory; `chmod -R go= <dir>` keeps them out");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_written_is_the_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        // As a shell leaves it; each test is a process of its own.
        umask(Mode::from_bits_truncate(0o022));
        keep_private();
        let data = dir.path().join("a/data");
        prepare(&data).unwrap();
        std::fs::write(data.join("fengling.db"), "x").unwrap();
        assert_eq!((mode(&data), mode(&data.join("recordings")), mode(&data.join("fengling.db"))), (0o700, 0o700, 0o600));
    }

    #[test]
    fn half_uploads_of_an_earlier_run_are_gone_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path();
        std::fs::create_dir_all(data.join("tmp")).unwrap();
        std::fs::create_dir_all(data.join("imports")).unwrap();
        std::fs::write(data.join("tmp/upload-1"), "x").unwrap();
        std::fs::write(data.join("imports/1"), "x").unwrap();
        prepare(data).unwrap();
        prepare(data).unwrap();
        assert!(!data.join("tmp/upload-1").exists() && data.join("imports/1").exists());
    }
}
