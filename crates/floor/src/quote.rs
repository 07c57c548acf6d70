//! Which lines a number would go over and at what price, without calling it.

use dialer::route::{Called, Line, RateTable, minute_of};
use model::record::{Route, Trunk};
use model::{At, TrunkId, number};

/// Trunks in the order they would be tried, each with the entry of the rate table that counts for it. `calls`: how many are up
/// on each. Neither state nor pauses are looked at.
pub fn quote(
    e164: &str,
    trunks: &[Trunk],
    routes: Vec<Route>,
    calls: impl Fn(TrunkId) -> u32,
    now: At,
) -> Vec<(TrunkId, Option<Route>)> {
    let table = RateTable::new(routes);
    let called = Called { e164, carrier: number::carrier_of(e164), region: number::region_name(e164), minute: minute_of(now) };
    let lines: Vec<Line<'_>> = trunks.iter().map(|trunk| Line { trunk, calls: calls(trunk.id) }).collect();
    let order = table.candidates(called, &lines, &[]);
    order.into_iter().map(|id| (id, table.rate(called, id).cloned())).collect()
}
