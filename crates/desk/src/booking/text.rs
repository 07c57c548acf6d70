//! Texts of messages with the values of whoever gets them: `{{ lead.x }}`, `{{ campaign.x }}`, `{{ appointment.time }}`.

use crate::campaign::{flaw_of, substitute, var};
use model::record::{Booking, Campaign, Lead};
use model::{At, number};

const OF_THE_APPOINTMENT: [&str; 3] = ["time", "date", "clock"];

/// The first place in a text that is no value of ours.
pub(crate) fn flaw(source: &str) -> Option<String> {
    flaw_of(source, |root, key| match root {
        "lead" | "campaign" => true,
        "appointment" => OF_THE_APPOINTMENT.contains(&key),
        _ => false,
    })
}

/// What is not known is left out: a customer reads it.
pub(super) fn fill(source: &str, campaign: &Campaign, booking: &Booking, lead: Option<&Lead>) -> String {
    substitute(source, "", |root, key| match (root, key) {
        ("lead", "name") => Some(booking.name.clone()).filter(|n| !n.is_empty()).or_else(|| lead.map(|l| l.name.clone())),
        ("lead", "phone") => Some(booking.phone.clone()),
        ("lead", "region") => lead.map(|l| l.region.clone()),
        ("lead", key) => var(&booking.variables, key).or_else(|| var(&lead?.variables, key)),
        ("campaign", "name") => Some(campaign.name.clone()),
        ("campaign", key) => var(&campaign.variables, key),
        ("appointment", "time") => clock(booking.due_at, "%-m月%-d日%H:%M"),
        ("appointment", "date") => clock(booking.due_at, "%-m月%-d日"),
        ("appointment", "clock") => clock(booking.due_at, "%H:%M"),
        _ => None,
    })
}

/// By the clock at home.
fn clock(at: At, format: &str) -> Option<String> {
    at.timestamp().in_tz(number::HOME_ZONE).ok().map(|time| time.strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::flaw;

    #[test]
    fn what_a_message_may_name() {
        for text in ["", "{{ lead.成交价 }}元", "{{campaign.店名}} {{ appointment.time }}"] {
            assert_eq!(flaw(text), None, "{text}");
        }
        for text in ["{{ agent.name }}", "{{ appointment.x }}", "{{ lead }}", "{{ lead.a"] {
            assert!(flaw(text).is_some(), "{text}");
        }
    }
}
