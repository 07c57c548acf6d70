//! 产品: what is sold, and which of it a campaign offers.

mod create;
mod list;
mod offer;
mod update;

use crate::prelude::*;
use desk::product::ProductWish;
use model::Vars;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(update::get, update::update))
        .routes(routes!(offer::offered, offer::set_offered))
}

#[derive(Deserialize, ToSchema)]
pub struct ProductInput {
    /// Unique: how other systems call it.
    code: String,
    name: String,
    price_cents: i64,
    #[serde(default)]
    unit: String,
    /// Shown beside it at the desk, in their order.
    #[serde(default)]
    #[schema(value_type = Object)]
    attributes: Vars,
    #[serde(default = "yes")]
    enabled: bool,
}

const fn yes() -> bool {
    true
}

impl From<ProductInput> for ProductWish {
    fn from(i: ProductInput) -> Self {
        Self {
            code: i.code,
            name: i.name,
            price_cents: i.price_cents,
            unit: i.unit,
            attributes: i.attributes,
            enabled: i.enabled,
        }
    }
}
