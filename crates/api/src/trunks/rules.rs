//! What a trunk must be before it is stored.

use super::view::TrunkInput;
use crate::prelude::*;
use crate::problem::FieldFault;
use model::record::TrunkRules;
use std::net::IpAddr;

/// # Errors
/// 422 with every field that is wrong.
pub fn check(input: &TrunkInput, password_known: bool) -> Answer<()> {
    let mut faults = Faults(Vec::new());
    faults.unless(
        (1..=60).contains(&input.name.trim().chars().count()),
        "name",
        "名称须为 1–60 个字",
        "a name has 1–60 characters",
    );
    faults.unless(is_address(input.address.trim()), "address", "地址须为 主机 或 主机:端口", "the address is host or host:port");
    if input.register {
        faults.unless(!input.username.is_empty(), "username", "注册需要用户名", "registration needs a user name");
        let password = input.password.as_ref().map_or(password_known, |p| !p.is_empty());
        faults.unless(password, "password", "注册需要密码", "registration needs a password");
    }
    faults.unless(
        is_username(&input.username),
        "username",
        "账号只能用字母、数字和 . - _ + 等符号；IMS 线路可写成 用户@域",
        "the user name is of letters, digits and marks like . - _ +; IMS lines may have user@domain",
    );
    faults.unless(
        input.domain.as_deref().is_none_or(|d| d.is_empty() || is_address(d)),
        "domain",
        "域名有误",
        "the domain cannot be read",
    );
    let pem = |p: &str| p.len() <= 65_536 && p.contains("-----BEGIN CERTIFICATE-----");
    faults.unless(
        input.tls_authority.as_deref().is_none_or(|p| p.trim().is_empty() || pem(p)),
        "tls_authority",
        "须为 PEM 证书，以 -----BEGIN CERTIFICATE----- 开头",
        "a PEM certificate, which begins with -----BEGIN CERTIFICATE-----",
    );
    faults.unless(
        (60..=3600).contains(&input.register_expires_s),
        "register_expires_s",
        "注册有效期须为 60–3600 秒",
        "60–3600 seconds",
    );
    let probe = input.options_interval_s == 0 || (5..=600).contains(&input.options_interval_s);
    faults.unless(probe, "options_interval_s", "探测间隔须为 5–600 秒，0 为不探测", "5–600 seconds, or 0 for none");
    faults.unless(!input.codecs.is_empty(), "codecs", "至少选择一种编码", "choose at least one codec");
    faults.unless((1..=10_000).contains(&input.calls_max), "calls_max", "并发须为 1–10000", "1–10,000 calls");
    let rate = (0.1..=1000.0).contains(&input.calls_per_second_max);
    faults.unless(rate, "calls_per_second_max", "每秒呼叫数须为 0.1–1000", "0.1–1,000 calls a second");
    faults.unless(is_number(input.caller_id.trim(), true), "caller_id", "主叫号码须为数字", "the caller id is digits");
    let prefix = input.prefix.len() <= 16 && input.prefix.chars().all(|c| c.is_ascii_digit() || "+*#".contains(c));
    faults.unless(prefix, "prefix", "前缀须为数字、+、* 或 #", "the prefix is digits, +, * or #");
    for (i, from) in input.inbound_from.iter().enumerate().take(100) {
        faults.unless(is_cidr(from), &format!("inbound_from.{i}"), "须为 IP 地址或网段", "an IP address or CIDR");
    }
    faults.unless(input.inbound_from.len() <= 100, "inbound_from", "最多 100 个来源地址", "at most 100 addresses");
    check_rules(&input.rules, &mut faults);
    faults.done()
}

/// Rewriting rules of one kind on one trunk.
const NUMBER_RULES_MAX: usize = 50;

fn check_rules(rules: &TrunkRules, faults: &mut Faults) {
    faults.unless(rules.redirects_max <= 5, "rules.redirects_max", "最多跟随 5 次转移", "at most 5 redirections are followed");
    for (i, to) in rules.redirect_to.iter().enumerate().take(20) {
        let good = is_cidr(to) || to.parse::<std::net::SocketAddr>().is_ok();
        faults.unless(good, &format!("rules.redirect_to.{i}"), "须为 IP 地址、网段或 IP:端口", "an IP address, CIDR or ip:port");
    }
    faults.unless(rules.redirect_to.len() <= 20, "rules.redirect_to", "最多 20 个转移目标", "at most 20 targets");
    for (i, id) in rules.caller_ids.iter().enumerate().take(100) {
        let good = (1..=20).contains(&id.len()) && id.strip_prefix('+').unwrap_or(id).bytes().all(|b| b.is_ascii_digit());
        faults.unless(good, &format!("rules.caller_ids.{i}"), "须为号码或号码开头", "a number or the beginning of one");
    }
    faults.unless(rules.caller_ids.len() <= 100, "rules.caller_ids", "最多 100 个主叫号码", "at most 100 caller ids");
    let lists = [
        ("called_out", &rules.called_out),
        ("calling_out", &rules.calling_out),
        ("called_in", &rules.called_in),
        ("calling_in", &rules.calling_in),
    ];
    for (name, list) in lists {
        faults.unless(list.len() <= NUMBER_RULES_MAX, &format!("rules.{name}"), "最多 50 条改号规则", "at most 50 rules");
        for (i, rule) in list.iter().enumerate().take(NUMBER_RULES_MAX) {
            let dialled = |t: &str| t.len() <= 20 && t.chars().all(|c| c.is_ascii_digit() || "+*#".contains(c));
            let at = |field: &str| format!("rules.{name}.{i}.{field}");
            faults.unless(dialled(&rule.prefix), &at("prefix"), "开头须为数字、+、* 或 #", "the beginning is digits, +, * or #");
            faults.unless(
                dialled(&rule.prepend),
                &at("prepend"),
                "加上的须为数字、+、* 或 #",
                "digits, +, * or # are put in front",
            );
            faults.unless(rule.strip <= 20, &at("strip"), "最多去掉 20 位", "at most 20 are cut off");
            faults.unless(rule.length <= 32, &at("length"), "位数最多 32", "at most 32 characters");
        }
    }
}

/// Collects what is wrong.
pub struct Faults(pub Vec<FieldFault>);

impl Faults {
    pub fn unless(&mut self, ok: bool, field: &str, zh: &'static str, en: &'static str) {
        if !ok {
            self.0.push(FieldFault { node: None, field: field.into(), code: "value".into(), detail: Text::new(zh, en) });
        }
    }

    /// # Errors
    /// 422 when anything was wrong; the first fault is the headline.
    pub fn done(self) -> Answer<()> {
        let Some(first) = self.0.first().cloned() else { return Ok(()) };
        Err(Problem::invalid(first.field, first.detail).with_errors(self.0))
    }
}

/// `user`, or `user@domain` as IMS carriers hand out; [`model::record::Trunk::user`] is what stands in addresses.
fn is_username(text: &str) -> bool {
    text.len() <= 100
        && match text.split_once('@') {
            Some((user, domain)) => !user.is_empty() && plain(user) && is_address(domain),
            None => plain(text),
        }
}

fn plain(text: &str) -> bool {
    text.len() <= 100 && text.chars().all(|c| c.is_ascii_graphic() && !"<>\"@;,:/ ".contains(c))
}

fn is_address(text: &str) -> bool {
    if text.parse::<IpAddr>().is_ok() || text.parse::<std::net::SocketAddr>().is_ok() {
        return true;
    }
    let (host, port) = text.rsplit_once(':').map_or((text, None), |(h, p)| (h, Some(p)));
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    // Four numbers that are no IP address are a slip of the finger, not a host.
    let numeric = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    host.len() <= 253 && host.split('.').all(label) && !numeric && port.is_none_or(|p| p.parse::<u16>().is_ok_and(|p| p > 0))
}

pub fn is_cidr(text: &str) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let max = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|b| b.parse::<u8>().is_ok_and(|b| b <= max))
}

/// Digits, with a plus in front at most.
pub fn is_number(text: &str, empty_ok: bool) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if text.is_empty() {
        return empty_ok;
    }
    (3..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_that_carriers_hand_out() {
        for good in ["", "8001", "+8653188886666", "a.b-c_d", "+8653188886666@sd.ims.chinamobile.com"] {
            assert!(is_username(good), "{good}");
        }
        for bad in ["a b", "a<b", "a\"", "@ims.example.com", "u@", "u@a@b", "u@a b", "u@<x>", "u;x@y.example"] {
            assert!(!is_username(bad), "{bad}");
        }
    }

    #[test]
    fn addresses_that_people_write() {
        for good in
            ["10.0.0.1", "10.0.0.1:5080", "sip.example.com", "gw-1:5060", "[2001:db8::1]:5060", "2001:db8::1", "localhost"]
        {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "10.0.0.256", "host:0", "host:99999", "a b", "http://x", "-x.example", "1.2.3", "x;y"] {
            assert!(!is_address(bad), "{bad}");
        }
        assert!(is_cidr("10.0.0.0/8") && is_cidr("10.1.2.3") && is_cidr("2001:db8::/32"));
        assert!(!is_cidr("10.0.0.0/33") && !is_cidr("host") && !is_cidr("10.0.0.0/"));
    }
}
