use super::input::ListInput;
use crate::leads::{DedupeBody, LeadFilterBody};
use crate::prelude::*;
use desk::lead::FromResults;
use engine::Change;
use model::CampaignId;
use model::record::LeadList;

#[derive(Deserialize, ToSchema)]
pub struct ListFromResults {
    #[serde(flatten)]
    list: ListInput,
    /// The campaign whose numbers are taken.
    from_campaign_id: CampaignId,
    /// Which of its leads: by last disposition, result, date of the last call…
    #[serde(default)]
    leads: LeadFilterBody,
    #[serde(default)]
    dedupe: DedupeBody,
}

#[derive(Serialize, ToSchema)]
pub struct ListMade {
    list: LeadList,
    copied: u64,
    /// In the campaign already, or left out by the rule against repeats.
    duplicates: u64,
}

/// Makes a list of numbers that came to something in another campaign, fresh and without history (H4).
#[utoipa::path(post, path = "/campaigns/{id}/lists/from-results", responses((status = 201, body = ListMade)))]
pub async fn from_results(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<ListFromResults>,
) -> Answer<(StatusCode, Json<ListMade>)> {
    who.may(P::LeadWrite)?;
    let of = FromResults { from: body.from_campaign_id, filter: body.leads.read(&who)?, dedupe: body.dedupe.into() };
    let (list, done) = desk::lead::from_results(api.store(), &who.actor, id, body.list.into(), of).await?;
    api.changed(Change::Campaign(id));
    Ok((StatusCode::CREATED, Json(ListMade { list, copied: done.copied, duplicates: done.duplicates })))
}
