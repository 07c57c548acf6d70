use super::view::load;
use crate::prelude::*;
use crate::{mask, page};
use model::CampaignId;
use model::ledger::{self, Ledger, Sum};
use model::record::AbandonedCall;

/// Live answers within a window and those of them that found nobody.
#[derive(Serialize, ToSchema)]
pub struct LedgerSum {
    answers: u32,
    abandoned: u32,
    percent: f64,
    /// Passed the cap.
    over: bool,
    /// Calls that may yet be abandoned before it is passed.
    left: u32,
}

impl LedgerSum {
    fn of(sum: Sum, percent_max: f64) -> Self {
        let (answers, abandoned) = (sum.answers, sum.abandoned);
        Self { answers, abandoned, percent: sum.percent(), over: sum.is_over(percent_max), left: sum.left(percent_max) }
    }
}

/// 呼损台账
#[derive(Serialize, ToSchema)]
pub struct LedgerView {
    /// The tenant's cap, percent.
    percent_max: f64,
    day: LedgerSum,
    month: LedgerSum,
    /// The calls, the latest first.
    calls: Page<AbandonedCall>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Abandoned calls of a campaign, with their share of live answers over 24 hours and 30 days.
#[utoipa::path(get, path = "/campaigns/{id}/ledger", params(LedgerQuery), responses((status = 200, body = LedgerView)))]
pub async fn ledger(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Query(q): Query<LedgerQuery>,
) -> Answer<Json<LedgerView>> {
    who.may(P::CampaignRead)?;
    load(&api, &who, id).await?;
    let (page, now) = (page::read(q.cursor.as_deref(), q.limit)?, api.now());
    let percent_max = api.store().settings(who.tenant()).await?.compliance.abandoned_percent_max;
    let books = Ledger::load(&api.store().ledger_hours(who.tenant(), id, ledger::since(now)).await?);
    let calls = api.store().abandoned_calls(who.tenant(), id, page).await?;
    let calls = Page::of(calls, |mut call| {
        if !who.reveals() {
            call.phone = mask::number(&call.phone);
        }
        call
    });
    let (day, month) = (LedgerSum::of(books.day(now), percent_max), LedgerSum::of(books.month(now), percent_max));
    Ok(Json(LedgerView { percent_max, day, month, calls }))
}
