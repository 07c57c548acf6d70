//! What one trunk does differently: whose name a call bears, how numbers are rewritten, how keys are sent, whom it may send on.

use super::codes;
use serde::{Deserialize, Serialize};

// rfc4733: events in the RTP stream; info: INFO requests; inband: tones in the voice.
codes!(DigitMode { Rfc4733 = "rfc4733", Info = "info", Inband = "inband" });

// Which header field says who calls besides From (RFC 3325; Remote-Party-ID never became an RFC, gateways want it all the same).
codes!(IdentityHeader {
    Asserted = "p_asserted_identity",
    Preferred = "p_preferred_identity",
    RemoteParty = "remote_party_id",
    None = "none",
});

/// Rules of one trunk. The defaults suit a carrier that does as the RFCs say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TrunkRules {
    pub identity: IdentityHeader,
    /// From bears the account's name instead of the caller id; the identity field carries the caller id.
    pub from_username: bool,
    /// The callee sees no number: From is anonymous and Privacy asks the carrier to withhold the identity (RFC 3323, 3325).
    pub anonymous: bool,
    /// Caller ids the carrier lets through, each as the beginning of a number in any form; anything else is replaced by the
    /// trunk's own. Empty: all. At most 100.
    pub caller_ids: Vec<String>,
    pub digits: DigitMode,
    /// Redirections (3xx) followed for one call, 0–5; 0: none, a 3xx ends the call.
    pub redirects_max: u8,
    /// Addresses (IP, CIDR or `ip:port`) a redirection may lead to besides the trunk's own. At most 20.
    pub redirect_to: Vec<String>,
    /// REFER and Replaces from this trunk are taken: whoever is at the far end may put the other party through elsewhere.
    pub refer: bool,
    /// The number called, rewritten after `dial_format` and before `prefix`.
    pub called_out: Vec<NumberRule>,
    /// The number shown, rewritten after `dial_format`.
    pub calling_out: Vec<NumberRule>,
    /// The number that was dialled, as the trunk presents it.
    pub called_in: Vec<NumberRule>,
    /// The caller's number, as the trunk presents it.
    pub calling_in: Vec<NumberRule>,
}

impl Default for TrunkRules {
    fn default() -> Self {
        Self {
            identity: IdentityHeader::Asserted,
            from_username: false,
            anonymous: false,
            caller_ids: Vec::new(),
            digits: DigitMode::Rfc4733,
            redirects_max: 0,
            redirect_to: Vec::new(),
            refer: false,
            called_out: Vec::new(),
            calling_out: Vec::new(),
            called_in: Vec::new(),
            calling_in: Vec::new(),
        }
    }
}

/// One rewriting rule: where a number begins with `prefix` and has `length` characters, the first `strip` of them are cut off
/// and `prepend` is put in front. The first rule that fits is the only one used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NumberRule {
    /// Empty: any beginning.
    pub prefix: String,
    /// Of the whole number, a plus counted; 0: any.
    pub length: u8,
    /// 0–20
    pub strip: u8,
    /// Digits, `+`, `*`, `#`.
    pub prepend: String,
}

impl NumberRule {
    pub fn fits(&self, number: &str) -> bool {
        number.starts_with(&self.prefix) && (self.length == 0 || number.chars().count() == usize::from(self.length))
    }
}

/// The number as the first fitting rule makes it; unchanged where none fits or nothing would be left.
pub fn rewrite(rules: &[NumberRule], number: &str) -> String {
    let Some(rule) = rules.iter().find(|r| r.fits(number)) else { return number.to_owned() };
    let rest: String = number.chars().skip(usize::from(rule.strip)).collect();
    let made = format!("{}{rest}", rule.prepend);
    if made.is_empty() { number.to_owned() } else { made }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(prefix: &str, length: u8, strip: u8, prepend: &str) -> NumberRule {
        NumberRule { prefix: prefix.into(), length, strip, prepend: prepend.into() }
    }

    #[test]
    fn the_first_rule_that_fits_is_the_only_one() {
        let rules = [rule("0531", 0, 4, ""), rule("1", 11, 0, "0"), rule("", 0, 0, "9")];
        assert_eq!(rewrite(&rules, "053188886666"), "88886666");
        assert_eq!(rewrite(&rules, "13800138000"), "013800138000");
        assert_eq!(rewrite(&rules, "10086"), "910086", "too short for the second");
        assert_eq!(rewrite(&[], "10086"), "10086");
    }

    #[test]
    fn nothing_is_not_a_number() {
        assert_eq!(rewrite(&[rule("", 0, 20, "")], "10086"), "10086");
    }
}
