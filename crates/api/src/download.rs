//! Files made for one download: streamed, then gone.

use crate::prelude::*;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use desk::export::{Download, Format};
use tokio_util::io::ReaderStream;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    #[default]
    Xlsx,
    Csv,
}

impl From<FileFormat> for Format {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Xlsx => Self::Xlsx,
            FileFormat::Csv => Self::Csv,
        }
    }
}

/// Streams the file; it is deleted when the last byte has been sent or the client has gone.
///
/// # Errors
/// When the temporary file cannot be read.
pub async fn send(download: Download) -> Answer<Response> {
    let file = tokio::fs::File::open(download.path()).await.map_err(|e| Problem::internal(&e))?;
    let length = file.metadata().await.map_err(|e| Problem::internal(&e))?.len();
    let (content_type, name) = (download.content_type, attachment(&download.file_name));
    let stream = futures::StreamExt::map(ReaderStream::with_capacity(file, 64 * 1024), move |chunk| {
        let _held_until_sent = &download;
        chunk
    });
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// `attachment` with a file name in any script (RFC 6266).
pub fn attachment(name: &str) -> HeaderValue {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}
