use super::input::NumberInput;
use crate::prelude::*;
use engine::Change;
use model::record::Number;

/// Adds a number.
#[utoipa::path(post, path = "/numbers", responses((status = 201, body = Number)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<NumberInput>,
) -> Answer<(StatusCode, Json<Number>)> {
    who.may(P::TrunkWrite)?;
    body.check(&api, &who).await?;
    let number = body.into_number(api.store().new_id(api.now()), who.tenant());
    api.store().insert_number(&number).await?;
    desk::audit(api.store(), &who.actor, "number.create", &format!("number:{}", number.id), json!(number)).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok((StatusCode::CREATED, Json(number)))
}
