use crate::mask;
use crate::prelude::*;
use model::CustomerId;
use model::record::{Call, Sms, Summary};
use store::Passed;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// From `next_before` of the page before.
    before: Option<At>,
    /// 1–200, 100 when absent.
    limit: Option<u32>,
}

/// What passed between a customer and us, each list newest first.
#[derive(Serialize, ToSchema)]
pub struct CustomerHistory {
    /// Of all the customer's numbers, without legs.
    calls: Vec<Call>,
    messages: Vec<Sms>,
    summaries: Vec<Summary>,
    /// Pass as `before` for what came earlier; null: there is nothing more.
    next_before: Option<At>,
}

/// A customer's calls, messages and summaries, from now backwards.
#[utoipa::path(get, path = "/customers/{id}/history", params(HistoryQuery), responses((status = 200, body = CustomerHistory)))]
pub async fn history(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CustomerId>,
    Query(q): Query<HistoryQuery>,
) -> Answer<Json<CustomerHistory>> {
    who.may(P::CustomerRead)?;
    api.store().customer(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let limit = q.limit.unwrap_or(100).clamp(1, 200) as usize;
    let passed = api.store().customer_history(who.tenant(), id, q.before, limit).await?;
    let next_before = passed.last().filter(|_| passed.len() >= limit).map(Passed::at);
    let mut history = CustomerHistory { calls: Vec::new(), messages: Vec::new(), summaries: Vec::new(), next_before };
    for one in passed {
        history.add(one, who.reveals());
    }
    Ok(Json(history))
}

impl CustomerHistory {
    fn add(&mut self, one: Passed, reveals: bool) {
        match one {
            Passed::Call(mut call) => {
                if !reveals {
                    mask::call(&mut call);
                }
                self.calls.push(*call);
            }
            Passed::Sms(mut sms) => {
                if !reveals {
                    mask::sms(&mut sms);
                }
                self.messages.push(*sms);
            }
            Passed::Summary(mut summary) => {
                if !reveals {
                    mask::summary(&mut summary);
                }
                self.summaries.push(*summary);
            }
        }
    }
}
