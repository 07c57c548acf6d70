use super::input::ListInput;
use super::load;
use crate::prelude::*;
use engine::Change;
use model::LeadListId;
use model::record::LeadList;
use std::time::Duration;

#[derive(Deserialize, ToSchema)]
pub struct ListUpdate {
    /// The revision that was edited; 409 with the current list when it is no longer the newest.
    revision: i64,
    #[serde(flatten)]
    list: ListInput,
}

/// The filter of a small list is applied within this time.
const FIRST_WORD: Duration = Duration::from_millis(800);

/// Changes a list while the campaign runs. A filter of many leads is applied in the background: `applied` tells when.
#[utoipa::path(put, path = "/lead-lists/{id}", responses((status = 200, body = LeadList)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<LeadListId>,
    Json(body): Json<ListUpdate>,
) -> Answer<Json<LeadList>> {
    who.may(P::LeadWrite)?;
    let before = load(&api, &who, id).await?;
    if before.revision != body.revision {
        let text = Text::new("名单已被他人修改，请核对后再保存", "somebody else has changed the list; compare and save again");
        return Err(Problem::conflict("revision_conflict", text).with_field("revision").with_current(json!(before)));
    }
    let list = desk::lead::update(api.store(), &who.actor, before, body.revision, body.list.into()).await?;
    if list.applied {
        api.changed(Change::Campaign(list.campaign_id));
        return Ok(Json(list));
    }
    let applying = tokio::spawn(apply(api.clone(), list.clone()));
    match tokio::time::timeout(FIRST_WORD, applying).await {
        Ok(Ok(done)) => Ok(Json(done?)),
        Ok(Err(panicked)) => Err(Problem::internal(&panicked)),
        Err(_still_running) => Ok(Json(list)),
    }
}

async fn apply(api: ApiState, list: LeadList) -> Answer<LeadList> {
    let done = desk::lead::apply(api.store(), &list).await;
    let list = done.inspect_err(|error| tracing::warn!(list = %list.id, %error, "a filter was not applied"))?;
    api.changed(Change::Campaign(list.campaign_id));
    Ok(list)
}
