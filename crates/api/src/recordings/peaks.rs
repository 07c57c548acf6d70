use super::load;
use crate::prelude::*;
use desk::recording;
use model::RecordingId;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeaksQuery {
    /// 10–4 000; 800 when absent.
    points: Option<usize>,
}

/// The wave's outline: per channel the loudest moment of each slice, 0–1.
#[derive(Serialize, ToSchema)]
pub struct PeaksView {
    channels: Vec<Vec<f32>>,
    duration_ms: u32,
}

/// The outline of a recording, so that no browser decodes half an hour to draw it.
#[utoipa::path(get, path = "/recordings/{id}/peaks", params(PeaksQuery), responses((status = 200, body = PeaksView)))]
pub async fn peaks(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<RecordingId>,
    Query(q): Query<PeaksQuery>,
) -> Answer<Json<PeaksView>> {
    who.may(P::RecordingPlay)?;
    let record = load(&api, &who, id).await?;
    let points = q.points.unwrap_or(800).clamp(10, 4_000);
    let peaks = recording::peaks(api.recordings_dir(), &record.file_name, points).await?;
    Ok(Json(PeaksView { channels: peaks.channels, duration_ms: peaks.duration_ms }))
}
