use crate::prelude::*;
use desk::hearing::{self, Match};
use model::record::HeardClass;
use model::{FingerprintId, RecordingId};

#[derive(Deserialize, ToSchema)]
pub struct TestInput {
    recording_id: RecordingId,
}

/// What the library finds in a recording.
#[derive(Serialize, ToSchema)]
pub struct MatchView {
    id: FingerprintId,
    name: String,
    class: HeardClass,
    /// 0–1.
    score: f32,
    /// How far into the recording it was certain.
    at_ms: u32,
}

#[derive(Serialize, ToSchema)]
pub struct TestView {
    /// Absent: nothing is recognised.
    found: Option<MatchView>,
}

/// Tries the entries in use on what the far party says in a recording.
#[utoipa::path(post, path = "/fingerprints/test", responses((status = 200, body = TestView)))]
pub async fn test(State(api): State<ApiState>, who: Principal, Json(body): Json<TestInput>) -> Answer<Json<TestView>> {
    who.may(P::RecordingPlay)?;
    let recording = api.store().recording(who.tenant(), body.recording_id).await?.ok_or_else(Problem::not_found)?;
    let found = hearing::test(api.store(), who.tenant(), api.recordings_dir(), &recording).await?;
    let view = |m: Match| MatchView { id: m.id, name: m.name, class: m.class, score: m.score, at_ms: m.at_ms };
    Ok(Json(TestView { found: found.map(view) }))
}
