use crate::prelude::*;
use engine::Change;
use model::calendar::Schedule;
use model::record::Membership;
use model::{AgentId, QueueId};

#[derive(Deserialize, ToSchema)]
pub struct MemberInput {
    agent_id: AgentId,
    /// Place in the fixed order and in the round, smallest first.
    #[serde(default)]
    place: u32,
    /// VIP 坐席: takes no other callers of this group.
    #[serde(default)]
    vip_only: bool,
    /// The dialer may take the agent for this group's campaigns.
    #[serde(default)]
    outbound: bool,
    /// None: at all times.
    #[serde(default)]
    schedule: Option<Schedule>,
}

/// Writes who belongs to a group, whole: whoever is not named leaves it.
#[utoipa::path(put, path = "/queues/{id}/members", responses((status = 200, body = Vec<Membership>)))]
pub async fn set_members(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<QueueId>,
    Json(body): Json<Vec<MemberInput>>,
) -> Answer<Json<Vec<Membership>>> {
    who.may(P::AgentWrite)?;
    let member = |m: MemberInput| Membership {
        queue_id: id,
        agent_id: m.agent_id,
        place: m.place,
        vip_only: m.vip_only,
        outbound: m.outbound,
        schedule: m.schedule,
    };
    let members: Vec<_> = body.into_iter().map(member).collect();
    let stored = desk::queue::set_members(api.store(), &who.actor, id, &members).await?;
    api.changed(Change::Queues(who.tenant()));
    Ok(Json(stored))
}
