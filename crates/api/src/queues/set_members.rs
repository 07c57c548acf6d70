use crate::prelude::*;
use crate::scope::Seen;
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

/// Writes who belongs to a group, whole: whoever is not named leaves it, but for agents outside of one's scope.
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
    let mut members: Vec<_> = body.into_iter().map(member).collect();
    let seen = Seen::of(&api, &who).await?;
    if !seen.all() {
        // Whom one does not see stays as they are, whatever is written of them.
        members.retain(|m| seen.agent(m.agent_id));
        let others = api.store().members(who.tenant(), id).await?;
        members.extend(others.into_iter().filter(|m| !seen.agent(m.agent_id)));
    }
    let stored = desk::queue::set_members(api.store(), &who.actor, id, &members).await?;
    api.changed(Change::Queues(who.tenant()));
    Ok(Json(stored))
}
