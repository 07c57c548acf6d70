use super::load;
use crate::leads::Touched;
use crate::prelude::*;
use engine::Change;
use model::LeadListId;

/// Removes a list with the leads of it that wait; those called before stay in the books, calls that are up go on.
#[utoipa::path(delete, path = "/lead-lists/{id}", responses((status = 200, body = Touched)))]
pub async fn remove(State(api): State<ApiState>, who: Principal, Path(id): Path<LeadListId>) -> Answer<Json<Touched>> {
    who.may(P::LeadWrite)?;
    let list = load(&api, &who, id).await?;
    let leads = desk::lead::remove(api.store(), &who.actor, &list).await?;
    api.changed(Change::Campaign(list.campaign_id));
    Ok(Json(Touched { leads }))
}
