use super::own;
use crate::prelude::*;
use desk::booking::{Wish, make, open_tasks};
use engine::Change;
use model::record::{Booking, BookingOrigin, FieldDef, Medium};
use model::{CallId, CampaignId, CustomerId, Vars};

#[derive(Serialize, ToSchema)]
pub struct BookingTask {
    campaign_id: CampaignId,
    name: String,
    media: Vec<Medium>,
    /// The task's own columns, which may be filled in.
    fields: Vec<FieldDef>,
    slot_min: u32,
}

/// Tasks into which an agent may book somebody. Their free slots are `/campaigns/{id}/slots`.
#[utoipa::path(get, path = "/desk/booking-tasks", responses((status = 200, body = Page<BookingTask>)))]
pub async fn tasks(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<BookingTask>>> {
    own(&api, &who).await?;
    let open = open_tasks(api.store(), who.tenant()).await?;
    let view = |c: model::record::Campaign| BookingTask {
        campaign_id: c.id,
        name: c.name,
        media: c.booking.media,
        fields: c.fields,
        slot_min: c.booking.slot_min,
    };
    Ok(Json(Page::whole(open.into_iter().map(view).collect())))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskBooking {
    campaign_id: CampaignId,
    /// The agent's own call, up or over: its far party is booked.
    #[serde(default)]
    call_id: Option<CallId>,
    /// Or one of the customers: by their main number.
    #[serde(default)]
    customer_id: Option<CustomerId>,
    /// Or this number; before the others.
    #[serde(default)]
    phone: String,
    #[serde(default)]
    mail: String,
    #[serde(default)]
    name: String,
    medium: Medium,
    /// Within the task's hours and 90 days ahead.
    due_at: At,
    #[serde(default)]
    #[schema(value_type = Object)]
    variables: Vars,
    /// At most 500 characters.
    #[serde(default)]
    note: String,
}

/// Books the far party of one's call, a customer or a number into a task in appointment mode.
#[utoipa::path(post, path = "/desk/bookings", responses((status = 201, body = Booking)))]
pub async fn book(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<DeskBooking>,
) -> Answer<(StatusCode, Json<Booking>)> {
    let agent = own(&api, &who).await?;
    let (phone, name) = whom(&api, &who, &body).await?;
    let wish = Wish {
        source_id: None,
        name,
        phone,
        mail: body.mail,
        medium: body.medium,
        due_at: Some(body.due_at),
        variables: body.variables,
        note: body.note,
        made_in: body.call_id,
        agent: Some(agent.id),
    };
    let mut made = make(api.store(), &who.actor, body.campaign_id, BookingOrigin::Agent, vec![wish]).await?;
    let booking = made.pop().ok_or_else(Problem::not_found)?.only()?;
    api.changed(Change::Campaign(body.campaign_id));
    Ok((StatusCode::CREATED, Json(crate::bookings::shown(&who, booking))))
}

/// Number and name: what was typed, else the call's, else the customer's.
async fn whom(api: &ApiState, who: &Principal, body: &DeskBooking) -> Answer<(String, String)> {
    let (mut phone, mut name) = (body.phone.clone(), body.name.clone());
    let mut known = |number: String, called: String| {
        if phone.trim().is_empty() {
            phone = number;
        }
        if name.trim().is_empty() {
            name = called;
        }
    };
    if let Some(id) = body.call_id {
        let far = crate::calls::own::own(api, who, id).await?.far;
        known(far.number, far.name);
    }
    if let Some(id) = body.customer_id {
        who.may(P::CustomerRead)?;
        let (customer, numbers) = api.store().customer(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
        let main = numbers.iter().find(|n| n.main).or(numbers.first());
        known(main.map(|n| n.number.clone()).unwrap_or_default(), customer.name.clone());
    }
    Ok((phone, name))
}
