use super::e164;
use super::place::ListAt;
use crate::prelude::*;
use store::NewListEntry;

#[derive(Deserialize, ToSchema)]
pub struct AddEntries {
    #[serde(flatten)]
    list: ListAt,
    /// 1–10 000; each renewed when it is there already.
    phones: Vec<String>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    expires_at: Option<At>,
}

#[derive(Serialize, ToSchema)]
pub struct Added {
    pub added: u64,
}

/// Puts numbers on a list, one or many.
#[utoipa::path(post, path = "/list-entries", responses((status = 201, body = Added)))]
pub async fn add(State(api): State<ApiState>, who: Principal, Json(body): Json<AddEntries>) -> Answer<(StatusCode, Json<Added>)> {
    who.may(P::ListWrite)?;
    let place = body.list.place(&api, &who).await?;
    let phones: Vec<_> = body.phones.iter().map(String::as_str).collect();
    let reason: String = body.reason.chars().take(200).collect();
    let entry = |phone| NewListEntry { phone, reason: reason.clone(), expires_at: body.expires_at };
    let entries: Vec<_> = e164(&phones, "phones")?.into_iter().map(entry).collect();
    let added = desk::lists::add(api.store(), &who.actor, &place, &entries).await?;
    Ok((StatusCode::CREATED, Json(Added { added })))
}
