//! Phone numbers for those who may not see them: the middle four digits become `****`.

use model::record::{Attempt, Call, Lead, Sms};
use serde_json::Value;

/// Keys under which events and records carry the far party's number.
const KEYS: [&str; 7] = ["phone", "phone_raw", "caller", "called", "from", "to", "number"];

/// `13800138000` → `138****8000`, `+8613800138000` → `138****8000`; a number as people wrote it keeps its dashes.
pub fn number(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_digit() || c == '+') && text.len() > 2 {
        return desk::access::mask(text);
    }
    let national = text.strip_prefix("+86").unwrap_or(text);
    let chars: Vec<char> = national.chars().collect();
    let digits = chars.iter().filter(|c| c.is_ascii_digit()).count();
    if digits < 3 {
        return national.into();
    }
    let (head, tail) = match digits {
        3..=6 => (1, 1),
        7..=9 => (2, 2),
        _ => (3, 4),
    };
    let mut seen = 0;
    let mut out = String::with_capacity(chars.len());
    let mut starred = false;
    for c in chars {
        if !c.is_ascii_digit() {
            if !starred || seen > digits - tail {
                out.push(c);
            }
            continue;
        }
        seen += 1;
        if seen <= head || seen > digits - tail {
            out.push(c);
        } else if !starred {
            out.push_str("****");
            starred = true;
        }
    }
    out
}

/// Whether text looks like one phone number and nothing else: such a custom column is masked too.
fn looks_like_a_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=20).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')'))
        && (text.starts_with('+') || text.starts_with('1') && digits == 11 || text.starts_with('0') && digits >= 10)
}

/// Masks a JSON document in place.
pub fn json(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match value {
                    Value::String(s) if KEYS.contains(&key.as_str()) || looks_like_a_number(s) => *s = number(s),
                    other => json(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(json),
        Value::String(s) if looks_like_a_number(s) => *s = number(s),
        _ => {}
    }
}

pub fn vars(vars: &mut model::Vars) {
    vars.values_mut().for_each(json);
}

pub fn lead(lead: &mut Lead) {
    lead.phone = number(&lead.phone);
    lead.phone_raw = number(&lead.phone_raw);
    vars(&mut lead.variables);
}

pub fn attempt(attempt: &mut Attempt) {
    attempt.phone = number(&attempt.phone);
}

pub fn call(call: &mut Call) {
    call.caller = number(&call.caller);
    call.called = number(&call.called);
    for leg in &mut call.legs {
        leg.from = number(&leg.from);
        leg.to = number(&leg.to);
    }
    for step in &mut call.trail {
        if looks_like_a_number(&step.outcome) {
            step.outcome = number(&step.outcome);
        }
    }
    if looks_like_a_number(&call.digits) {
        call.digits = number(&call.digits);
    }
}

pub fn sms(sms: &mut Sms) {
    sms.phone = number(&sms.phone);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_middle_is_hidden_in_every_form() {
        assert_eq!(number("+8613800138000"), "138****8000");
        assert_eq!(number("13800138000"), "138****8000");
        assert_eq!(number("138-0013-8000"), "138-****8000");
        assert_eq!(number("+861088886666"), "010****6666");
        assert!(!number("+14155550123").contains("55501"));
        assert!(!number("10086").contains("008"));
        assert_eq!(number(""), "");
    }

    #[test]
    fn events_are_masked_wherever_the_number_stands() {
        let mut data = json!({"lead": {"phone": "+8613800138000", "variables": {"备用电话": "13900139000", "金额": 12, "编号": "2026112100001"}}});
        json(&mut data);
        assert_eq!(
            data,
            json!({"lead": {"phone": "138****8000", "variables": {"备用电话": "139****9000", "金额": 12, "编号": "2026112100001"}}})
        );
    }
}
