use super::save;
use crate::prelude::*;
use crate::trunks::Faults;
use model::settings::Costs;

/// What calls cost where no route has a rate.
#[utoipa::path(put, path = "/settings/costs", responses((status = 200, body = Costs)))]
pub async fn put_costs(State(api): State<ApiState>, who: Principal, Json(body): Json<Costs>) -> Answer<Json<Costs>> {
    who.may(P::SettingsWrite)?;
    let mut faults = Faults(Vec::new());
    faults.unless(body.per_minute <= 100_000, "per_minute", "每分钟话费须在 0 到 100 元之间", "a minute costs 0 to 100 yuan");
    faults.done()?;
    let mut settings = api.store().settings(who.tenant()).await?;
    settings.costs = body;
    save(&api, &who, "costs", &settings).await?;
    Ok(Json(body))
}
