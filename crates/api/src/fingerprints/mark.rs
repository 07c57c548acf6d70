use crate::prelude::*;
use desk::hearing::{self, Mark};
use engine::Change;
use model::RecordingId;
use model::record::{Fingerprint, HeardClass};

#[derive(Deserialize, ToSchema)]
pub struct MarkInput {
    recording_id: RecordingId,
    /// 1–60 characters, once in the library.
    name: String,
    class: HeardClass,
    /// The piece of the recording that holds the announcement, milliseconds; at most 20 s.
    from_ms: u32,
    to_ms: u32,
}

/// Marks a piece of a recording as an announcement: the next one is recognised.
#[utoipa::path(post, path = "/fingerprints", responses((status = 201, body = Fingerprint)))]
pub async fn mark(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<MarkInput>,
) -> Answer<(StatusCode, Json<Fingerprint>)> {
    who.may(P::SettingsWrite)?;
    let recording = api.store().recording(who.tenant(), body.recording_id).await?.ok_or_else(Problem::not_found)?;
    let mark = Mark { name: body.name, class: body.class, from_ms: body.from_ms, to_ms: body.to_ms };
    let made = hearing::mark(api.store(), &who.actor, api.recordings_dir(), &recording, mark).await?;
    api.changed(Change::Fingerprints(who.tenant()));
    Ok((StatusCode::CREATED, Json(made)))
}
