//! PDF to TIFF by Ghostscript: a process of its own, with little time, memory and disk, no environment and no way to files
//! but the one it is given.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A PDF longer than this is not tried.
const BYTES_MAX: u64 = 64 << 20;
const WALL: Duration = Duration::from_secs(60);

/// Why a PDF gave no pages.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("the PDF is longer than {} MB", BYTES_MAX >> 20)]
    TooLong,
    #[error(
        "PDFs are turned into fax pages by Ghostscript, which is not installed here (package ghostscript): send a TIFF, or install it"
    )]
    Missing,
    #[error("the PDF cannot be read: it is damaged, protected by a password, or no PDF")]
    Unreadable,
    #[error("the PDF needs more time, memory or space than a fax may: print it to a simpler PDF")]
    TooHeavy,
    #[error("Ghostscript cannot be run: {0}")]
    Run(std::io::Error),
}

/// Renders up to `pages_max` + 1 pages (one too many shows that there are) as T.6, fine resolution, A4 wide.
///
/// # Errors
/// [`PdfError`].
pub fn pdf_to_tiff(pdf: &Path, tiff: &Path, pages_max: u16) -> Result<(), PdfError> {
    if std::fs::metadata(pdf).map_err(PdfError::Run)?.len() > BYTES_MAX {
        return Err(PdfError::TooLong);
    }
    // prlimit sets the limits and becomes Ghostscript: seconds of processor, bytes of memory, of files, and no core.
    let mut command = Command::new("/usr/bin/prlimit");
    command
        .args(["--cpu=45", "--as=1610612736", "--fsize=67108864", "--core=0", "--nofile=64", "--"])
        .args(["gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dPDFSTOPONERROR", "-sDEVICE=tiffg4", "-r204x196", "-g1728x2292"])
        .args(["-dPDFFitPage", "-dMaxStripSize=0", &format!("-dLastPage={}", u32::from(pages_max) + 1)])
        .arg(format!("-sOutputFile={}", tiff.display().to_string().replace('%', "%%")))
        .arg("-f")
        .arg(pdf)
        .env_clear()
        .env("PATH", "/usr/bin:/bin:/usr/local/bin")
        .env("TMPDIR", tiff.parent().unwrap_or(Path::new("/tmp")))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => PdfError::Missing,
        _ => PdfError::Run(e),
    })?;
    let status = wait(&mut child)?;
    match (status.code(), tiff.metadata().is_ok_and(|m| m.len() > 0)) {
        (Some(0), true) => Ok(()),
        (Some(127), _) => Err(PdfError::Missing),
        // Killed by a limit.
        (None, _) => Err(PdfError::TooHeavy),
        _ => Err(PdfError::Unreadable),
    }
}

fn wait(child: &mut Child) -> Result<std::process::ExitStatus, PdfError> {
    let end = Instant::now() + WALL;
    loop {
        match child.try_wait().map_err(PdfError::Run)? {
            Some(status) => return Ok(status),
            None if Instant::now() >= end => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(PdfError::TooHeavy);
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}
