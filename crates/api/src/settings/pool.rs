use super::save;
use crate::prelude::*;
use crate::trunks::Faults;
use model::record::PoolRules;

/// How many customers an agent may take from the public pool, and when they come back.
#[utoipa::path(put, path = "/settings/pool", responses((status = 200, body = PoolRules)))]
pub async fn put_pool(State(api): State<ApiState>, who: Principal, Json(body): Json<PoolRules>) -> Answer<Json<PoolRules>> {
    who.may(P::SettingsWrite)?;
    let mut faults = Faults(Vec::new());
    let day = body.claims_per_day_max <= 1_000;
    faults.unless(day, "claims_per_day_max", "每天领取上限须为 0–1000，0 为不限", "0–1,000; 0 for no limit");
    let hand = body.holds_max <= 100_000;
    faults.unless(hand, "holds_max", "名下客户上限须为 0–100000，0 为不限", "0–100,000; 0 for no limit");
    let days = body.recycle_days <= 3_650;
    faults.unless(days, "recycle_days", "自动收回天数须为 0–3650，0 为不收回", "0–3,650 days; 0 for never");
    faults.done()?;
    let mut settings = api.store().settings(who.tenant()).await?;
    settings.pool = body;
    save(&api, &who, "pool", &settings).await?;
    Ok(Json(body))
}
