use super::load;
use crate::prelude::*;
use engine::Change;
use model::FingerprintId;
use model::record::Fingerprint;

#[derive(Deserialize, ToSchema)]
pub struct FingerprintChange {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    enabled: Option<bool>,
}

/// Renames an entry, or takes it in or out of use.
#[utoipa::path(patch, path = "/fingerprints/{id}", responses((status = 200, body = Fingerprint)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<FingerprintId>,
    Json(body): Json<FingerprintChange>,
) -> Answer<Json<Fingerprint>> {
    who.may(P::SettingsWrite)?;
    let mut entry = load(&api, &who, id).await?;
    if let Some(name) = body.name {
        let name = name.trim().to_owned();
        if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(Problem::invalid("name", Text::new("名称 1–60 个字符", "a name has 1–60 characters")));
        }
        entry.name = name;
    }
    entry.enabled = body.enabled.unwrap_or(entry.enabled);
    api.store().update_fingerprint(&entry).await?;
    let detail = json!({ "name": entry.name, "enabled": entry.enabled });
    desk::audit(api.store(), &who.actor, "fingerprint.update", &format!("fingerprint:{id}"), detail).await?;
    api.changed(Change::Fingerprints(who.tenant()));
    Ok(Json(entry))
}
