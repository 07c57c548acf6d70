use super::selection::shown;
use crate::prelude::*;
use model::LeadId;
use model::record::{Attempt, Lead, Sms};
use store::{PageQuery, SmsFilter};

/// A lead with every try and every message.
#[derive(Serialize, ToSchema)]
pub struct LeadDetail {
    #[serde(flatten)]
    lead: Lead,
    /// Every try, by ordinal. (`attempts` is the lead's count.)
    history: Vec<Attempt>,
    sms: Vec<Sms>,
}

/// One lead with its attempts and messages.
#[utoipa::path(get, path = "/leads/{id}", responses((status = 200, body = LeadDetail)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<LeadId>) -> Answer<Json<LeadDetail>> {
    who.may(P::LeadRead)?;
    let lead = api.store().lead(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let mut history = api.store().lead_attempts(who.tenant(), id).await?;
    let filter = SmsFilter { lead_id: Some(id), ..SmsFilter::default() };
    let page = PageQuery { after: None, limit: 50, count: false };
    let may_read = who.actor.can(P::MessageRead);
    let mut sms = if may_read { api.store().sms_page(who.tenant(), &filter, page).await?.items } else { Vec::new() };
    if !who.reveals() {
        history.iter_mut().for_each(crate::mask::attempt);
        sms.iter_mut().for_each(crate::mask::sms);
    }
    Ok(Json(LeadDetail { lead: shown(&who, lead), history, sms }))
}
