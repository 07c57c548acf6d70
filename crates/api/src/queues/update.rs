use crate::prelude::*;
use engine::Change;
use model::QueueId;
use model::record::Queue;

/// Writes a group whole; `revision` is the one that was edited: 409 with the current group when it is no longer the newest.
#[utoipa::path(put, path = "/queues/{id}", responses((status = 200, body = Queue)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<QueueId>,
    Json(body): Json<Queue>,
) -> Answer<Json<Queue>> {
    who.may(P::AgentWrite)?;
    let before = api.store().queue(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    if before.revision != body.revision {
        let text = Text::new("坐席组已被他人修改，请核对后再保存", "somebody else has changed the group; compare and save again");
        return Err(Problem::conflict("revision_conflict", text).with_field("revision").with_current(json!(before)));
    }
    let stored = desk::queue::update(api.store(), &who.actor, &before, body).await?;
    api.changed(Change::Queues(who.tenant()));
    Ok(Json(stored))
}
