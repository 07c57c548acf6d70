use crate::prelude::*;
use model::PhoneNumber;
use model::record::CustomerBrief;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MatchQuery {
    /// A whole number, as people write it.
    #[param(required = true)]
    number: Option<String>,
}

/// Whose number it may be, the customer changed last first; at most 20.
#[utoipa::path(get, path = "/customers/match", params(MatchQuery), responses((status = 200, body = Vec<CustomerBrief>)))]
pub async fn matching(
    State(api): State<ApiState>,
    who: Principal,
    Query(q): Query<MatchQuery>,
) -> Answer<Json<Vec<CustomerBrief>>> {
    who.may(P::CustomerRead)?;
    let number = PhoneNumber::parse(q.number.as_deref().unwrap_or_default(), "")
        .map_err(|e| Problem::invalid("number", Text::new(e.zh(), e.to_string())))?;
    Ok(Json(api.store().customers_by_number(who.tenant(), &number.e164).await?))
}
