use super::today::{Today, today};
use crate::campaigns::CampaignView;
use crate::prelude::*;
use crate::trunks::TrunkView;
use model::event;
use model::record::{CampaignStatus, SmsState};
use store::{CampaignFilter, PageQuery, SmsFilter};

/// Alarms of this age are still shown.
const ALARM_KEEP_MS: i64 = 24 * 3600 * 1000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DashboardQuery {
    /// IANA zone in which today begins; Asia/Shanghai when absent.
    zone: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Dashboard {
    today: Today,
    /// Running and paused campaigns with their figures.
    running: Vec<CampaignView>,
    trunks: Vec<TrunkView>,
    /// Calls up now, in- and outbound.
    calls: u32,
    /// Why the system cannot work as it should.
    degraded: Option<String>,
    /// Of the last 24 hours, newest first.
    alarms: Vec<Alarm>,
    sms: SmsFigures,
}

#[derive(Serialize, ToSchema)]
pub struct Alarm {
    seq: i64,
    ts: At,
    code: String,
    text: String,
}

#[derive(Serialize, ToSchema)]
pub struct SmsFigures {
    queued: u64,
    failed: u64,
}

/// Today's figures, running campaigns, lines and alarms in one answer.
#[utoipa::path(get, path = "/dashboard", params(DashboardQuery), responses((status = 200, body = Dashboard)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Query(q): Query<DashboardQuery>) -> Answer<Json<Dashboard>> {
    who.may(P::CampaignRead)?;
    let zone = crate::reports::zone(q.zone.as_deref())?;
    let live = api.engine().live();
    Ok(Json(Dashboard {
        today: today(&api, &who, zone).await?,
        running: running(&api, &who).await?,
        trunks: api.store().trunks(who.tenant()).await?.into_iter().map(|t| TrunkView::of(&api, t)).collect(),
        calls: live.calls,
        degraded: live.degraded.clone(),
        alarms: alarms(&api, &who).await?,
        sms: SmsFigures {
            queued: count(&api, &who, SmsState::Queued).await?,
            failed: count(&api, &who, SmsState::Failed).await?,
        },
    }))
}

async fn running(api: &ApiState, who: &Principal) -> Answer<Vec<CampaignView>> {
    let statuses = vec![CampaignStatus::Running, CampaignStatus::Paused];
    let filter = CampaignFilter { statuses, text: String::new() };
    let page = PageQuery { after: None, limit: 50, count: false };
    let found = api.store().campaigns(who.tenant(), &filter, page).await?;
    futures::future::try_join_all(found.items.into_iter().map(|c| crate::campaigns::glance(api, c))).await
}

async fn alarms(api: &ApiState, who: &Principal) -> Answer<Vec<Alarm>> {
    let after = (api.store().last_seq().await? - 5_000).max(0);
    let since = api.now().plus_ms(-ALARM_KEEP_MS);
    let events = api.store().events_after(who.tenant(), after, 5_000).await?;
    let text = |data: &serde_json::Value, key: &str| data.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    let recent = events.into_iter().rev().filter(|e| e.kind == event::ALARM && e.ts >= since).take(20);
    Ok(recent.map(|e| Alarm { seq: e.seq, ts: e.ts, code: text(&e.data, "code"), text: text(&e.data, "text") }).collect())
}

async fn count(api: &ApiState, who: &Principal, state: SmsState) -> Answer<u64> {
    let filter = SmsFilter { states: vec![state], ..SmsFilter::default() };
    let page = PageQuery { after: None, limit: 1, count: true };
    Ok(api.store().sms_page(who.tenant(), &filter, page).await?.total.unwrap_or(0))
}
