use crate::prelude::*;
use model::record::PoolRules;

/// The rules, and what the one who asks took today and holds.
#[derive(Serialize, ToSchema)]
pub struct PoolShare {
    rules: PoolRules,
    /// Whether the one who asks has a 工号 and may take customers.
    agent: bool,
    taken_today: u32,
    held: u32,
}

/// How many customers one may still take.
#[utoipa::path(get, path = "/pool/share", responses((status = 200, body = PoolShare)))]
pub async fn share(State(api): State<ApiState>, who: Principal) -> Answer<Json<PoolShare>> {
    who.may(P::CustomerRead)?;
    let agent = match who.actor.user {
        Some(user) => api.store().agent_of_user(who.tenant(), user).await?,
        None => None,
    };
    let Some(agent) = agent else {
        let rules = api.store().settings(who.tenant()).await?.pool;
        return Ok(Json(PoolShare { rules, agent: false, taken_today: 0, held: 0 }));
    };
    let share = desk::pool::share(api.store(), &agent).await?;
    Ok(Json(PoolShare { rules: share.rules, agent: true, taken_today: share.taken_today, held: share.held }))
}
