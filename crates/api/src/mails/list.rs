use crate::prelude::*;
use crate::{filter, mask, page};
use model::record::{Mail, MailState};
use model::{CampaignId, LeadId};
use store::MailFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MailQuery {
    /// Codes separated by commas.
    state: Option<String>,
    /// Part of the address or the subject; who may not see addresses finds them only whole.
    q: Option<String>,
    campaign_id: Option<CampaignId>,
    lead_id: Option<LeadId>,
    from: Option<At>,
    to: Option<At>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// The journal of mail, newest first.
#[utoipa::path(get, path = "/mails", params(MailQuery), responses((status = 200, body = Page<Mail>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<MailQuery>) -> Answer<Json<Page<Mail>>> {
    who.may(P::MessageRead)?;
    let filter = MailFilter {
        states: filter::codes(q.state.as_deref(), "state", MailState::from_code)?,
        text: q.q.as_deref().unwrap_or_default().trim().chars().take(254).collect(),
        whole_address: !who.reveals(),
        campaign_id: q.campaign_id,
        lead_id: q.lead_id,
        from: q.from,
        to: q.to,
    };
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let found = api.store().mail_page(who.tenant(), &filter, page).await?;
    Ok(Json(Page::of(found, |mut mail| {
        if !who.reveals() {
            mask::mail(&mut mail);
        }
        mail
    })))
}
