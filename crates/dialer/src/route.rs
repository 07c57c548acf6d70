//! Over which lines a number may go, best first: least cost, then priority, then the emptier line. The next one is the failover.

use model::record::{Route, Trunk};
use model::{Carrier, TrunkId};
use std::cmp::Reverse;

/// The number to be reached.
#[derive(Clone, Copy, Debug)]
pub struct Called<'a> {
    pub e164: &'a str,
    pub carrier: Carrier,
    pub region: &'a str,
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

/// Trunks in the order to be tried, whether up or not: that is for the caller to see at the moment of dialling.
///
/// `allowed` is the campaign's own choice; empty: any. A tenant without routes uses its trunks as they come; a trunk that a
/// campaign names and no route mentions is used after the routed ones.
pub fn candidates(called: Called<'_>, routes: &[Route], lines: &[Line<'_>], allowed: &[TrunkId]) -> Vec<TrunkId> {
    let usable =
        |id: TrunkId| lines.iter().find(|l| l.trunk.id == id && l.trunk.enabled && (allowed.is_empty() || allowed.contains(&id)));
    let mut found: Vec<_> = routes
        .iter()
        .filter(|r| r.enabled && matches(r, called))
        .filter_map(|r| {
            usable(r.trunk_id).map(|line| ((r.cost, r.priority, line.load(), Reverse(r.number_prefix.len()), r.id), r.trunk_id))
        })
        .collect();
    found.sort_unstable();
    let mut order: Vec<TrunkId> = Vec::with_capacity(found.len());
    for (_, trunk) in found {
        if !order.contains(&trunk) {
            order.push(trunk);
        }
    }
    let routed = |id: TrunkId| routes.iter().any(|r| r.enabled && r.trunk_id == id);
    if !routes.iter().any(|r| r.enabled) && allowed.is_empty() {
        let mut all: Vec<_> = lines.iter().filter(|l| l.trunk.enabled).map(|l| (l.load(), l.trunk.id)).collect();
        all.sort_unstable();
        order.extend(all.into_iter().map(|(_, id)| id));
    } else {
        order.extend(allowed.iter().copied().filter(|id| !routed(*id) && usable(*id).is_some()));
    }
    order
}

fn matches(route: &Route, called: Called<'_>) -> bool {
    route.carrier.is_none_or(|carrier| carrier == called.carrier)
        && called.region.starts_with(&route.region)
        && called.e164.starts_with(&route.number_prefix)
}

/// The caller id to show on this trunk: the campaign's numbers in turn, as far as `usable` lets them; without any, the trunk's
/// own. None: the campaign names numbers and none may be shown here.
pub fn caller_id<'a>(own: &'a [String], turn: usize, trunk: &'a Trunk, usable: impl Fn(&str) -> bool) -> Option<&'a str> {
    if own.is_empty() {
        return Some(&trunk.caller_id);
    }
    (0..own.len()).map(|i| own[(turn.wrapping_add(i)) % own.len()].as_str()).find(|id| usable(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::record::{Codec, DialFormat, Transport};
    use model::{At, RouteId, TenantId};

    fn trunk(id: i64) -> Trunk {
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
            register_expires_s: 600,
            options_interval_s: 0,
            codecs: vec![Codec::Pcma],
            calls_max: 10,
            calls_per_second_max: 10.0,
            caller_id: "01088886666".into(),
            dial_format: DialFormat::National,
            prefix: String::new(),
            inbound_from: vec![],
            calls_per_day_max: 0,
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
            enabled: true,
        }
    }

    const JINAN: Called<'static> = Called { e164: "+8613800138000", carrier: Carrier::Mobile, region: "山东省济南市" };

    fn order(routes: &[Route], calls: &[u32], allowed: &[i64]) -> Vec<i64> {
        let trunks: Vec<Trunk> = (1..=calls.len()).map(|i| trunk(i as i64)).collect();
        let lines: Vec<Line<'_>> = trunks.iter().zip(calls).map(|(trunk, calls)| Line { trunk, calls: *calls }).collect();
        let allowed: Vec<TrunkId> = allowed.iter().copied().map(TrunkId).collect();
        candidates(JINAN, routes, &lines, &allowed).into_iter().map(i64::from).collect()
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
        assert_eq!(candidates(JINAN, &routes, &lines, &[]), [TrunkId(2)]);
    }

    #[test]
    fn caller_ids_take_turns_and_are_only_those_allowed() {
        let t = trunk(1);
        let own = ["01011112222".to_owned(), "01033334444".to_owned()];
        assert_eq!(caller_id(&[], 7, &t, |_| false), Some("01088886666"));
        assert_eq!(caller_id(&own, 0, &t, |_| true), Some("01011112222"));
        assert_eq!(caller_id(&own, 1, &t, |_| true), Some("01033334444"));
        assert_eq!(caller_id(&own, 0, &t, |id| id.ends_with("4444")), Some("01033334444"));
        assert_eq!(caller_id(&own, usize::MAX, &t, |_| false), None);
    }
}
