use crate::prelude::*;
use model::CampaignId;
use model::record::Slot;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SlotQuery {
    /// 1–90; as the task's page offers when absent.
    days: Option<u32>,
}

/// Slots of a task with a place left, from now on; none where it takes no appointments.
#[utoipa::path(get, path = "/campaigns/{id}/slots", params(SlotQuery), responses((status = 200, body = Page<Slot>)))]
pub async fn slots(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Query(q): Query<SlotQuery>,
) -> Answer<Json<Page<Slot>>> {
    if !who.actor.can(P::DeskUse) {
        who.may(P::LeadRead)?;
    }
    let campaign = api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(Page::whole(desk::booking::slots(api.store(), &campaign, q.days).await?)))
}
