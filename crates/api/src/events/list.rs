use super::{follows_agents, shown};
use crate::prelude::*;
use crate::scope::Seen;
use model::event::DomainEvent;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// The last `seq` seen; 0 for the oldest still kept.
    #[serde(default)]
    after: i64,
    /// 1–500, 100 when absent.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub struct EventPage {
    items: Vec<DomainEvent>,
    /// Pass as `after` for the next page.
    next_after: i64,
    /// True when there is more now.
    more: bool,
    /// Events up to this one are no longer kept: whoever has seen less has missed some.
    first_seq: i64,
}

/// Events in the order of their `seq`, for those who cannot keep a socket open.
#[utoipa::path(get, path = "/events", params(EventQuery), responses((status = 200, body = EventPage)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<EventQuery>) -> Answer<Json<EventPage>> {
    who.may(P::CampaignRead)?;
    let limit = q.limit.unwrap_or(100).clamp(1, 500);
    let events = api.store().events_after(who.tenant(), q.after.max(0), limit).await?;
    let next_after = events.last().map_or(q.after, |e| e.seq);
    let more = events.len() == limit as usize;
    let seen = if follows_agents(&who) { Seen::of(&api, &who).await? } else { Seen::nobody() };
    let items = events.iter().filter_map(|e| shown(&who, &seen, e)).collect();
    Ok(Json(EventPage { items, next_after, more, first_seq: api.store().first_seq().await? }))
}
