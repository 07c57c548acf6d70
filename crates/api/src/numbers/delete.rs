use crate::campaigns::refuse_if_needed;
use crate::prelude::*;
use engine::Change;
use model::{NumberId, PhoneNumber};

/// Gives a number up; 409 while a campaign under way shows it.
#[utoipa::path(delete, path = "/numbers/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<NumberId>) -> Answer<StatusCode> {
    who.may(P::TrunkWrite)?;
    let numbers = api.store().numbers(who.tenant()).await?;
    let number = numbers.iter().find(|n| n.id == id).ok_or_else(Problem::not_found)?;
    let shown = |raw: &str| PhoneNumber::parse(raw, "").map_or_else(|_| raw.to_owned(), |n| n.e164);
    let gone = shown(&number.number);
    refuse_if_needed(&api, &who, "number_in_use", |c| c.caller_ids.iter().any(|id| shown(id) == gone)).await?;
    api.store().delete_number(who.tenant(), id).await?;
    desk::audit(api.store(), &who.actor, "number.delete", &format!("number:{id}"), json!({ "number": number.number })).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
