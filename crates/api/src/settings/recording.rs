use super::save;
use crate::prelude::*;
use crate::trunks::Faults;
use model::settings::RecordingPolicy;

/// How long recordings are kept and how much disk must stay free.
#[utoipa::path(put, path = "/settings/recording", responses((status = 200, body = RecordingPolicy)))]
pub async fn put_recording(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<RecordingPolicy>,
) -> Answer<Json<RecordingPolicy>> {
    who.may(P::SettingsWrite)?;
    let mut faults = Faults(Vec::new());
    faults.unless(body.retention_days <= 36_500, "retention_days", "保留天数过大", "too many days");
    faults.unless(body.disk_free_mb_min <= 10_000_000, "disk_free_mb_min", "磁盘余量过大", "more than disks hold");
    faults.done()?;
    let mut settings = api.store().settings(who.tenant()).await?;
    settings.recording = body.clone();
    save(&api, &who, "recording", &settings).await?;
    Ok(Json(body))
}
