use crate::prelude::*;
use model::LeadId;
use model::record::Attempt;

/// One attempt of any campaign.
#[derive(Serialize, ToSchema)]
pub struct PastAttempt {
    #[serde(flatten)]
    attempt: Attempt,
    campaign_name: String,
    /// The result as people read it.
    result_label: Option<String>,
}

/// Newest first, at most 200.
#[derive(Serialize, ToSchema)]
pub struct LeadPast {
    items: Vec<PastAttempt>,
}

/// Every attempt to any of the lead's numbers, in all campaigns.
#[utoipa::path(get, path = "/leads/{id}/past", responses((status = 200, body = LeadPast)))]
pub async fn past(State(api): State<ApiState>, who: Principal, Path(id): Path<LeadId>) -> Answer<Json<LeadPast>> {
    who.may(P::LeadRead)?;
    let mut found = api.store().lead_past(who.tenant(), id).await?;
    if !who.reveals() {
        found.iter_mut().for_each(|before| crate::mask::attempt(&mut before.attempt));
    }
    let shown = |b: store::Before| PastAttempt { attempt: b.attempt, campaign_name: b.campaign, result_label: b.result };
    Ok(Json(LeadPast { items: found.into_iter().map(shown).collect() }))
}
