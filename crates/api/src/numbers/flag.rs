use crate::prelude::*;
use engine::Change;
use model::NumberId;
use model::record::{FlagReason, Number, NumberFlag};

#[derive(Deserialize, ToSchema)]
pub struct FlagInput {
    /// Why, for colleagues; at most 200 characters.
    #[serde(default)]
    note: String,
}

/// Takes a number out of use as a caller id, until the flag is lifted. Calls that are up go on.
#[utoipa::path(post, path = "/numbers/{id}/flag", responses((status = 200, body = Number)))]
pub async fn flag(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<NumberId>,
    Json(body): Json<FlagInput>,
) -> Answer<Json<Number>> {
    who.may(P::TrunkWrite)?;
    let note = body.note.trim().chars().take(200).collect();
    let flag = |before: NumberFlag| NumberFlag {
        at: Some(api.now()),
        reason: Some(FlagReason::Manual),
        note,
        by: who.actor.name.clone(),
        ..before
    };
    set(&api, &who, id, "number.flag", flag).await
}

/// Lifts the flag; calls before this do not count towards another one.
#[utoipa::path(post, path = "/numbers/{id}/unflag", responses((status = 200, body = Number)))]
pub async fn unflag(State(api): State<ApiState>, who: Principal, Path(id): Path<NumberId>) -> Answer<Json<Number>> {
    who.may(P::TrunkWrite)?;
    set(&api, &who, id, "number.unflag", |_| NumberFlag { watched_from: api.now(), ..NumberFlag::default() }).await
}

async fn set(
    api: &ApiState,
    who: &Principal,
    id: NumberId,
    action: &str,
    flag: impl FnOnce(NumberFlag) -> NumberFlag,
) -> Answer<Json<Number>> {
    let numbers = api.store().numbers(who.tenant()).await?;
    let mut number = numbers.into_iter().find(|n| n.id == id).ok_or_else(Problem::not_found)?;
    number.flag = flag(number.flag);
    api.store().flag_number(who.tenant(), id, &number.flag).await?;
    desk::audit(api.store(), &who.actor, action, &format!("number:{id}"), json!(number.flag)).await?;
    api.changed(Change::Lines(who.tenant()));
    Ok(Json(number))
}
