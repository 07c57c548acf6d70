use crate::prelude::*;
use model::CustomerId;
use model::record::ListKind;

/// Puts all numbers of a customer on a list: `block`, `exempt` or `vip`.
#[utoipa::path(put, path = "/customers/{id}/lists/{kind}", responses((status = 204)))]
pub async fn put_on(
    State(api): State<ApiState>,
    who: Principal,
    Path((id, kind)): Path<(CustomerId, String)>,
) -> Answer<StatusCode> {
    set(&api, &who, id, &kind, true).await
}

/// Takes all numbers of a customer off a list.
#[utoipa::path(delete, path = "/customers/{id}/lists/{kind}", responses((status = 204)))]
pub async fn take_off(
    State(api): State<ApiState>,
    who: Principal,
    Path((id, kind)): Path<(CustomerId, String)>,
) -> Answer<StatusCode> {
    set(&api, &who, id, &kind, false).await
}

async fn set(api: &ApiState, who: &Principal, id: CustomerId, kind: &str, on: bool) -> Answer<StatusCode> {
    who.may(P::CustomerWrite).or_else(|refused| who.may(P::ListWrite).map_err(|_| refused))?;
    let kind = ListKind::from_code(kind).ok_or_else(Problem::not_found)?;
    desk::customer::set_list(api.store(), &who.actor, id, kind, on).await?;
    Ok(StatusCode::NO_CONTENT)
}
