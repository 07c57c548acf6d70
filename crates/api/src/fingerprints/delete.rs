use super::load;
use crate::prelude::*;
use engine::Change;
use model::FingerprintId;

/// Deletes an entry; calls that heard it keep what they say of it.
#[utoipa::path(delete, path = "/fingerprints/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<FingerprintId>) -> Answer<StatusCode> {
    who.may(P::SettingsWrite)?;
    let entry = load(&api, &who, id).await?;
    api.store().delete_fingerprint(who.tenant(), id).await?;
    let detail = json!({ "name": entry.name });
    desk::audit(api.store(), &who.actor, "fingerprint.delete", &format!("fingerprint:{id}"), detail).await?;
    api.changed(Change::Fingerprints(who.tenant()));
    Ok(StatusCode::NO_CONTENT)
}
