use super::own::own;
use crate::mask;
use crate::prelude::*;
use crate::work_view::{WorkView, view};
use desk::campaign::{CallbackWish, Front, WorkWish, save_work};
use engine::Change;
use model::record::{CallWork, Refusal};
use model::{CallId, CampaignId, CustomerId, LeadId, Vars};

/// 回呼.
#[derive(Deserialize, ToSchema)]
pub struct CallbackInput {
    at: At,
    /// By oneself; otherwise by whoever is free then.
    #[serde(default)]
    mine: bool,
}

#[derive(Deserialize, ToSchema)]
pub struct WorkInput {
    /// Ids of the pages the talk came by, in their order.
    #[serde(default)]
    path: Vec<String>,
    /// By the question's key.
    #[schema(value_type = Object)]
    #[serde(default)]
    answers: Vars,
    /// By the field's key.
    #[schema(value_type = Object)]
    #[serde(default)]
    form: Vars,
    /// Code of one of the campaign's outcomes, or of the tenant's results where it has none; empty: none chosen.
    #[serde(default)]
    outcome: String,
    /// For an outcome that is followed by a callback.
    #[serde(default)]
    callback: Option<CallbackInput>,
    /// For an outcome by which the customer refuses.
    #[serde(default)]
    refusal: Option<Refusal>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    customer_id: Option<CustomerId>,
    #[serde(default)]
    next_contact_at: Option<At>,
    /// Close it: answers are checked, and what the outcome says follows. Otherwise it is kept as a draft.
    #[serde(default)]
    done: bool,
}

impl From<WorkInput> for WorkWish {
    fn from(i: WorkInput) -> Self {
        Self {
            path: i.path,
            answers: i.answers,
            form: i.form,
            outcome: i.outcome,
            callback: i.callback.map(|c| CallbackWish { at: c.at, mine: c.mine }),
            refusal: i.refusal,
            note: i.note,
            customer_id: i.customer_id,
            next_contact_at: i.next_contact_at,
            done: i.done,
        }
    }
}

/// What there is to say, to ask and to note in a call of a campaign, with the customer's values filled in; null: nothing.
#[utoipa::path(get, path = "/calls/{id}/work", responses((status = 200, body = Option<WorkView>)))]
pub async fn work(State(api): State<ApiState>, who: Principal, Path(id): Path<CallId>) -> Answer<Json<Option<WorkView>>> {
    who.may(P::DeskUse).or_else(|refused| who.may(P::CallRead).map_err(|_| refused))?;
    let (agent, lead, confirmation) = match own(&api, &who, id).await {
        Ok(own) => (Some(own.agent), own.lead, own.confirmation),
        Err(refused) if !who.actor.can(P::CallRead) => return Err(refused),
        Err(_) => {
            let (call, _) = super::load(&api, &who, id).await?;
            (None, call.campaign_id.zip(call.lead_id), call.confirmation)
        }
    };
    let Some((_, front)) = front(&api, &who, lead).await? else { return Ok(Json(None)) };
    let saved = match &agent {
        // One's own words are shown as they were written.
        Some(agent) => api.store().call_work(who.tenant(), id, agent.id).await?,
        None => api.store().call_works(who.tenant(), id).await?.into_iter().next().map(|work| shown(&who, work)),
    };
    let view = view(&api, &who, front, agent.as_ref(), saved).await?;
    Ok(Json(Some(WorkView { call_id: Some(id), confirmation, ..view })))
}

fn shown(who: &Principal, mut work: CallWork) -> CallWork {
    if !who.reveals() {
        mask::vars(&mut work.answers);
        mask::vars(&mut work.form);
    }
    work
}

type Lead = (model::record::Campaign, model::record::Lead);

async fn front(api: &ApiState, who: &Principal, of: Option<(CampaignId, LeadId)>) -> Answer<Option<(CampaignId, Lead)>> {
    let Some((campaign, lead)) = of else { return Ok(None) };
    let lead = api.store().lead(who.tenant(), lead).await?;
    let stored = api.store().campaign(who.tenant(), campaign).await?;
    Ok(stored.zip(lead).map(|pair| (campaign, pair)))
}

/// Keeps what was asked and noted in a call of one's own, or closes it with an outcome. The same again changes nothing.
#[utoipa::path(put, path = "/calls/{id}/work", responses((status = 200, body = CallWork)))]
pub async fn put_work(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CallId>,
    Json(body): Json<WorkInput>,
) -> Answer<Json<CallWork>> {
    let own = own(&api, &who, id).await?;
    let Some((campaign_id, (campaign, lead))) = front(&api, &who, own.lead).await? else {
        let text = Text::new("这通电话不属于任何外呼任务，请填写通话小结", "this call belongs to no campaign; write a summary");
        return Err(Problem::conflict("no_campaign", text));
    };
    let done = body.done;
    let front = Front { campaign, lead, call: id, confirmation: own.confirmation };
    let saved = save_work(api.store(), &who.actor, &own.agent, &front, body.into()).await?;
    if done {
        api.changed(Change::Campaign(campaign_id));
    }
    Ok(Json(saved))
}
