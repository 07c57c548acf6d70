use super::own::{own, took_part};
use crate::mask;
use crate::prelude::*;
use crate::principal::Who;
use crate::scope::Seen;
use desk::customer::{SummaryWish, summarise};
use model::record::{Agent, Summary};
use model::{CallId, CustomerId};

#[derive(Deserialize, ToSchema)]
pub struct SummaryInput {
    #[serde(default)]
    customer_id: Option<CustomerId>,
    /// Code of one of the tenant's results; empty: none chosen.
    #[serde(default)]
    disposition: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    next_contact_at: Option<At>,
}

/// Notes something about a call of one's own, while it is up or later; replaces what one noted before.
#[utoipa::path(put, path = "/calls/{id}/summary", responses((status = 200, body = Summary)))]
pub async fn put_summary(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CallId>,
    Json(body): Json<SummaryInput>,
) -> Answer<Json<Summary>> {
    let own = own(&api, &who, id).await?;
    let wish = SummaryWish {
        customer_id: body.customer_id,
        disposition: body.disposition,
        note: body.note,
        next_contact_at: body.next_contact_at,
    };
    Ok(Json(summarise(api.store(), &who.actor, &own.agent, (id, &own.far), wish).await?))
}

/// What agents noted about a call: those whom one sees, and of a call one took part in all.
#[utoipa::path(get, path = "/calls/{id}/summaries", responses((status = 200, body = Vec<Summary>)))]
pub async fn summaries(State(api): State<ApiState>, who: Principal, Path(id): Path<CallId>) -> Answer<Json<Vec<Summary>>> {
    who.may(P::CallRead).or_else(|refused| who.may(P::CustomerRead).map_err(|_| refused))?;
    let mut all = api.store().summaries(who.tenant(), id).await?;
    let call = api.store().call(who.tenant(), id).await?.map(|(call, _)| call);
    // Of a call that is still up there may be some already.
    if all.is_empty() && call.is_none() {
        return Err(Problem::not_found());
    }
    let seen = Seen::of(&api, &who).await?;
    let own = match &who.who {
        Who::Person { user, .. } if !seen.all() => api.store().agent_of_user(who.tenant(), user.id).await?,
        _ => None,
    };
    let took_part =
        |agent: &Agent| call.as_ref().is_some_and(|call| took_part(call, agent)) || all.iter().any(|s| s.agent_id == agent.id);
    if !own.as_ref().is_some_and(took_part) {
        all.retain(|summary| seen.agent(summary.agent_id));
    }
    if !who.reveals() {
        all.iter_mut().for_each(mask::summary);
    }
    Ok(Json(all))
}
