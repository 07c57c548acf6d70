use crate::prelude::*;
use model::record::{LegRecord, SipTrace};
use model::{CallId, LegId};

/// What was said over SIP about one leg of a call.
#[derive(Serialize, ToSchema)]
pub struct LegMessages {
    leg_id: LegId,
    from: String,
    to: String,
    /// None: not kept, by the settings or because it is too old.
    trace: Option<SipTrace>,
}

/// The SIP messages of a call, leg by leg. Credentials and keys were never kept; numbers are masked for those who may not see
/// them.
#[utoipa::path(get, path = "/calls/{id}/sip-trace", responses((status = 200, body = Vec<LegMessages>)))]
pub async fn sip_trace(State(api): State<ApiState>, who: Principal, Path(id): Path<CallId>) -> Answer<Json<Vec<LegMessages>>> {
    who.may(P::CallRead)?;
    let (call, _) = super::load(&api, &who, id).await?;
    let ids: Vec<LegId> = call.legs.iter().map(|l| l.id).collect();
    let mut traces = api.store().sip_traces(who.tenant(), &ids).await?;
    let legs = call.legs.into_iter().map(|leg| {
        let at = traces.iter().position(|t| t.leg_id == leg.id);
        shown(&who, leg, at.map(|at| traces.swap_remove(at)))
    });
    Ok(Json(legs.collect()))
}

fn shown(who: &Principal, leg: LegRecord, mut trace: Option<SipTrace>) -> LegMessages {
    let (mut from, mut to) = (leg.from, leg.to);
    if !who.reveals() {
        for message in trace.iter_mut().flat_map(|t| &mut t.messages) {
            message.text = crate::mask::sip(&message.text);
        }
        (from, to) = (crate::mask::number(&from), crate::mask::number(&to));
    }
    LegMessages { leg_id: leg.id, from, to, trace }
}
