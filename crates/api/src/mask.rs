//! Phone numbers for those who may not see them: the middle four digits become `****`.

use model::desk::{AgentLive, DeskView, QueueLive};
use model::record::{Appointment, Attempt, Booking, Call, Customer, Lead, Mail, Seat, Sms, Summary};
use serde_json::Value;

/// Keys under which events and records carry the far party's number, or their mail address.
const KEYS: [&str; 8] = ["phone", "phone_raw", "caller", "called", "from", "to", "number", "mail"];

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
                    Value::String(s) if KEYS.contains(&key.as_str()) && s.contains('@') => *s = address(s),
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

/// Numbers within what was said: seven or more digits in a row, written either way, keep their ends.
pub fn spoken(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit() || "零〇一二三四五六七八九幺".contains(c);
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        // Blanks and dashes between digits are part of a number.
        let joined = |i: usize| matches!(chars[i], ' ' | '-' | '，' | ',') && chars.get(i + 1).is_some_and(|c| is_digit(*c));
        let mut end = at;
        while end < chars.len() && (is_digit(chars[end]) || (end > at && joined(end))) {
            end += 1;
        }
        let run = &chars[at..end];
        if run.iter().filter(|c| is_digit(**c)).count() >= 7 {
            out.extend(&run[..3]);
            out.push_str("****");
            out.extend(&run[run.len() - 4..]);
        } else {
            out.extend(run);
        }
        out.extend(chars.get(end));
        at = end + 1;
    }
    out
}

pub fn vars(vars: &mut model::Vars) {
    vars.values_mut().for_each(json);
}

pub fn lead(lead: &mut Lead) {
    lead.phone = number(&lead.phone);
    lead.phone_raw = number(&lead.phone_raw);
    lead.phones.iter_mut().for_each(|phone| *phone = number(phone));
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
        } else if step.outcome.starts_with("said ") || step.outcome.starts_with("no match ") {
            step.outcome = spoken(&step.outcome);
        }
    }
    for utterance in &mut call.utterances {
        utterance.text = spoken(&utterance.text);
    }
    if looks_like_a_number(&call.digits) {
        call.digits = number(&call.digits);
    }
}

/// Header fields of a SIP message whose digits are no phone numbers.
const SIP_PLAIN: [&str; 12] = [
    "via",
    "call-id",
    "cseq",
    "content-length",
    "max-forwards",
    "expires",
    "session-expires",
    "min-se",
    "rseq",
    "rack",
    "retry-after",
    "user-agent",
];

/// A SIP message with every phone number in it masked; its description, which holds none, stays as it is.
pub fn sip(text: &str) -> String {
    let (head, body) = text.split_once("\r\n\r\n").map_or((text, None), |(head, body)| (head, Some(body)));
    let fields = head.split("\r\n").map(|line| {
        let name = line.split(':').next().unwrap_or_default().trim();
        if SIP_PLAIN.iter().any(|n| n.eq_ignore_ascii_case(name)) { line.to_owned() } else { numbers_in(line) }
    });
    let head = fields.collect::<Vec<_>>().join("\r\n");
    body.map_or(head.clone(), |body| {
        let body = if body.starts_with("v=0") { body.to_owned() } else { numbers_in(body) };
        format!("{head}\r\n\r\n{body}")
    })
}

/// Runs of seven to twenty digits that no letter, dot or digit touches: neither an address nor part of a token.
fn numbers_in(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut run = String::new();
    let mut before = ' ';
    for c in line.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_digit() || (run.is_empty() && c == '+') {
            run.push(c);
            continue;
        }
        let free = |c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-';
        let masked = (7..=21).contains(&run.len()) && free(before) && free(c);
        if masked {
            out.push_str(&number(&run))
        } else {
            out.push_str(&run)
        }
        run.clear();
        out.push(c);
        before = c;
    }
    out.pop();
    out
}

/// Of a board: whom the agent talks with, and the outside phone they sit at. The 工号 is no phone number.
pub fn agent_live(agent: &mut AgentLive) {
    agent.number_far = agent.number_far.as_deref().map(far);
    if let Some(Seat::Outside { number: phone }) = &mut agent.seat {
        *phone = number(phone);
    }
}

pub fn queue_live(queue: &mut QueueLive) {
    for caller in &mut queue.callers {
        caller.caller = far(&caller.caller);
        caller.name = spoken(&caller.name);
    }
}

pub fn desk_view(view: &mut DeskView) {
    agent_live(&mut view.agent);
    if let Some(preview) = &mut view.preview {
        preview.number = far(&preview.number);
        preview.name = spoken(&preview.name);
        vars(&mut preview.data);
    }
    let Some(call) = &mut view.call else { return };
    call.number = far(&call.number);
    call.name = spoken(&call.name);
    vars(&mut call.data);
    if looks_like_a_number(&call.digits) {
        call.digits = number(&call.digits);
    }
    call.said.iter_mut().for_each(|text| *text = spoken(text));
    for party in &mut call.parties {
        party.number = far(&party.number);
        party.name = spoken(&party.name);
    }
}

/// Somebody's number, unless it is one of ours: extensions and 工号 have at most eight digits and no plus.
fn far(text: &str) -> String {
    if text.len() <= 8 && text.chars().all(|c| c.is_ascii_digit()) { text.into() } else { number(text) }
}

pub fn customer(customer: &mut Customer) {
    vars(&mut customer.fields);
    customer.note = spoken(&customer.note);
}

pub fn summary(summary: &mut Summary) {
    summary.note = spoken(&summary.note);
}

pub fn appointment(appointment: &mut Appointment) {
    appointment.phone = number(&appointment.phone);
    appointment.name = spoken(&appointment.name);
    appointment.note = spoken(&appointment.note);
}

pub fn booking(booking: &mut Booking) {
    booking.phone = number(&booking.phone);
    booking.mail = address(&booking.mail);
    booking.name = spoken(&booking.name);
    booking.note = spoken(&booking.note);
    vars(&mut booking.variables);
}

pub fn sms(sms: &mut Sms) {
    sms.phone = number(&sms.phone);
}

pub fn mail(mail: &mut Mail) {
    mail.error = mail.error.take().map(|error| without_address(&error, &mail.to));
    mail.to = address(&mail.to);
}

/// `zhangsan@example.com` → `zh****@example.com`.
pub fn address(text: &str) -> String {
    if text.is_empty() { String::new() } else { model::MailAddress::masked(text) }
}

/// What a server said often names whom it refused.
pub fn without_address(text: &str, whom: &str) -> String {
    text.replace(whom, &address(whom))
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
    fn sip_messages_show_no_number_and_stay_readable() {
        let text = "INVITE sip:013800138000@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK12345678\r\n\
                    From: <sip:01088886666@10.0.0.2>;tag=1234567890a\r\nP-Asserted-Identity: <tel:+8613900139000>\r\n\
                    Call-ID: 1234567890@x\r\n\r\nv=0\r\no=- 1234567890 1 IN IP4 10.0.0.2\r\n";
        let shown = sip(text);
        for hidden in ["13800138000", "88886666", "13900139000"] {
            assert!(!shown.contains(hidden), "{hidden} in {shown}");
        }
        for kept in ["10.0.0.1:5060", "branch=z9hG4bK12345678", "Call-ID: 1234567890@x", "o=- 1234567890 1", "tag=1234567890a"] {
            assert!(shown.contains(kept), "{kept} not in {shown}");
        }
    }

    #[test]
    fn numbers_that_were_spoken_are_hidden_too() {
        assert_eq!(spoken("我的电话是13800138000，谢谢"), "我的电话是138****8000，谢谢");
        assert_eq!(spoken("幺三八 零零幺三 八零零零"), "幺三八****八零零零");
        assert_eq!(spoken("一共三万五千元，2026年11月"), "一共三万五千元，2026年11月");
        assert_eq!(spoken(""), "");
    }

    #[test]
    fn events_are_masked_wherever_the_number_stands() {
        let mut data = json!({"mail": "zhangsan@example.com"});
        super::json(&mut data);
        assert_eq!(data, json!({"mail": "zh****@example.com"}));
        let mut data = json!({"lead": {"phone": "+8613800138000", "variables": {"备用电话": "13900139000", "金额": 12, "编号": "2026112100001"}}});
        json(&mut data);
        assert_eq!(
            data,
            json!({"lead": {"phone": "138****8000", "variables": {"备用电话": "139****9000", "金额": 12, "编号": "2026112100001"}}})
        );
    }
}
