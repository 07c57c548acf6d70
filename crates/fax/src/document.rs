//! Documents on their way in and out: what is sent becomes a checked TIFF, what was received becomes the file asked for.

use crate::render;
use crate::{FaxError, pdf, tiff};
use std::ffi::CString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// spandsp keeps paths in fixed fields.
const PATH_MAX: usize = 250;

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> FaxError + '_ {
    |source| FaxError::Io { path: path.display().to_string(), source }
}

pub fn c_path(path: &Path) -> Result<CString, FaxError> {
    let refused = || FaxError::Path(path.display().to_string());
    let text = path.to_str().filter(|t| path.is_absolute() && t.len() <= PATH_MAX).ok_or_else(refused)?;
    CString::new(text).map_err(|_| refused())
}

/// A document ready to be sent.
#[derive(Debug)]
pub struct Outbox {
    pub tiff: PathBuf,
    pub pages: u16,
    /// Where a rendered PDF lies until the session is over.
    _dir: Option<TempDir>,
}

impl Outbox {
    /// Checks a TIFF or renders a PDF; may take seconds.
    ///
    /// # Errors
    /// [`FaxError`] says what is wrong with the document.
    pub fn open(path: &Path, pages_max: u16) -> Result<Self, FaxError> {
        c_path(path)?;
        let mut head = [0; 5];
        let mut file = std::fs::File::open(path).map_err(io(path))?;
        let known = file.read(&mut head).map_err(io(path))?;
        if &head[..known] != b"%PDF-" {
            let pages = tiff::inspect(path, pages_max)?.len();
            return Ok(Self { tiff: path.to_owned(), pages: pages as u16, _dir: None });
        }
        let dir = tempfile::Builder::new().prefix("fengling-fax-").tempdir().map_err(io(path))?;
        let tiff = dir.path().join("pages.tif");
        render::pdf_to_tiff(path, &tiff, pages_max)?;
        c_path(&tiff)?;
        let pages = tiff::inspect(&tiff, pages_max)?.len();
        Ok(Self { tiff, pages: pages as u16, _dir: Some(dir) })
    }
}

/// Where a fax is received to.
#[derive(Debug)]
pub struct Inbox {
    /// Written by the session.
    pub tiff: PathBuf,
    path: PathBuf,
}

impl Inbox {
    /// `path` must not exist yet; it becomes a PDF when it ends with `.pdf`.
    ///
    /// # Errors
    /// [`FaxError::Path`] and [`FaxError::Io`].
    pub fn open(path: &Path) -> Result<Self, FaxError> {
        let is_pdf = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf"));
        let tiff = if is_pdf { path.with_extension("pdf.tif") } else { path.to_owned() };
        c_path(&tiff)?;
        for file in [path, &tiff] {
            if file.exists() {
                return Err(io(file)(std::io::ErrorKind::AlreadyExists.into()));
            }
        }
        let parent = path.parent().unwrap_or(Path::new("/"));
        if !parent.is_dir() {
            return Err(io(parent)(std::io::ErrorKind::NotFound.into()));
        }
        Ok(Self { tiff, path: path.to_owned() })
    }

    /// Gives the file asked for; `None` when nothing was received. The TIFF stays when a PDF cannot be made of it.
    ///
    /// # Errors
    /// [`FaxError`] when the PDF cannot be written.
    pub fn close(self) -> Result<Option<PathBuf>, FaxError> {
        if !self.tiff.metadata().is_ok_and(|m| m.len() > 8) {
            let _ = std::fs::remove_file(&self.tiff);
            return Ok(None);
        }
        if self.tiff == self.path {
            return Ok(Some(self.path));
        }
        let bytes = std::fs::read(&self.tiff).map_err(io(&self.tiff))?;
        let pages = tiff::pages(&bytes, u16::MAX).map_err(FaxError::File)?;
        let pdf = pdf::write(&bytes, &pages).map_err(FaxError::File)?;
        let half = self.path.with_extension("pdf.part");
        std::fs::write(&half, pdf).and_then(|()| std::fs::rename(&half, &self.path)).map_err(io(&self.path))?;
        let _ = std::fs::remove_file(&self.tiff);
        Ok(Some(self.path))
    }
}
