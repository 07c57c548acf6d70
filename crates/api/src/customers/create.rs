use super::input::CustomerInput;
use super::view::CustomerView;
use crate::prelude::*;
use desk::customer::NumberWish;
use model::CallId;

/// Of the call at one's own desk.
async fn far_number(api: &ApiState, who: &Principal, call: CallId) -> Answer<String> {
    let (user, _) = who.person()?;
    let agent = api.store().agent_of_user(who.tenant(), user.id).await?;
    let view = agent.and_then(|a| api.engine().desk_view(a.id)).and_then(|v| v.call);
    view.filter(|c| c.call_id == call).map(|c| c.number).ok_or_else(|| {
        let text = Text::new("这个通话不在您的坐席台上，请填写号码", "this call is not at your desk; write the number");
        Problem::invalid("call_id", text)
    })
}

/// Adds a customer.
#[utoipa::path(post, path = "/customers", responses((status = 201, body = CustomerView)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<CustomerInput>,
) -> Answer<(StatusCode, Json<CustomerView>)> {
    who.may(P::CustomerWrite)?;
    let of_call = body.of_call();
    let mut wish = body.into_wish();
    if let Some(call) = of_call {
        wish.numbers.push(NumberWish { id: None, number: far_number(&api, &who, call).await?, label: String::new(), main: true });
    }
    let (customer, numbers) = desk::customer::create(api.store(), &who.actor, wish).await?;
    Ok((StatusCode::CREATED, Json(CustomerView::of(&api, &who, customer, numbers).await?)))
}
