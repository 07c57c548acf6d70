use super::{DraftView, document, load};
use crate::prelude::*;
use model::FlowId;
use serde_json::Value;
use store::StoreError;

const DOC_BYTES_MAX: usize = 512 * 1024;

#[derive(Deserialize, ToSchema)]
pub struct DraftBody {
    /// The revision that was edited; 409 with the current draft when it is no longer the newest.
    revision: i64,
    #[schema(value_type = Object)]
    doc: Value,
}

/// Saves the draft, mistakes and all; only publication asks for a flawless document.
#[utoipa::path(put, path = "/flows/{id}/draft", responses((status = 200, body = DraftView)))]
pub async fn save(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<FlowId>,
    Json(body): Json<DraftBody>,
) -> Answer<Json<DraftView>> {
    who.may(P::FlowWrite)?;
    check_size(&body.doc)?;
    match api.store().save_flow_draft(who.tenant(), id, body.revision, &body.doc, api.now()).await {
        Ok(flow) => {
            desk::audit(api.store(), &who.actor, "flow.save", &format!("flow:{id}"), json!({ "revision": flow.revision }))
                .await?;
            Ok(Json(DraftView { flow, doc: body.doc }))
        }
        Err(StoreError::Conflict(_)) => Err(stale(&api, &who, id).await?),
        Err(other) => Err(other.into()),
    }
}

/// # Errors
/// Not an object, or larger than any flow.
pub fn check_size(doc: &Value) -> Answer<()> {
    if !doc.is_object() {
        return Err(Problem::invalid("doc", Text::new("流程文档须为 JSON 对象", "a flow document is a JSON object")));
    }
    if doc.to_string().len() > DOC_BYTES_MAX {
        return Err(Problem::invalid("doc", Text::new("流程文档不能超过 512 KB", "a flow document has at most 512 KB")));
    }
    Ok(())
}

/// 409 with what is stored now.
pub async fn stale(api: &ApiState, who: &Principal, id: FlowId) -> Answer<Problem> {
    let flow = load(api, who, id).await?;
    let doc = document(api, who, &flow).await?;
    let text = Text::new("流程已被他人修改，请比较后再保存", "somebody else has changed the flow; compare and save again");
    Ok(Problem::conflict("revision_conflict", text).with_field("revision").with_current(json!(DraftView { flow, doc })))
}
