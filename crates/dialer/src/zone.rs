//! In which zone a callee's calling hours are read.

use model::number;
use std::collections::BTreeMap;

/// `region_zones` is the tenant's own table, by the beginning of the 归属地. China keeps Beijing time, Xinjiang included, unless
/// the tenant says otherwise; numbers of other countries keep the zone of their prefix.
pub fn of<'a>(e164: &str, region: &str, region_zones: &'a BTreeMap<String, String>) -> &'a str {
    let own = region_zones.iter().filter(|(prefix, _)| !region.is_empty() && region.starts_with(prefix.as_str()));
    // 新疆伊犁 before 新疆.
    if let Some((_, zone)) = own.max_by_key(|(prefix, _)| prefix.len()) {
        return zone;
    }
    number::zone_of(e164)
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
}
