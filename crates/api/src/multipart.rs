//! Uploads: one file of a multipart form, written to disk as it comes, never beyond its limit.

use crate::prelude::*;
use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use futures::{Stream, StreamExt as _};
use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

const TEXT_MAX: usize = 64 * 1024;
const FIELDS_MAX: usize = 20;
/// What may come in without a part beginning or going on: a preamble or a part's header longer than this never ends.
const HEAD_BYTES_MAX: usize = 256 * 1024;
/// An upload that pauses for longer is given up.
const GAP_MAX: Duration = if cfg!(test) { Duration::from_millis(300) } else { Duration::from_secs(30) };

/// Room for the largest file, the other fields and what stands around them. A file that is only too large is refused sooner,
/// by [`Upload::read`], with a word that names the limit.
pub fn body_limit(file_mb_max: u64) -> DefaultBodyLimit {
    DefaultBodyLimit::max(usize::try_from(file_mb_max + 2).unwrap_or(usize::MAX) << 20)
}

/// A multipart form whose reader never holds more than a piece of it. The parser keeps what it cannot make sense of yet, and has
/// no limit of its own: it is given one piece at a time, and no more once [`HEAD_BYTES_MAX`] have led to nothing.
pub struct Form {
    parts: Multipart,
    /// Bytes taken since a part last began or went on.
    taken: Arc<AtomicUsize>,
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let taken = Arc::new(AtomicUsize::new(0));
        let (head, body) = request.into_parts();
        let body = Body::from_stream(piecewise(body, Arc::clone(&taken)));
        let parts = Multipart::from_request(Request::from_parts(head, body), state).await;
        let parts = parts.map_err(|e| bad_upload(&e.body_text()))?;
        Ok(Self { parts, taken })
    }
}

fn piecewise(body: Body, taken: Arc<AtomicUsize>) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static {
    let mut body = body.into_data_stream();
    let mut pause = false;
    futures::stream::poll_fn(move |cx| {
        // The parser reads until there is nothing more: it is made to look at each piece first.
        if std::mem::replace(&mut pause, false) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if taken.load(Ordering::Relaxed) > HEAD_BYTES_MAX {
            return Poll::Ready(Some(Err(axum::Error::new("a part of the form has no end to its header"))));
        }
        let next = body.poll_next_unpin(cx);
        if let Poll::Ready(Some(Ok(piece))) = &next {
            taken.fetch_add(piece.len(), Ordering::Relaxed);
            pause = true;
        }
        next
    })
}

impl Form {
    async fn next(&mut self) -> Answer<Option<Part<'_>>> {
        let field = in_time(self.parts.next_field()).await?;
        self.taken.store(0, Ordering::Relaxed);
        Ok(field.map(|field| Part { field, taken: &self.taken }))
    }
}

struct Part<'a> {
    field: Field<'a>,
    taken: &'a AtomicUsize,
}

impl Part<'_> {
    async fn chunk(&mut self) -> Answer<Option<Bytes>> {
        let chunk = in_time(self.field.chunk()).await?;
        self.taken.store(0, Ordering::Relaxed);
        Ok(chunk)
    }
}

async fn in_time<T>(reading: impl Future<Output = Result<T, MultipartError>>) -> Answer<T> {
    match tokio::time::timeout(GAP_MAX, reading).await {
        Ok(read) => read.map_err(broken),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "upload_stalled",
            Text::new("上传停顿超过 30 秒，已放弃，请检查网络后重试", "the upload paused for 30 s and was given up; try again"),
        )),
    }
}

/// The `file` of a form and its other fields.
pub struct Upload {
    pub file_name: String,
    pub fields: BTreeMap<String, String>,
    file: tempfile::TempPath,
}

impl Upload {
    /// # Errors
    /// No file, too large a file, a form that ends too early.
    pub async fn read(mut form: Form, data_dir: &FilePath, mb_max: u64) -> Answer<Self> {
        let mut fields = BTreeMap::new();
        let mut found = None;
        let mut seen = 0;
        while let Some(part) = form.next().await.map_err(|p| plainer(p, mb_max))? {
            seen += 1;
            if seen > FIELDS_MAX {
                return Err(bad_upload(&format!("more than {FIELDS_MAX} fields")));
            }
            let name = part.field.name().unwrap_or_default().to_owned();
            if name == "file" && found.is_none() {
                let file_name = plain_name(part.field.file_name().unwrap_or_default());
                let file = save(part, data_dir, mb_max).await.map_err(|p| plainer(p, mb_max))?;
                found = Some((file_name, file));
            } else {
                fields.insert(name, text(part).await?);
            }
        }
        let (file_name, file) = found
            .ok_or_else(|| Problem::invalid("file", Text::new("请选择文件（表单字段 file）", "the form has no field file")))?;
        Ok(Self { file_name, fields, file })
    }

    pub fn path(&self) -> &FilePath {
        &self.file
    }

    pub fn take(&mut self, field: &str) -> String {
        self.fields.remove(field).unwrap_or_default()
    }
}

/// The last part of whatever path the browser sent.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if clean.is_empty() || clean == "." || clean == ".." { "upload".into() } else { clean }
}

fn broken(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large(0);
    }
    bad_upload(&error)
}

/// The body's limit is not known where it is met.
fn plainer(problem: Problem, mb_max: u64) -> Problem {
    if problem.status() == StatusCode::PAYLOAD_TOO_LARGE { Problem::too_large(mb_max).with_field("file") } else { problem }
}

fn bad_upload(error: &dyn std::fmt::Display) -> Problem {
    let text = Text::new(format!("上传的内容不完整：{error}"), format!("the upload is broken: {error}"));
    Problem::bad_request("bad_upload", text)
}

async fn text(mut part: Part<'_>) -> Answer<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await? {
        if bytes.len() + chunk.len() > TEXT_MAX {
            return Err(Problem::too_large(1));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Problem::bad_request("bad_upload", Text::new("表单不是 UTF-8", "the form is not UTF-8")))
}

async fn save(mut part: Part<'_>, data_dir: &FilePath, mb_max: u64) -> Answer<tempfile::TempPath> {
    let dir = data_dir.join("tmp");
    let full = |e: std::io::Error| {
        tracing::error!(error = %e, "an upload cannot be written");
        Problem::unavailable(Text::new("服务器磁盘无法写入，请联系管理员", "the server's disk cannot be written"))
    };
    tokio::fs::create_dir_all(&dir).await.map_err(full)?;
    let (file, path) = tempfile::Builder::new().prefix("upload-").tempfile_in(&dir).map_err(full)?.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut bytes = 0_u64;
    while let Some(chunk) = part.chunk().await? {
        bytes += chunk.len() as u64;
        if bytes > mb_max * 1024 * 1024 {
            return Err(Problem::too_large(mb_max).with_field("file"));
        }
        file.write_all(&chunk).await.map_err(full)?;
    }
    file.flush().await.map_err(full)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;

    const HEAD: &str = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";

    async fn form(body: Body) -> Form {
        let request = Request::post("/").header("content-type", "multipart/form-data; boundary=XX").body(body).unwrap();
        Form::from_request(request, &()).await.unwrap()
    }

    /// `first`, then pieces of 16 KiB without end; answers how much was asked for before it was refused.
    async fn endless(first: &'static str) -> (Problem, usize) {
        let given = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&given);
        let pieces = stream::repeat_with(move || {
            assert!(counter.fetch_add(16_384, Ordering::Relaxed) < 64 << 20, "there is no limit");
            Ok::<_, std::io::Error>(Bytes::from_static(&[b'a'; 16_384]))
        });
        let body = Body::from_stream(stream::iter([Ok(Bytes::from(first))]).chain(pieces));
        let dir = tempfile::tempdir().unwrap();
        let refused = Upload::read(form(body).await, dir.path(), 50).await.err().unwrap();
        (refused, given.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn a_header_or_a_preamble_without_end_is_refused_early() {
        for first in ["", "--XX\r\nContent-Disposition: form-data; name=\"", "--XX", "--XX\r\nX-Long: "] {
            let (refused, taken) = endless(first).await;
            assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{first:?}");
            assert!(taken <= 2 * HEAD_BYTES_MAX, "{first:?}: {taken} bytes were taken");
        }
    }

    #[tokio::test]
    async fn parts_without_number_are_refused() {
        let many = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n".repeat(FIELDS_MAX + 1);
        let dir = tempfile::tempdir().unwrap();
        let refused = Upload::read(form(Body::from(many + "--XX--\r\n")).await, dir.path(), 50).await.err().unwrap();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }

    #[tokio::test]
    async fn an_upload_that_stops_is_given_up_and_leaves_nothing_behind() {
        let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from(HEAD)), Ok(Bytes::from_static(b"half a fi"))]);
        let dir = tempfile::tempdir().unwrap();
        let body = Body::from_stream(pieces.chain(stream::pending()));
        let form = form(body).await;
        let read = tokio::time::timeout(Duration::from_secs(20), Upload::read(form, dir.path(), 50)).await;
        assert_eq!(read.expect("a deadline").err().unwrap().status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(std::fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_file_in_many_pieces_comes_whole() {
        let text: String = (0..200_000).map(|n| format!("{n}\r\n--X")).collect();
        let whole = format!("{HEAD}{text}\r\n--XX--\r\n");
        let pieces: Vec<_> = whole.as_bytes().chunks(777).map(|c| Ok::<_, std::io::Error>(Bytes::copy_from_slice(c))).collect();
        let dir = tempfile::tempdir().unwrap();
        let upload = Upload::read(form(Body::from_stream(stream::iter(pieces))).await, dir.path(), 50).await.unwrap();
        assert_eq!(std::fs::read_to_string(upload.path()).unwrap(), text);
    }
}
