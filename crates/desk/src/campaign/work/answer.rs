//! What an agent took down, against the questions and fields it answers.

use crate::error::Issues;
use model::record::{AgentWork, FormField, FormFieldKind as F, Question, QuestionKind as Q};
use model::{PhoneNumber, Vars};
use serde_json::Value;
use store::TakenDown;

const TEXT_MAX: usize = 2_000;
const FIELD_TEXT_MAX: u32 = 500;

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Leaves only what the work asks for: a script may change while somebody reads it.
pub(super) fn known(work: &AgentWork, answers: &mut Vars, form: &mut Vars) {
    let asked = |key: &str| work.script.iter().flat_map(|p| &p.questions).any(|q| q.key == key);
    answers.retain(|key, value| asked(key) && !empty(value));
    form.retain(|key, value| work.form.iter().any(|f| f.key == *key) && !empty(value));
}

/// The pages a talk came by: it began on the first.
pub(super) fn came_by<'a>(work: &'a AgentWork, path: &[String]) -> Vec<&'a model::record::ScriptPage> {
    let pages = work.script.iter().enumerate();
    pages.filter(|(i, page)| *i == 0 || path.contains(&page.id)).map(|(_, page)| page).collect()
}

/// Checks and writes values as they are stored; answers what was said for the reports.
pub(super) fn check(work: &AgentWork, answers: &mut Vars, form: &mut Vars, issues: &mut Issues) -> Vec<TakenDown> {
    let mut said = Vec::new();
    for question in work.script.iter().flat_map(|p| &p.questions) {
        let Some(value) = answers.get(&question.key) else { continue };
        if let Some((zh, en)) = misfit_answer(question, value) {
            issues.add(
                format!("answers.{}", question.key),
                format!("“{}”{zh}", question.label),
                format!("{}: {en}", question.label),
            );
        }
        said.extend(taken_down(&question.key, &question.label, question.kind.code(), value));
    }
    for field in &work.form {
        let Some(value) = form.get_mut(&field.key) else { continue };
        if let Some((zh, en)) = misfit_field(field, value) {
            issues.add(format!("form.{}", field.key), format!("“{}”{zh}", field.label), format!("{}: {en}", field.label));
        }
        said.extend(taken_down(&field.key, &field.label, field.kind.code(), value));
    }
    said
}

fn taken_down(key: &str, label: &str, kind: &str, value: &Value) -> Vec<TakenDown> {
    let of = |value| TakenDown { key: key.into(), label: label.into(), kind: kind.into(), value };
    texts(value).into_iter().map(of).collect()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.trim().to_owned()],
        other => vec![other.to_string()],
    }
}

type Misfit = Option<(String, String)>;

fn misfit(zh: impl Into<String>, en: impl Into<String>) -> Misfit {
    Some((zh.into(), en.into()))
}

fn one_of(options: &[String], value: &Value) -> bool {
    value.as_str().is_some_and(|text| options.iter().any(|o| o == text))
}

fn some_of(options: &[String], value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(|item| one_of(options, item)))
}

fn date(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok())
}

fn within(value: &Value, min: Option<f64>, max: Option<f64>) -> Misfit {
    let Some(n) = value.as_f64() else { return misfit("须填数字", "must be a number") };
    match (min, max) {
        (Some(min), _) if n < min => misfit(format!("不能小于 {min}"), format!("must be at least {min}")),
        (_, Some(max)) if n > max => misfit(format!("不能大于 {max}"), format!("must be at most {max}")),
        _ => None,
    }
}

fn misfit_answer(q: &Question, value: &Value) -> Misfit {
    match q.kind {
        Q::Single if !one_of(&q.options, value) => misfit("选项已变，请重新选择", "no such option any more; choose again"),
        Q::Multiple if !some_of(&q.options, value) => misfit("选项已变，请重新选择", "no such option any more; choose again"),
        Q::Text if value.as_str().is_none_or(|t| t.chars().count() > TEXT_MAX) => {
            misfit("不能超过 2000 个字", "at most 2,000 characters")
        }
        Q::Date if !date(value) => misfit("须为日期，如 2026-11-25", "must be a date, e.g. 2026-11-25"),
        Q::Number => within(value, q.min, q.max),
        Q::Score => within(value, Some(q.min.unwrap_or(1.0)), Some(q.max.unwrap_or(5.0)))
            .or_else(|| if value.as_i64().is_none() { misfit("须为整数分", "must be a whole mark") } else { None }),
        _ => None,
    }
}

fn misfit_field(f: &FormField, value: &mut Value) -> Misfit {
    match f.kind {
        F::Choice if !one_of(&f.options, value) => misfit("选项已变，请重新选择", "no such option any more; choose again"),
        F::Multi if !some_of(&f.options, value) => misfit("选项已变，请重新选择", "no such option any more; choose again"),
        F::Number => within(value, f.min, f.max),
        F::Money => within(value, f.min, f.max).or_else(|| {
            let cents = value.as_f64().map_or(0.0, |n| n * 100.0);
            if (cents - cents.round()).abs() > 1e-6 { misfit("最多两位小数", "has at most two decimals") } else { None }
        }),
        F::Date if !date(value) => misfit("须为日期，如 2026-11-25", "must be a date, e.g. 2026-11-25"),
        F::DateTime if value.as_str().is_none_or(|t| t.parse::<jiff::civil::DateTime>().is_err()) => {
            misfit("须为日期和时间，如 2026-11-25 14:30", "must be a date with a time, e.g. 2026-11-25 14:30")
        }
        F::Text => text(f, value),
        F::Phone => match PhoneNumber::parse(value.as_str().unwrap_or_default(), "") {
            Ok(number) => {
                *value = Value::String(number.e164);
                None
            }
            Err(_) => misfit("不是有效的电话号码", "is no phone number"),
        },
        _ => None,
    }
}

fn text(f: &FormField, value: &Value) -> Misfit {
    let Some(text) = value.as_str() else { return misfit("须填文字", "must be text") };
    let max = f.length_max.unwrap_or(FIELD_TEXT_MAX);
    if text.chars().count() > max as usize {
        return misfit(format!("不能超过 {max} 个字"), format!("at most {max} characters"));
    }
    if !f.pattern.is_empty() && !looks_like(text.trim(), &f.pattern) {
        return misfit(format!("格式应为 {}（9 数字，A 字母，* 任意）", f.pattern), format!("should look like {}", f.pattern));
    }
    None
}

/// `9` a digit, `A` a letter, `*` any character; everything else stands for itself.
fn looks_like(text: &str, pattern: &str) -> bool {
    let fits = |(c, p): (char, char)| match p {
        '9' => c.is_ascii_digit(),
        'A' => c.is_ascii_alphabetic(),
        '*' => true,
        p => c == p,
    };
    text.chars().count() == pattern.chars().count() && text.chars().zip(pattern.chars()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::looks_like;

    #[test]
    fn patterns_are_read_character_by_character() {
        assert!(looks_like("250014", "999999") && looks_like("鲁A12345", "*A99999") && looks_like("AB-1", "AA-9"));
        assert!(!looks_like("25001", "999999") && !looks_like("25001x", "999999") && !looks_like("2500144", "999999"));
    }
}
