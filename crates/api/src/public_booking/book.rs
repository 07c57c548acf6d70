use crate::prelude::*;
use crate::principal::RemoteIp;
use desk::booking::{Form, book_by_form};
use model::Vars;
use model::record::Medium;

#[derive(Deserialize, ToSchema)]
pub struct BookingForm {
    #[serde(default)]
    name: String,
    /// Needed for phone and SMS.
    #[serde(default)]
    phone: String,
    /// Needed for mail.
    #[serde(default)]
    mail: String,
    medium: Medium,
    /// `from` of one of the page's slots.
    slot: At,
    /// By the keys of the page's fields.
    #[serde(default)]
    #[schema(value_type = Object)]
    fields: Vars,
    /// The box is ticked.
    #[serde(default)]
    consent: bool,
    /// Left empty: people do not see this field.
    #[serde(default)]
    website: String,
}

#[derive(Serialize, ToSchema)]
pub struct BookedByForm {
    /// Calls it off again: `DELETE /public/booking/{token}/{reference}`. Shown once.
    reference: String,
    slot: At,
    medium: Medium,
}

/// Books a slot. The answer is the same whether the number is on an exempt list or not. 409 when the slot is taken, 429 after too many.
#[utoipa::path(post, path = "/public/booking/{token}", responses((status = 201, body = BookedByForm)))]
pub async fn book(
    State(api): State<ApiState>,
    RemoteIp(ip): RemoteIp,
    Path(token): Path<String>,
    Json(body): Json<BookingForm>,
) -> Answer<(StatusCode, Json<BookedByForm>)> {
    let (slot, medium) = (body.slot, body.medium);
    let form = Form {
        name: body.name,
        phone: body.phone,
        mail: body.mail,
        medium,
        slot,
        fields: body.fields,
        consent: body.consent,
        trap: body.website,
    };
    let booked = book_by_form(api.store(), &token, form, &ip).await?;
    api.changed(engine::Change::Campaign(booked.campaign));
    Ok((StatusCode::CREATED, Json(BookedByForm { reference: booked.reference, slot, medium })))
}
