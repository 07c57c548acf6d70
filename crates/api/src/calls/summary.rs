use crate::mask;
use crate::prelude::*;
use crate::principal::Who;
use crate::scope::Seen;
use desk::customer::{SummaryWish, summarise};
use model::record::{Agent, Call, Summary};
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
    who.may(P::DeskUse)?;
    let stored = api.store().call(who.tenant(), id).await?.map(|(call, _)| call);
    let live = api.engine().live();
    let up = live.agents.get(&who.tenant()).is_some_and(|all| all.iter().any(|a| a.call_id == Some(id)));
    if stored.is_none() && !up {
        return Err(Problem::not_found());
    }
    let (user, _) = who.person()?;
    let agent = api.store().agent_of_user(who.tenant(), user.id).await?.ok_or_else(crate::agent_desk::no_agent)?;
    // In wrap-up the desk still shows the call that was.
    let shown = live.desks.get(&agent.id).and_then(|view| view.call.as_ref()).is_some_and(|call| call.call_id == id);
    if !shown && !stored.is_some_and(|call| took_part(&call, &agent)) {
        let text = Text::new("这不是您接听的通话，不能填写小结", "you took no part in this call");
        return Err(Problem::new(StatusCode::FORBIDDEN, "not_your_call", text));
    }
    let wish = SummaryWish {
        customer_id: body.customer_id,
        disposition: body.disposition,
        note: body.note,
        next_contact_at: body.next_contact_at,
    };
    Ok(Json(summarise(api.store(), &who.actor, &agent, id, wish).await?))
}

fn took_part(call: &Call, agent: &Agent) -> bool {
    call.agent_id == Some(agent.id) || call.talks.iter().any(|talk| talk.agent_id == agent.id)
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
