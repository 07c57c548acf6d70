use super::check::{check, refuse};
use super::{document, load, save};
use crate::prelude::*;
use engine::Change;
use model::FlowId;
use model::record::FlowVersion;

#[derive(Deserialize, ToSchema)]
pub struct Publication {
    /// The revision to publish; 409 when the draft has changed since.
    revision: i64,
    #[serde(default)]
    note: String,
}

/// Publishes the draft. New calls run it at once; running calls keep the version they started with.
#[utoipa::path(post, path = "/flows/{id}/publish", responses((status = 201, body = FlowVersion)))]
pub async fn publish(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<FlowId>,
    Json(body): Json<Publication>,
) -> Answer<(StatusCode, Json<FlowVersion>)> {
    who.may(P::FlowPublish)?;
    let flow = load(&api, &who, id).await?;
    if flow.revision != body.revision {
        return Err(save::stale(&api, &who, id).await?);
    }
    if !flow.has_draft {
        return Err(Problem::conflict("no_draft", Text::new("没有未发布的修改", "there is no draft to publish")));
    }
    refuse(check(&api, &who, &document(&api, &who, &flow).await?).await?)?;
    let by = &who.actor.name;
    let version = api.store().publish_flow(who.tenant(), id, body.revision, by, &body.note, api.now()).await?;
    desk::audit(api.store(), &who.actor, "flow.publish", &format!("flow:{id}"), json!({ "version": version.version })).await?;
    api.changed(Change::Flow(id));
    Ok((StatusCode::CREATED, Json(version)))
}
