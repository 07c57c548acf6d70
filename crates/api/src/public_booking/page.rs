use crate::prelude::*;
use model::record::{FieldKind, Medium, Slot};

#[derive(Serialize, ToSchema)]
pub struct BookingPageView {
    title: String,
    text: String,
    /// Offered, at least one.
    media: Vec<Medium>,
    /// With a place left, of the next days.
    slots: Vec<Slot>,
    name_required: bool,
    fields: Vec<BookingPageField>,
    /// What the customer agrees to by ticking.
    consent_text: String,
}

#[derive(Serialize, ToSchema)]
pub struct BookingPageField {
    key: String,
    label: String,
    kind: FieldKind,
    required: bool,
}

/// What a task's page of appointments shows. 404 when the link was renewed or switched off.
#[utoipa::path(get, path = "/public/booking/{token}", responses((status = 200, body = BookingPageView)))]
pub async fn page(State(api): State<ApiState>, Path(token): Path<String>) -> Answer<Json<BookingPageView>> {
    let page = desk::booking::page(api.store(), &token).await?;
    let field = |f: desk::booking::PageField| BookingPageField { key: f.key, label: f.label, kind: f.kind, required: f.required };
    Ok(Json(BookingPageView {
        title: page.title,
        text: page.text,
        media: page.media,
        slots: page.slots,
        name_required: page.name_required,
        fields: page.fields.into_iter().map(field).collect(),
        consent_text: page.consent_text,
    }))
}
