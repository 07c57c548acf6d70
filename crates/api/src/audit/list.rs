use crate::page;
use crate::prelude::*;
use model::record::AuditEntry;
use store::AuditFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// `user:<login>`, `key:<name>` or `system`.
    actor: Option<String>,
    /// Begins with this: `campaign.` or `campaign.start`.
    action: Option<String>,
    /// e.g. `campaign:123`
    target: Option<String>,
    from: Option<At>,
    to: Option<At>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Who changed or exported what, newest first.
#[utoipa::path(get, path = "/audit", params(AuditQuery), responses((status = 200, body = Page<AuditEntry>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<AuditQuery>) -> Answer<Json<Page<AuditEntry>>> {
    who.may(P::AuditRead)?;
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let some = |t: Option<String>| t.filter(|t| !t.is_empty());
    let (actor, action, target) = (some(q.actor), some(q.action), some(q.target));
    let filter = AuditFilter { actor, action, target, from: q.from, to: q.to };
    let found = api.store().audit_page(who.tenant(), &filter, page).await?;
    Ok(Json(Page::of(found, |entry| entry)))
}
