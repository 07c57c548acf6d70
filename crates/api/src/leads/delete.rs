use crate::prelude::*;
use model::LeadId;
use model::record::LeadState;
use store::LeadSelection;

/// Takes a lead out: deleted when never dialled, else kept for the books and excluded.
#[utoipa::path(delete, path = "/leads/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<LeadId>) -> Answer<StatusCode> {
    who.may(P::LeadWrite)?;
    let lead = api.store().lead(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let which = LeadSelection::Ids(vec![id]);
    let done = api.store().remove_leads(who.tenant(), lead.campaign_id, &which).await?;
    if done.deleted + done.excluded == 0 && lead.state != LeadState::Excluded {
        let text =
            Text::new("正在呼叫这个号码，请等通话结束再删除", "this number is being called; delete it when the call is over");
        return Err(Problem::conflict("lead_in_call", text));
    }
    let detail = json!({ "lead": id, "deleted": done.deleted, "excluded": done.excluded });
    desk::audit(api.store(), &who.actor, "lead.delete", &format!("campaign:{}", lead.campaign_id), detail).await?;
    Ok(StatusCode::NO_CONTENT)
}
