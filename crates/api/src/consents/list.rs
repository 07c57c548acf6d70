use crate::prelude::*;
use crate::{filter, mask, page};
use model::record::Consent;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConsentQuery {
    /// A whole number; all of them where it is left out.
    phone: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Who agreed to calls or wants no more of them, the latest first.
#[utoipa::path(get, path = "/consents", params(ConsentQuery), responses((status = 200, body = Page<Consent>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<ConsentQuery>) -> Answer<Json<Page<Consent>>> {
    who.may(P::LeadRead)?;
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let text = filter::search(q.phone.as_deref(), &who, "phone")?;
    let phone = Some(text.trim()).filter(|t| !t.is_empty());
    let phone = phone.map(|t| model::PhoneNumber::parse(t, "").map_or_else(|_| t.to_owned(), |n| n.e164));
    let found = api.store().consents(who.tenant(), phone.as_deref(), page).await?;
    Ok(Json(Page::of(found, |mut consent| {
        if !who.reveals() {
            consent.phone = mask::number(&consent.phone);
        }
        consent
    })))
}
