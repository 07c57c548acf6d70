use super::e164;
use crate::prelude::*;
use model::record::ListKind;
use store::NewListEntry;

#[derive(Deserialize, ToSchema)]
pub struct AddEntries {
    kind: ListKind,
    /// 1–10 000; each renewed when it is there already.
    phones: Vec<String>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    expires_at: Option<At>,
}

#[derive(Serialize, ToSchema)]
pub struct Added {
    added: u64,
}

/// Puts numbers on a list, one or many.
#[utoipa::path(post, path = "/list-entries", responses((status = 201, body = Added)))]
pub async fn add(State(api): State<ApiState>, who: Principal, Json(body): Json<AddEntries>) -> Answer<(StatusCode, Json<Added>)> {
    who.may(P::ListWrite)?;
    let phones: Vec<_> = body.phones.iter().map(String::as_str).collect();
    let reason: String = body.reason.chars().take(200).collect();
    let entry = |phone| NewListEntry { phone, reason: reason.clone(), expires_at: body.expires_at };
    let entries: Vec<_> = e164(&phones, "phones")?.into_iter().map(entry).collect();
    let added = api.store().add_list_entries(who.tenant(), body.kind, &entries, api.now()).await?;
    let detail = json!({ "numbers": entries.len() });
    desk::audit(api.store(), &who.actor, "list.add", &format!("list:{}", body.kind.code()), detail).await?;
    Ok((StatusCode::CREATED, Json(Added { added })))
}
