//! 订单: taken at the desk, looked through by leaders. Whoever sees a part of the organisation sees the orders of its agents.

mod cancel;
mod confirm;
mod create;
mod export;
mod get;
mod input;
mod list;
mod query;
mod update;

use crate::mask;
use crate::prelude::*;
use crate::scope::Seen;
use model::OrderId;
use model::record::Order;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(export::export))
        .routes(routes!(get::get, update::update))
        .routes(routes!(confirm::confirm))
        .routes(routes!(cancel::cancel))
}

/// # Errors
/// 404 for an order that is not this tenant's, or of somebody whose work is not seen.
async fn load(api: &ApiState, who: &Principal, id: OrderId) -> Answer<Order> {
    let order = api.store().order(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let seen = Seen::of(api, who).await?;
    let theirs = seen.all() || order.agent_id.is_some_and(|agent| seen.agent(agent));
    if theirs { Ok(order) } else { Err(Problem::not_found()) }
}

/// The newest, for whoever edited an older one.
fn newest(who: &Principal, order: &Order, revision: i64) -> Answer<()> {
    if order.revision == revision {
        return Ok(());
    }
    let text = Text::new("订单已被他人修改，请核对后再保存", "somebody else has changed the order; compare and save again");
    let current = json!(shown(who, order.clone()));
    Err(Problem::conflict("revision_conflict", text).with_field("revision").with_current(current))
}

fn shown(who: &Principal, mut order: Order) -> Order {
    if !who.reveals() {
        order.phone = mask::number(&order.phone);
        order.note = mask::spoken(&order.note);
    }
    order
}
