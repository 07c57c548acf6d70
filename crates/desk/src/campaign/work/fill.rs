//! Texts of a script with the values of the person on the line: `{{ lead.x }}`, `{{ campaign.x }}`, `{{ agent.name }}`.

use model::Vars;
use model::record::{Agent, AgentWork, Campaign, Lead};
use serde_json::Value;

/// Shown where a value is not known: whoever reads aloud sees that something is missing.
const BLANK: &str = "____";
const ROOTS: [&str; 3] = ["lead", "campaign", "agent"];

/// Whose values a script shows.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    pub lead: &'a Lead,
    pub campaign: &'a Campaign,
    pub agent: Option<&'a Agent>,
}

/// The work with its texts filled in.
pub fn fill(work: &AgentWork, with: Filling<'_>) -> AgentWork {
    let mut work = work.clone();
    for page in &mut work.script {
        page.text = text(&page.text, &with);
    }
    work
}

fn text(source: &str, with: &Filling<'_>) -> String {
    substitute(source, BLANK, |root, key| value(root, key, with))
}

/// A text with its `{{ root.key }}` filled in; `blank` where a value is not known.
pub(crate) fn substitute(source: &str, blank: &str, value: impl Fn(&str, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        out.push_str(before);
        let value = name.trim().split_once('.').and_then(|(root, key)| value(root, key));
        out.push_str(value.filter(|v| !v.is_empty()).as_deref().unwrap_or(blank));
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn value(root: &str, key: &str, with: &Filling<'_>) -> Option<String> {
    let lead = with.lead;
    match (root, key) {
        ("lead", "name") => Some(lead.name.clone()),
        ("lead", "phone") => Some(lead.phone.clone()),
        ("lead", "region") => Some(lead.region.clone()),
        ("lead", key) => var(&lead.variables, key),
        ("campaign", "name") => Some(with.campaign.name.clone()),
        ("campaign", key) => var(&with.campaign.variables, key),
        ("agent", "name") => with.agent.map(|a| a.name.clone()),
        ("agent", "number") => with.agent.map(|a| a.number.clone()),
        _ => None,
    }
}

pub(crate) fn var(vars: &Vars, key: &str) -> Option<String> {
    match vars.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        Value::Bool(true) => Some("是".into()),
        Value::Bool(false) => Some("否".into()),
        other => Some(other.to_string()),
    }
}

/// The first place in a text that is no value of ours.
pub(super) fn flaw(source: &str) -> Option<String> {
    flaw_of(source, |root, key| ROOTS.contains(&root) && (root != "agent" || matches!(key, "name" | "number")))
}

/// The first place in a text that `known` does not know.
pub(crate) fn flaw_of(source: &str, known: impl Fn(&str, &str) -> bool) -> Option<String> {
    if source.contains("{%") {
        return Some("{%".into());
    }
    let mut rest = source;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            return Some(format!("{{{{{}", after.chars().take(20).collect::<String>()));
        };
        let is_known = name.trim().split_once('.').is_some_and(|(root, key)| {
            let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_');
            plain && known(root, key)
        });
        if !is_known {
            return Some(format!("{{{{{name}}}}}"));
        }
        rest = behind;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::flaw;

    #[test]
    fn what_a_text_may_name() {
        for text in ["", "您好", "您好，{{ lead.name }}，我是{{agent.name}}", "{{ campaign.会议时间 }}", "花括号 { } 也行"]
        {
            assert_eq!(flaw(text), None, "{text}");
        }
        for (text, bad) in [
            ("{{ lead }}", "{{ lead }}"),
            ("{{ lead.a|money }}", "{{ lead.a|money }}"),
            ("{{ call.id }}", "{{ call.id }}"),
            ("{{ agent.phone }}", "{{ agent.phone }}"),
            ("好{{ lead.name", "{{ lead.name"),
            ("{% if x %}", "{%"),
        ] {
            assert_eq!(flaw(text).as_deref(), Some(bad));
        }
    }
}
