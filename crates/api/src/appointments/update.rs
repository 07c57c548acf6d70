use crate::prelude::*;
use desk::appointment::{Change, change};
use model::AppointmentId;
use model::record::{Appointment, AppointmentState};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentChange {
    #[serde(default)]
    state: Option<AppointmentState>,
    #[serde(default)]
    due_at: Option<At>,
}

/// Moves one of one's own appointments, or says that it is done or called off.
#[utoipa::path(patch, path = "/appointments/{id}", responses((status = 200, body = Appointment)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<AppointmentId>,
    Json(body): Json<AppointmentChange>,
) -> Answer<Json<Appointment>> {
    who.may(P::DeskUse)?;
    let appointment = api.store().appointment(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let (user, _) = who.person()?;
    let agent = api.store().agent_of_user(who.tenant(), user.id).await?.ok_or_else(crate::agent_desk::no_agent)?;
    if appointment.agent_id != agent.id {
        return Err(Problem::not_found());
    }
    let wish = Change { state: body.state, due_at: body.due_at };
    let mut changed = change(api.store(), &who.actor, appointment, wish).await?;
    if !who.reveals() {
        crate::mask::appointment(&mut changed);
    }
    Ok(Json(changed))
}
