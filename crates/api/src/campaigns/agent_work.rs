use super::view::{CampaignView, changed, load};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;
use model::record::{AgentWork, ResultDef};

#[derive(Deserialize, ToSchema)]
pub struct AgentWorkUpdate {
    /// The revision that was edited; 409 with the current campaign when it is no longer the newest.
    revision: i64,
    agent_work: AgentWork,
    /// Added to the campaign's results where their codes are new: of drafts only.
    #[serde(default)]
    results: Vec<ResultDef>,
}

/// Writes what agents say, ask and note. Of a campaign that was approved the wording may change and things may be added.
#[utoipa::path(put, path = "/campaigns/{id}/agent-work", responses((status = 200, body = CampaignView)))]
pub async fn agent_work(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<AgentWorkUpdate>,
) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignWrite)?;
    let before = load(&api, &who, id).await?;
    if before.revision != body.revision {
        let text = Text::new("任务已被他人修改，请核对后再保存", "somebody else changed the campaign; check and save again");
        return Err(Problem::conflict("revision_conflict", text).with_field("revision").with_current(json!(before)));
    }
    let (work, results) = (body.agent_work, body.results);
    let stored = campaign::set_agent_work(api.store(), &who.actor, id, body.revision, work, results).await?;
    changed(&api, stored).await
}
