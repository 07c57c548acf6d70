use crate::prelude::*;
use crate::{filter, mask, page};
use model::record::{Direction, Sms, SmsState};
use model::{CampaignId, LeadId};
use store::SmsFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SmsQuery {
    /// Codes separated by commas.
    state: Option<String>,
    #[param(inline)]
    direction: Option<Direction>,
    /// Part of the number.
    q: Option<String>,
    campaign_id: Option<CampaignId>,
    lead_id: Option<LeadId>,
    from: Option<At>,
    to: Option<At>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// The journal of messages, newest first.
#[utoipa::path(get, path = "/sms", params(SmsQuery), responses((status = 200, body = Page<Sms>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<SmsQuery>) -> Answer<Json<Page<Sms>>> {
    who.may(P::MessageRead)?;
    let filter = SmsFilter {
        states: filter::codes(q.state.as_deref(), "state", SmsState::from_code)?,
        direction: q.direction,
        phone: filter::search(q.q.as_deref(), &who, "q")?,
        campaign_id: q.campaign_id,
        lead_id: q.lead_id,
        from: q.from,
        to: q.to,
    };
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let found = api.store().sms_page(who.tenant(), &filter, page).await?;
    Ok(Json(Page::of(found, |mut sms| {
        if !who.reveals() {
            mask::sms(&mut sms);
        }
        sms
    })))
}
