//! Uploads: one file of a multipart form, written to disk as it comes, never beyond its limit.

use crate::prelude::*;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use std::collections::BTreeMap;
use std::path::Path as FilePath;
use tokio::io::AsyncWriteExt as _;

const TEXT_MAX: usize = 64 * 1024;
const FIELDS_MAX: usize = 20;

/// The `file` of a form and its other fields.
pub struct Upload {
    pub file_name: String,
    pub fields: BTreeMap<String, String>,
    file: tempfile::TempPath,
}

impl Upload {
    /// # Errors
    /// No file, too large a file, a form that ends too early.
    pub async fn read(mut form: Multipart, data_dir: &FilePath, mb_max: u64) -> Answer<Self> {
        let mut fields = BTreeMap::new();
        let mut found = None;
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" && found.is_none() {
                let file_name = plain_name(field.file_name().unwrap_or_default());
                let file = save(field, data_dir, mb_max).await?;
                found = Some((file_name, file));
            } else if fields.len() < FIELDS_MAX {
                fields.insert(name, text(field).await?);
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
    let text = Text::new(format!("上传的内容不完整：{error}"), format!("the upload is broken: {error}"));
    Problem::bad_request("bad_upload", text)
}

async fn text(mut field: Field<'_>) -> Answer<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > TEXT_MAX {
            return Err(Problem::too_large(1));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Problem::bad_request("bad_upload", Text::new("表单不是 UTF-8", "the form is not UTF-8")))
}

async fn save(mut field: Field<'_>, data_dir: &FilePath, mb_max: u64) -> Answer<tempfile::TempPath> {
    let dir = data_dir.join("tmp");
    let full = |e: std::io::Error| {
        tracing::error!(error = %e, "an upload cannot be written");
        Problem::unavailable(Text::new("服务器磁盘无法写入，请联系管理员", "the server's disk cannot be written"))
    };
    tokio::fs::create_dir_all(&dir).await.map_err(full)?;
    let (file, path) = tempfile::Builder::new().prefix("upload-").tempfile_in(&dir).map_err(full)?.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut bytes = 0_u64;
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes += chunk.len() as u64;
        if bytes > mb_max * 1024 * 1024 {
            return Err(Problem::too_large(mb_max).with_field("file"));
        }
        file.write_all(&chunk).await.map_err(full)?;
    }
    file.flush().await.map_err(full)?;
    Ok(path)
}
