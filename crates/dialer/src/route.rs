//! Over which lines a number may go, best first: least cost, then priority, then the emptier line. The next one is the failover.
//! What a line costs for a number stands in the rate table: of the entries of one trunk the longest prefix counts.

use model::record::{Route, Trunk};
use model::{At, Carrier, TrunkId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The number to be reached.
#[derive(Clone, Copy, Debug)]
pub struct Called<'a> {
    pub e164: &'a str,
    pub carrier: Carrier,
    pub region: &'a str,
    /// Minute of the day, see [`minute_of`].
    pub minute: u32,
}

/// A trunk as the router sees it.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub trunk: &'a Trunk,
    pub calls: u32,
}

impl Line<'_> {
    /// Thousandths of the capacity in use.
    fn load(&self) -> u64 {
        u64::from(self.calls) * 1000 / u64::from(self.trunk.calls_max.max(1))
    }
}

/// The rate table of a tenant, laid out so that a number finds its lines among thousands.
#[derive(Clone, Debug, Default)]
pub struct RateTable {
    /// Lines in use, by the prefix they name.
    by_prefix: BTreeMap<String, Vec<Route>>,
    prefix_max: usize,
    /// Trunks that some line in use names.
    routed: BTreeSet<TrunkId>,
}

impl RateTable {
    /// Lines that are switched off are left out.
    pub fn new(routes: Vec<Route>) -> Self {
        let mut table = Self::default();
        for route in routes.into_iter().filter(|r| r.enabled) {
            table.prefix_max = table.prefix_max.max(route.number_prefix.len());
            table.routed.insert(route.trunk_id);
            table.by_prefix.entry(route.number_prefix.clone()).or_default().push(route);
        }
        table
    }

    /// The line that counts for this number on each trunk: the longest prefix, then the narrower region, then a carrier named,
    /// then the cheaper one.
    pub fn rates(&self, called: Called<'_>) -> BTreeMap<TrunkId, &Route> {
        let mut found: BTreeMap<TrunkId, &Route> = BTreeMap::new();
        let narrowness = |r: &Route| (r.region.len(), r.carrier.is_some(), Reverse((r.cost, r.priority, r.id)));
        for length in (0..=self.prefix_max.min(called.e164.len())).rev() {
            let Some(prefix) = called.e164.get(..length) else { continue };
            for route in self.by_prefix.get(prefix).into_iter().flatten().filter(|r| matches(r, called)) {
                let best = found.entry(route.trunk_id).or_insert(route);
                if best.number_prefix.len() == length && narrowness(route) > narrowness(best) {
                    *best = route;
                }
            }
        }
        found
    }

    /// The line that counts for this number on this trunk.
    pub fn rate(&self, called: Called<'_>, trunk: TrunkId) -> Option<&Route> {
        self.rates(called).remove(&trunk)
    }

    /// Trunks in the order to be tried, whether up or not: that is for the caller to see at the moment of dialling.
    ///
    /// `allowed` is the campaign's own choice; empty: any. A tenant without a rate table uses its trunks as they come; a trunk
    /// that a campaign names and no line mentions is used after those with a price.
    pub fn candidates(&self, called: Called<'_>, lines: &[Line<'_>], allowed: &[TrunkId]) -> Vec<TrunkId> {
        let usable = |id: TrunkId| {
            lines.iter().find(|l| l.trunk.id == id && l.trunk.enabled && (allowed.is_empty() || allowed.contains(&id)))
        };
        let rates = self.rates(called);
        let mut found: Vec<_> = rates
            .values()
            .filter_map(|r| usable(r.trunk_id).map(|line| ((r.cost, r.priority, line.load(), r.id), r.trunk_id)))
            .collect();
        found.sort_unstable();
        let mut order: Vec<TrunkId> = found.into_iter().map(|(_, trunk)| trunk).collect();
        if self.routed.is_empty() && allowed.is_empty() {
            let mut all: Vec<_> = lines.iter().filter(|l| l.trunk.enabled).map(|l| (l.load(), l.trunk.id)).collect();
            all.sort_unstable();
            order.extend(all.into_iter().map(|(_, id)| id));
        } else {
            order.extend(allowed.iter().copied().filter(|id| !self.routed.contains(id) && usable(*id).is_some()));
        }
        order
    }
}

fn matches(route: &Route, called: Called<'_>) -> bool {
    route.carrier.is_none_or(|carrier| carrier == called.carrier)
        && called.region.starts_with(&route.region)
        && called.e164.starts_with(&route.number_prefix)
        && route.is_valid_at(called.minute)
}

/// The minute of the day by which lines of the rate table are valid: Beijing time.
pub fn minute_of(now: At) -> u32 {
    model::calendar::zone_of(crate::zone::HOME).map_or(0, |zone| {
        let time = now.timestamp().to_zoned(zone).time();
        u32::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or(0)
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use model::record::{Codec, DialFormat, Transport, TrunkRules};
    use model::{At, RouteId, TenantId};

    pub(crate) fn trunk(id: i64) -> Trunk {
        Trunk {
            id: TrunkId(id),
            tenant_id: TenantId(1),
            name: format!("t{id}"),
            enabled: true,
            address: "127.0.0.1".into(),
            transport: Transport::Udp,
            register: false,
            username: String::new(),
            password: None,
            domain: None,
            tls_authority: None,
            register_expires_s: 600,
            options_interval_s: 0,
            codecs: vec![Codec::Pcma],
            calls_max: 10,
            calls_per_second_max: 10.0,
            caller_id: "01088886666".into(),
            dial_format: DialFormat::National,
            prefix: String::new(),
            srtp: model::record::Srtp::Off,
            inbound_from: vec![],
            calls_per_day_max: 0,
            rules: TrunkRules::default(),
            created_at: At(0),
            revision: 1,
        }
    }

    fn route(id: i64, trunk: i64, cost: i32, priority: i32) -> Route {
        Route {
            id: RouteId(id),
            tenant_id: TenantId(1),
            trunk_id: TrunkId(trunk),
            carrier: None,
            region: String::new(),
            number_prefix: String::new(),
            priority,
            cost,
            billing_s: 60,
            from_minute: 0,
            until_minute: 0,
            enabled: true,
        }
    }

    const JINAN: Called<'static> =
        Called { e164: "+8613800138000", carrier: Carrier::Mobile, region: "山东省济南市", minute: 600 };

    fn order(routes: &[Route], calls: &[u32], allowed: &[i64]) -> Vec<i64> {
        let trunks: Vec<Trunk> = (1..=calls.len()).map(|i| trunk(i as i64)).collect();
        let lines: Vec<Line<'_>> = trunks.iter().zip(calls).map(|(trunk, calls)| Line { trunk, calls: *calls }).collect();
        let allowed: Vec<TrunkId> = allowed.iter().copied().map(TrunkId).collect();
        RateTable::new(routes.to_vec()).candidates(JINAN, &lines, &allowed).into_iter().map(i64::from).collect()
    }

    #[test]
    fn least_cost_then_priority_then_the_emptier_line() {
        let routes = [route(1, 1, 90, 1), route(2, 2, 60, 2), route(3, 3, 60, 1), route(4, 4, 60, 2)];
        assert_eq!(order(&routes, &[0, 5, 9, 1], &[]), [3, 4, 2, 1]);
    }

    #[test]
    fn carrier_region_and_prefix_must_match() {
        let unicom = Route { carrier: Some(Carrier::Unicom), ..route(1, 1, 1, 1) };
        let beijing = Route { region: "北京".into(), ..route(2, 2, 1, 1) };
        let fixed = Route { number_prefix: "+8610".into(), ..route(3, 3, 1, 1) };
        let shandong = Route { region: "山东省".into(), carrier: Some(Carrier::Mobile), ..route(4, 4, 9, 1) };
        assert_eq!(order(&[unicom, beijing, fixed, shandong], &[0; 4], &[]), [4]);
    }

    #[test]
    fn a_campaign_may_narrow_the_choice_and_name_trunks_without_a_route() {
        let routes = [route(1, 1, 1, 1), route(2, 2, 2, 1)];
        assert_eq!(order(&routes, &[0; 3], &[2]), [2]);
        assert_eq!(order(&routes, &[0; 3], &[3, 2]), [2, 3]);
    }

    #[test]
    fn a_tenant_without_routes_uses_its_trunks() {
        assert_eq!(order(&[], &[3, 1], &[]), [2, 1]);
        assert_eq!(order(&[], &[3, 1], &[1]), [1]);
        let off = [Route { enabled: false, ..route(1, 1, 1, 1) }];
        assert_eq!(order(&off, &[0, 0], &[]), [1, 2]);
    }

    #[test]
    fn disabled_trunks_and_double_routes_do_not_show() {
        let mut trunks = [trunk(1), trunk(2)];
        trunks[0].enabled = false;
        let lines = trunks.each_ref().map(|trunk| Line { trunk, calls: 0 });
        let routes = [route(1, 1, 1, 1), route(2, 2, 2, 1), route(3, 2, 3, 1)];
        assert_eq!(RateTable::new(routes.to_vec()).candidates(JINAN, &lines, &[]), [TrunkId(2)]);
    }

    #[test]
    fn the_longest_prefix_of_a_trunk_counts_and_then_the_cheapest_trunk() {
        let prefixed = |id, trunk, cost, prefix: &str| Route { number_prefix: prefix.into(), ..route(id, trunk, cost, 0) };
        // Trunk 1 is cheap in general and dear for 138; trunk 2 the other way round.
        let routes =
            [prefixed(1, 1, 10, ""), prefixed(2, 1, 90, "+86138"), prefixed(3, 2, 60, "+86"), prefixed(4, 2, 70, "+86139")];
        assert_eq!(order(&routes, &[0; 2], &[]), [2, 1]);
        let table = RateTable::new(routes.to_vec());
        assert_eq!(table.rate(JINAN, TrunkId(1)).map(|r| r.id), Some(RouteId(2)));
        assert_eq!(table.rate(Called { e164: "+8610", ..JINAN }, TrunkId(1)).map(|r| r.id), Some(RouteId(1)));
    }

    #[test]
    fn lines_out_of_their_hours_do_not_count() {
        let night = Route { from_minute: 1_200, until_minute: 480, ..route(1, 1, 1, 0) };
        let routes = [night, route(2, 1, 90, 0), route(3, 2, 50, 0)];
        assert_eq!(order(&routes, &[0; 2], &[]), [2, 1], "at ten in the morning the night rate is no rate");
        let table = RateTable::new(routes.to_vec());
        assert_eq!(table.rate(Called { minute: 1_300, ..JINAN }, TrunkId(1)).map(|r| r.cost), Some(1));
    }

    #[test]
    fn thousands_of_lines_are_looked_up_by_prefix() {
        let many: Vec<Route> = (0..5_000)
            .map(|n| Route { number_prefix: format!("+861{n:04}"), ..route(n + 1, 1 + n % 3, 1 + n as i32 % 97, 0) })
            .collect();
        let table = RateTable::new(many);
        assert_eq!(table.rates(JINAN).len(), 1);
        assert_eq!(table.rate(JINAN, TrunkId(1 + 3_800 % 3)).map(|r| r.number_prefix.as_str()), Some("+8613800"));
    }
}
