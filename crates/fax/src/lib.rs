//! Fax sessions (T.30) and fax documents. A [`Session`] speaks T.30 over samples (G.711) or over IFP packets (T.38) that
//! its owner carries; documents are checked and converted before and after it.
//!
//! May use: model. An EDGE room for two reasons: spandsp reads and writes TIFF files itself, and PDFs are rendered by Ghostscript as
//! a process of its own with limits. No sockets, no threads, no clock but for the date in a page's header: a session
//! runs as fast as it is fed.
//!
//! `native` is the only module that calls C; `session` gives it limits and words; `tiff` reads the structure of TIFF files
//! before any library decodes them; `pdf` writes what was received; `document` is the way in and out for paths;
//! `render` runs Ghostscript.

mod document;
mod native;
mod pdf;
mod render;
mod session;
mod tiff;

pub use document::{Inbox, Outbox};
pub use native::Packet;
pub use render::PdfError;
pub use session::{Session, Transport};
pub use tiff::{FileError, Page, inspect};

/// Why a fax cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum FaxError {
    #[error("{0}")]
    File(#[from] FileError),
    #[error("{0}")]
    Pdf(#[from] PdfError),
    #[error("{path} cannot be read or written: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("the path {0} is not usable: it must be absolute, UTF-8 and shorter than 250 bytes")]
    Path(String),
    #[error("the fax library has no memory left")]
    Memory,
    #[error("the stations have already agreed: the fax can change between G.711 and T.38 only before that")]
    UnderWay,
}
