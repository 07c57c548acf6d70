use super::save;
use crate::prelude::*;
use crate::trunks::Faults;
use model::settings::SipTracePolicy;

/// Which calls keep their SIP messages, and for how long.
#[utoipa::path(put, path = "/settings/sip-trace", responses((status = 200, body = SipTracePolicy)))]
pub async fn put_sip_trace(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<SipTracePolicy>,
) -> Answer<Json<SipTracePolicy>> {
    who.may(P::SettingsWrite)?;
    let mut faults = Faults(Vec::new());
    faults.unless((1..=90).contains(&body.retention_days), "retention_days", "保留天数须为 1–90", "1–90 days");
    faults.done()?;
    let mut settings = api.store().settings(who.tenant()).await?;
    settings.sip_trace = body.clone();
    save(&api, &who, "sip_trace", &settings).await?;
    Ok(Json(body))
}
