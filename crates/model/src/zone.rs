//! In which zone a callee's calling hours are read.

use crate::number;
use std::collections::BTreeMap;

/// `region_zones` is the tenant's own table, by the beginning of the 归属地. China keeps Beijing time, Xinjiang included, unless
/// the tenant says otherwise; numbers of other countries keep the zone of their prefix. The day of a number is counted by this.
pub fn of<'a>(e164: &str, region: &str, region_zones: &'a BTreeMap<String, String>) -> &'a str {
    own(known(e164, region), region_zones).unwrap_or_else(|| number::zone_of(e164))
}

/// All clocks by which it must be open before the number rings: one where it is known whose it is. A Chinese number of which
/// nobody knows the 归属地 may be in any region that keeps its own hours; a foreign one of no known country has the clock "", which
/// nobody can read.
pub fn clocks<'a>(e164: &str, region: &str, region_zones: &'a BTreeMap<String, String>) -> Vec<&'a str> {
    let region = known(e164, region);
    if let Some(zone) = own(region, region_zones) {
        return vec![zone];
    }
    match number::zone_known(e164) {
        None => vec![""],
        Some(zone) if zone == HOME && region.is_empty() => {
            let mut all = vec![HOME];
            all.extend(region_zones.values().map(String::as_str));
            all.dedup();
            all
        }
        Some(zone) => vec![zone],
    }
}

/// As it was imported, else as the number tells.
fn known<'a>(e164: &str, region: &'a str) -> &'a str {
    if region.is_empty() { number::region_name(e164) } else { region }
}

/// 新疆伊犁 before 新疆.
fn own<'a>(region: &str, region_zones: &'a BTreeMap<String, String>) -> Option<&'a str> {
    let fits = region_zones.iter().filter(|(prefix, _)| !region.is_empty() && region.starts_with(prefix.as_str()));
    fits.max_by_key(|(prefix, _)| prefix.len()).map(|(_, zone)| zone.as_str())
}

pub const HOME: &str = number::HOME_ZONE;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beijing_time_unless_the_tenant_says_otherwise() {
        let none = BTreeMap::new();
        assert_eq!(of("+8613899900000", "新疆乌鲁木齐市", &none), "Asia/Shanghai");
        assert_eq!(of("+8613800138000", "", &none), "Asia/Shanghai");
        assert_eq!(of("+81312345678", "", &none), "Asia/Tokyo");
        let own = BTreeMap::from([("新疆".to_owned(), "Asia/Urumqi".to_owned())]);
        assert_eq!(of("+8613899900000", "新疆乌鲁木齐市", &own), "Asia/Urumqi");
        assert_eq!(of("+8613800138000", "山东省济南市", &own), "Asia/Shanghai");
    }

    #[test]
    fn an_unknown_region_goes_by_every_clock_there_may_be() {
        let own = BTreeMap::from([("新疆".to_owned(), "Asia/Urumqi".to_owned())]);
        assert_eq!(clocks("+8613899900000", "新疆乌鲁木齐市", &own), ["Asia/Urumqi"]);
        assert_eq!(clocks("+861010086", "", &own), ["Asia/Shanghai"], "the number itself tells");
        assert_eq!(clocks("+864001234567", "", &own), ["Asia/Shanghai", "Asia/Urumqi"]);
        assert_eq!(clocks("+864001234567", "", &BTreeMap::new()), ["Asia/Shanghai"]);
        assert_eq!(clocks("+81312345678", "", &own), ["Asia/Tokyo"]);
        assert_eq!(clocks("+999123456", "", &own), [""], "no such country");
    }
}
