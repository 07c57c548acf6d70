use crate::prelude::*;
use model::number::NumberError;
use model::record::{Route, Trunk};
use model::telephony::TrunkState;
use model::{Carrier, PhoneNumber, TrunkId};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QuoteQuery {
    /// As people write it.
    #[serde(default)]
    number: String,
}

/// Over which lines a number would go now.
#[derive(Serialize, ToSchema)]
pub struct Quote {
    e164: String,
    carrier: Carrier,
    region: String,
    /// Those that would be tried first, in their order; then the others with the reason.
    lines: Vec<QuotedLine>,
}

#[derive(Serialize, ToSchema)]
pub struct QuotedLine {
    trunk_id: TrunkId,
    name: String,
    /// 1: tried first; none: not tried.
    rank: Option<u32>,
    /// The entry of the rate table that counts for this number.
    route: Option<Route>,
    state: TrunkState,
    /// Why it is not tried, or passed over for now: `disabled`, `no_rate`, `not_up`.
    skipped: Option<&'static str>,
}

/// The number stands in a field of its own: what the import says of cells, rows and columns is no help here.
fn unreadable(e: &NumberError) -> Problem {
    let text = match e {
        NumberError::Empty => Text::new("请输入要试算的号码", "write the number to try"),
        NumberError::Character(c) => Text::new(
            format!("号码里有不该出现的字符“{c}”，请只写数字，如 13800138000 或 010-88886666"),
            format!("{c:?} does not belong into a number: write digits only, e.g. 13800138000 or 010-88886666"),
        ),
        NumberError::TooMuchText => Text::new("号码过长，请只写一个号码", "this is too long: write one number"),
        NumberError::Several => Text::new("请一次只试一个号码", "try one number at a time"),
        NumberError::Masked => Text::new("号码中间被 * 隐藏了，请写完整号码", "the number is masked with *: write it in full"),
        NumberError::Scientific => {
            Text::new("号码成了科学计数法，请写完整号码", "the number is in scientific notation: write it in full")
        }
        NumberError::AreaMissing => {
            Text::new("固定电话缺少区号，请写成 010-88886666", "the area code is missing: write it as 010-88886666")
        }
        NumberError::Service(n) => Text::new(
            format!("{n} 是服务短号，外呼不走线路路由，请换成固定电话或手机号"),
            format!("{n} is a service number and not routed: write a landline or mobile number"),
        ),
        other => Text::new(other.zh(), other.to_string()),
    };
    Problem::invalid("number", text)
}

/// Tries a number out: lines in the order of a call, with their prices, and why others are left out.
#[utoipa::path(get, path = "/routes/quote", params(QuoteQuery), responses((status = 200, body = Quote)))]
pub async fn quote(State(api): State<ApiState>, who: Principal, Query(query): Query<QuoteQuery>) -> Answer<Json<Quote>> {
    who.may(P::TrunkRead)?;
    let number = PhoneNumber::parse(&query.number, "").map_err(|e| unreadable(&e))?;
    let trunks = api.store().trunks(who.tenant()).await?;
    let routes = api.store().routes(who.tenant()).await?;
    let states = &api.engine().live().trunks;
    let order = engine::quote(&number.e164, &trunks, routes, |_| 0, api.now());
    let state = |t: &Trunk| match t.enabled {
        true => states.get(&t.id).cloned().unwrap_or(TrunkState::Starting),
        false => TrunkState::Disabled,
    };
    let mut lines: Vec<QuotedLine> = trunks
        .iter()
        .map(|t| {
            let place = order.iter().position(|(id, _)| *id == t.id);
            let state = state(t);
            let skipped = match place {
                _ if !t.enabled => Some("disabled"),
                None => Some("no_rate"),
                Some(_) if !state.is_up() => Some("not_up"),
                Some(_) => None,
            };
            QuotedLine {
                trunk_id: t.id,
                name: t.name.clone(),
                rank: place.map(|p| u32::try_from(p + 1).unwrap_or(u32::MAX)),
                route: place.and_then(|p| order[p].1.clone()),
                state,
                skipped,
            }
        })
        .collect();
    lines.sort_by_key(|l| (l.rank.is_none(), l.rank, l.trunk_id));
    Ok(Json(Quote { carrier: number.carrier(), region: number.region().to_owned(), e164: number.e164, lines }))
}
