use super::shown;
use crate::prelude::*;
use desk::booking::{Made, Wish, make};
use engine::Change;
use model::record::{Booking, BookingOrigin, Medium};
use model::{CampaignId, Vars};

#[derive(Deserialize, ToSchema)]
pub struct NewAppointments {
    /// 1–1,000.
    appointments: Vec<NewAppointment>,
}

#[derive(Deserialize, ToSchema)]
pub struct NewAppointment {
    /// What your system knows it by, unique in the campaign: given back in webhooks. Asked for again, the one that is there is answered.
    #[serde(default)]
    source_id: Option<String>,
    #[serde(default)]
    name: String,
    /// As people write it. May be left out for one by mail.
    #[serde(default)]
    phone: String,
    /// Needed for one by mail.
    #[serde(default)]
    mail: String,
    #[serde(default = "phone")]
    medium: Medium,
    /// Within the task's hours and 90 days ahead; none: at once.
    #[serde(default)]
    due_at: Option<At>,
    /// Of this appointment: seen by the flow and the texts as `lead.<key>`.
    #[serde(default)]
    #[schema(value_type = Object)]
    variables: Vars,
    #[serde(default)]
    note: String,
}

const fn phone() -> Medium {
    Medium::Phone
}

#[derive(Serialize, ToSchema)]
pub struct MadeAppointments {
    /// In the order in which they were asked for.
    items: Vec<MadeAppointment>,
}

#[derive(Serialize, ToSchema)]
pub struct MadeAppointment {
    /// `new`; `known`: its source had asked for it before; `twice`: this person has one at this time; `refused`: a list or rule says no.
    outcome: &'static str,
    /// The rule that refused it, e.g. `exempt`, `blocked`, `no_consent`, `excluded`.
    why: Option<String>,
    appointment: Option<Booking>,
}

/// Makes appointments of a task in appointment mode, one or many. All of them are read first: where a field is wrong, none is made.
#[utoipa::path(post, path = "/campaigns/{id}/appointments", responses((status = 201, body = MadeAppointments)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<NewAppointments>,
) -> Answer<(StatusCode, Json<MadeAppointments>)> {
    who.may(P::LeadWrite)?;
    let wishes = body.appointments.into_iter().map(Wish::from).collect();
    let made = make(api.store(), &who.actor, id, BookingOrigin::Api, wishes).await?;
    api.changed(Change::Campaign(id));
    let items = made.into_iter().map(|m| view(&who, m)).collect();
    Ok((StatusCode::CREATED, Json(MadeAppointments { items })))
}

fn view(who: &Principal, made: Made) -> MadeAppointment {
    let (outcome, why, booking) = match made {
        Made::New(booking) => ("new", None, Some(booking)),
        Made::Known(booking) => ("known", None, Some(booking)),
        Made::Twice => ("twice", None, None),
        Made::Refused(why) => ("refused", Some(why), None),
    };
    MadeAppointment { outcome, why, appointment: booking.map(|b| shown(who, b)) }
}

impl From<NewAppointment> for Wish {
    fn from(new: NewAppointment) -> Self {
        Self {
            source_id: new.source_id,
            name: new.name,
            phone: new.phone,
            mail: new.mail,
            medium: new.medium,
            due_at: new.due_at,
            variables: new.variables,
            note: new.note,
            made_in: None,
            agent: None,
        }
    }
}
