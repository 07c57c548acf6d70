use super::load;
use crate::download;
use crate::prelude::*;
use crate::sound::Stored;
use axum::http::HeaderMap;
use desk::recording;
use model::RecordingId;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AudioQuery {
    /// `1`: the file as it is stored, whatever its format, instead of the 16-bit view.
    original: Option<u8>,
    /// `1`: as an attachment; a right of its own, and audited.
    download: Option<u8>,
}

/// The sound as 16-bit WAV, in any byte range: stereo, left the far party, right what it heard; one channel where the
/// recording's format has only one.
#[utoipa::path(get, path = "/recordings/{id}/audio", params(AudioQuery), responses(
    (status = 200, description = "the whole sound", content_type = "audio/wav"),
    (status = 206, description = "the range asked for", content_type = "audio/wav"),
    (status = 416, description = "the range lies outside the sound"),
))]
pub async fn audio(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<RecordingId>,
    Query(q): Query<AudioQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let original = q.original == Some(1);
    let save = original || q.download == Some(1);
    who.may(if save { P::RecordingDownload } else { P::RecordingPlay })?;
    let record = load(&api, &who, id).await?;
    let sound = Stored::recording(recording::resolve(api.recordings_dir(), &record.file_name)?).await?;
    if save && first_part(&headers) {
        desk::audit(api.store(), &who.actor, "recording.download", &format!("recording:{id}"), json!({})).await?;
    }
    let extension = record.file_name.rsplit_once('.').map_or("wav", |(_, e)| if original { e } else { "wav" });
    let disposition = save.then(|| download::attachment(&format!("recording-{id}.{extension}")));
    let disposition = disposition.and_then(|v| v.to_str().map(str::to_owned).ok());
    let tag = format!("r{id}");
    if original {
        sound.serve_original(&headers, &tag, disposition).await
    } else {
        sound.serve_pcm(&headers, &tag, disposition).await
    }
}

/// A download in many ranges is one entry in the log.
fn first_part(headers: &HeaderMap) -> bool {
    headers.get("range").is_none_or(|r| r.as_bytes().starts_with(b"bytes=0-"))
}
