use super::input::NumberInput;
use crate::prelude::*;
use engine::Change;
use model::NumberId;
use model::record::Number;

/// Writes a number whole.
#[utoipa::path(put, path = "/numbers/{id}", responses((status = 200, body = Number)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<NumberId>,
    Json(body): Json<NumberInput>,
) -> Answer<Json<Number>> {
    who.may(P::TrunkWrite)?;
    let before = api.store().numbers(who.tenant()).await?.into_iter().find(|n| n.id == id).ok_or_else(Problem::not_found)?;
    body.check(&api, &who).await?;
    let number = Number { flag: before.flag, ..body.into_number(id, who.tenant()) };
    api.store().update_number(&number).await?;
    desk::audit(api.store(), &who.actor, "number.update", &format!("number:{id}"), json!(number)).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok(Json(number))
}
