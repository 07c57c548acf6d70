use super::{own, refused, usable, view};
use crate::prelude::*;
use model::desk::{DeskCommand, DeskView, Destination};
use model::record::Direction;
use model::{AppointmentId, CallId, CustomerId, CustomerNumberId};

/// Asks something of the floor for oneself and one's own call; answers the desk as it is then. Refused: 409, `code` says why.
///
/// Where a number is dialled, `customer:<id>:<id of the number>` names a customer's number and `call:<id>` the far party of a call
/// one took part in; `appointment:<id>` is one of one's own appointments: so those dial who see numbers masked.
#[utoipa::path(post, path = "/desk/commands", request_body = DeskCommand, responses((status = 200, body = DeskView)))]
pub async fn command(State(api): State<ApiState>, who: Principal, Json(body): Json<DeskCommand>) -> Answer<Json<DeskView>> {
    let agent = own(&api, &who).await?;
    let command = match body {
        DeskCommand::SignIn { seat, ready } => DeskCommand::SignIn { seat: usable(&api, &who, Some(&agent), seat).await?, ready },
        DeskCommand::Dial { number } => DeskCommand::Dial { number: whole(&api, &who, number).await? },
        DeskCommand::Consult { to } => DeskCommand::Consult { to: destination(&api, &who, to).await? },
        DeskCommand::Transfer { to } => DeskCommand::Transfer { to: destination(&api, &who, to).await? },
        other => other,
    };
    api.engine().desk(agent.id, command).await.map_err(refused)?;
    Ok(Json(view(&api, &who, &agent)))
}

async fn destination(api: &ApiState, who: &Principal, to: Destination) -> Answer<Destination> {
    match to {
        Destination::Number { number } => Ok(Destination::Number { number: whole(api, who, number).await? }),
        other => Ok(other),
    }
}

/// The number behind a name for one.
async fn whole(api: &ApiState, who: &Principal, number: String) -> Answer<String> {
    let unknown = || {
        let text = Text::new("找不到这个号码，请刷新后重试", "there is no such number; reload and try again");
        Problem::invalid("number", text)
    };
    if let Some(id) = number.strip_prefix("call:") {
        let id: CallId = id.parse().map_err(|_| unknown())?;
        let (call, _) = api.store().call(who.tenant(), id).await?.ok_or_else(unknown)?;
        let (user, _) = who.person()?;
        let agent = api.store().agent_of_user(who.tenant(), user.id).await?.ok_or_else(super::no_agent)?;
        let mine = call.talks.iter().any(|t| t.agent_id == agent.id) || call.agent_id == Some(agent.id);
        if !mine {
            return Err(unknown());
        }
        return Ok(if call.direction == Direction::Inbound { call.caller } else { call.called });
    }
    if let Some(id) = number.strip_prefix("appointment:") {
        let id: AppointmentId = id.parse().map_err(|_| unknown())?;
        let appointment = api.store().appointment(who.tenant(), id).await?.ok_or_else(unknown)?;
        let agent = super::own(api, who).await?;
        if appointment.agent_id != agent.id {
            return Err(unknown());
        }
        desk::appointment::dialled(api.store(), &appointment).await?;
        return Ok(appointment.phone);
    }
    let Some((customer, id)) = number.strip_prefix("customer:").and_then(|t| t.split_once(':')) else { return Ok(number) };
    who.may(P::CustomerRead)?;
    let customer: CustomerId = customer.parse().map_err(|_| unknown())?;
    let id: CustomerNumberId = id.parse().map_err(|_| unknown())?;
    let numbers = api.store().customer_numbers(who.tenant(), &[customer]).await?;
    numbers.into_iter().find(|n| n.id == id).map(|n| n.number).ok_or_else(unknown)
}
