use crate::prelude::*;
use engine::Change;
use model::QueueId;

/// Deletes a group that nobody waits in and no other group sends callers to.
#[utoipa::path(delete, path = "/queues/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<QueueId>) -> Answer<StatusCode> {
    who.may(P::AgentWrite)?;
    api.store().queue(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let live = api.engine().live();
    let waiting = |queues: &Vec<model::desk::QueueLive>| queues.iter().any(|q| q.queue_id == id && q.waiting + q.callbacks > 0);
    if live.queues.get(&who.tenant()).is_some_and(waiting) {
        let text = Text::new("还有来电在这个坐席组排队，请稍后再删除", "callers wait in this group; delete it later");
        return Err(Problem::conflict("queue_not_empty", text));
    }
    desk::queue::delete(api.store(), &who.actor, id).await?;
    api.changed(Change::Queues(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
