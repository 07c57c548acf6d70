//! Numbers as trunks want them, and as they come in from trunks.

use model::record::{DialFormat, Trunk, rewrite};

/// The user part of a request to this trunk.
pub fn to_trunk(e164: &str, trunk: &Trunk) -> String {
    format!("{}{}", trunk.prefix, rewrite(&trunk.rules.called_out, &form(e164, trunk.dial_format)))
}

/// A caller id in the trunk's form; never prefixed. What is not E.164 (95128) goes as it is. One that the carrier does not let
/// through is replaced by the trunk's own.
pub fn shown(caller_id: &str, trunk: &Trunk) -> String {
    let caller_id = if lets_through(caller_id, trunk) { caller_id } else { &trunk.caller_id };
    let formed = if caller_id.starts_with('+') { form(caller_id, trunk.dial_format) } else { caller_id.to_owned() };
    rewrite(&trunk.rules.calling_out, &formed)
}

fn lets_through(caller_id: &str, trunk: &Trunk) -> bool {
    let (allowed, number) = (&trunk.rules.caller_ids, from_trunk(caller_id));
    allowed.is_empty() || allowed.iter().any(|begin| !begin.is_empty() && number.starts_with(&from_trunk(begin)))
}

fn form(number: &str, format: DialFormat) -> String {
    let Some(digits) = number.strip_prefix('+') else { return number.to_owned() };
    match format {
        DialFormat::E164 => number.to_owned(),
        DialFormat::E164NoPlus => digits.to_owned(),
        DialFormat::National => match digits.strip_prefix("86") {
            Some(national) => trunk_code(national),
            None => format!("00{digits}"),
        },
    }
}

/// Fixed numbers take their 0; mobiles, 400/800 and short service numbers do not.
fn trunk_code(national: &str) -> String {
    if is_mobile(national) || is_service(national) { national.to_owned() } else { format!("0{national}") }
}

fn is_mobile(national: &str) -> bool {
    national.len() == 11 && national.starts_with('1') && !national.starts_with("10")
}

fn is_service(national: &str) -> bool {
    national.len() <= 6
        || (national.len() == 10 && (national.starts_with("400") || national.starts_with("800")))
        || (national.len() <= 8 && (national.starts_with("95") || national.starts_with("96")))
}

/// What a trunk presents (`013800138000`, `861088886666`, `01088886666`, `+86…`) as E.164, so that it can be looked up. What
/// cannot be read stays as it is.
pub fn from_trunk(number: &str) -> String {
    let digits: String = number.chars().filter(|c| c.is_ascii_digit()).collect();
    if digits.is_empty() {
        return number.to_owned();
    }
    if number.starts_with('+') {
        return format!("+{digits}");
    }
    if let Some(foreign) = digits.strip_prefix("00") {
        return format!("+{foreign}");
    }
    if let Some(national) = digits.strip_prefix('0') {
        return format!("+86{national}");
    }
    match digits.strip_prefix("86") {
        // 86 leads no Chinese number of these lengths.
        Some(rest) if rest.len() >= 10 => format!("+{digits}"),
        _ if is_mobile(&digits) || is_service(&digits) && digits.len() == 10 => format!("+86{digits}"),
        _ => digits,
    }
}

/// Whether the number called on a trunk is this number of ours. Trunks may leave the area code out.
pub fn is_same(presented: &str, ours: &str) -> bool {
    let (a, b) = (from_trunk(presented), from_trunk(ours));
    a == b || (!a.starts_with('+') && (7..=8).contains(&a.len()) && b.starts_with("+86") && b.ends_with(&a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DialFormat::{E164, E164NoPlus, National};
    use model::record::NumberRule;

    #[test]
    fn numbers_in_the_trunk_s_form() {
        let table = [
            ("+8613800138000", National, "13800138000"),
            ("+861088886666", National, "01088886666"),
            ("+8653188886666", National, "053188886666"),
            ("+864008001234", National, "4008001234"),
            ("+8695128", National, "95128"),
            ("+81312345678", National, "0081312345678"),
            ("+8613800138000", E164, "+8613800138000"),
            ("+861088886666", E164NoPlus, "861088886666"),
            ("95128", National, "95128"),
        ];
        for (number, format, want) in table {
            assert_eq!(form(number, format), want, "{number} as {format:?}");
        }
    }

    #[test]
    fn rules_of_the_trunk_come_after_its_form() {
        let rule =
            |prefix: &str, strip, prepend: &str| NumberRule { prefix: prefix.into(), length: 0, strip, prepend: prepend.into() };
        let mut trunk = crate::route::tests::trunk(1);
        trunk.prefix = "77".into();
        trunk.caller_id = "01088886666".into();
        trunk.rules.called_out = vec![rule("0531", 4, ""), rule("1", 0, "0")];
        trunk.rules.calling_out = vec![rule("010", 0, "86")];
        assert_eq!(to_trunk("+8653188886666", &trunk), "7788886666");
        assert_eq!(to_trunk("+8613800138000", &trunk), "77013800138000");
        assert_eq!(shown("+861066667777", &trunk), "8601066667777");
        trunk.rules.caller_ids = vec!["0108888".into(), "95128".into()];
        assert_eq!(shown("+861066667777", &trunk), "8601088886666", "not let through: the trunk's own");
        assert_eq!(shown("+861088880000", &trunk), "8601088880000");
        assert_eq!(shown("95128", &trunk), "95128");
    }

    #[test]
    fn what_trunks_present_is_read_back() {
        let table = [
            ("013800138000", "+8613800138000"),
            ("13800138000", "+8613800138000"),
            ("8613800138000", "+8613800138000"),
            ("+8613800138000", "+8613800138000"),
            ("01088886666", "+861088886666"),
            ("0081312345678", "+81312345678"),
            ("4008001234", "+864008001234"),
            ("95128", "95128"),
            ("anonymous", "anonymous"),
        ];
        for (presented, want) in table {
            assert_eq!(from_trunk(presented), want, "{presented}");
        }
    }

    #[test]
    fn dnis_matches_in_any_form() {
        assert!(is_same("01088886666", "+861088886666"));
        assert!(is_same("88886666", "+861088886666"));
        assert!(is_same("+861088886666", "01088886666"));
        assert!(is_same("95128", "95128"));
        assert!(!is_same("8886666", "+861088886667"));
        assert!(!is_same("", "+861088886666"));
        assert!(!is_same("6666", "+861088886666"));
    }
}
