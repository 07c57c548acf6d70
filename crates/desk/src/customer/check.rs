//! What must hold of a customer before it is stored.

use super::Wish;
use crate::error::Issues;
use crate::{Actor, Result};
use model::record::{CallerClass, CustomerField, CustomerFieldKind};
use model::{PhoneNumber, Vars};
use serde_json::Value;
use std::collections::BTreeSet;
use store::Store;

const NUMBERS_MAX: usize = 20;

/// The wish as it is to be stored: numbers in E.164 with one main one, empty fields left out. Fields that the tenant no longer has
/// may stay as they are in `before`.
///
/// # Errors
/// Every field that is wrong.
pub(super) async fn wish(store: &Store, actor: &Actor, mut wish: Wish, before: &Vars) -> Result<Wish> {
    let mut issues = Issues::default();
    wish.name = wish.name.trim().to_owned();
    wish.company = wish.company.trim().to_owned();
    let named = (1..=60).contains(&wish.name.chars().count());
    issues.unless(named, "name", "客户姓名须为 1–60 个字", "a customer's name has 1–60 characters");
    issues.unless(
        wish.company.chars().count() <= 100,
        "company",
        "单位不能超过 100 个字",
        "a company has at most 100 characters",
    );
    issues.unless(wish.note.chars().count() <= 2_000, "note", "备注不能超过 2000 个字", "a note has at most 2,000 characters");
    issues.unless(
        !wish.classes.contains(&CallerClass::LongDistance),
        "classes",
        "“长途”由来电号码判断，不能手工设置",
        "whether a call is long distance is told by its number; leave it out",
    );
    for (field, id) in [("owner_id", wish.owner_id), ("seat_id", wish.seat_id)] {
        if let Some(id) = id {
            let known = store.agent(actor.tenant, id).await?.is_some();
            issues.unless(known, field, "没有这个坐席，请重新选择", "there is no such agent; choose again");
        }
    }
    let settings = store.settings(actor.tenant).await?.customers;
    fields(&mut wish.fields, &settings.fields, before, &mut issues);
    numbers(&mut wish, &mut issues);
    issues.done()?;
    Ok(wish)
}

fn fields(values: &mut Vars, known: &[CustomerField], before: &Vars, issues: &mut Issues) {
    values.retain(|_, value| !matches!(value, Value::Null) && value.as_str().is_none_or(|text| !text.trim().is_empty()));
    for (key, value) in values.iter_mut() {
        let name = format!("fields.{key}");
        let Some(field) = known.iter().find(|f| f.key == *key) else {
            let kept = before.get(key) == Some(&*value);
            issues.unless(kept, &name, "没有这个字段，请在客户设置中添加", "there is no such field; add it in the settings");
            continue;
        };
        if let Some((zh, en)) = misfit(field, value) {
            issues.add(name, format!("{}：{zh}", field.name), format!("{}: {en}", field.name));
        }
    }
    for field in known.iter().filter(|f| f.required && !values.contains_key(&f.key)) {
        issues.add(format!("fields.{}", field.key), format!("请填写{}", field.name), format!("{} is needed", field.name));
    }
}

/// What is wrong with a value; one that fits is put in its plainest form.
fn misfit(field: &CustomerField, value: &mut Value) -> Option<(&'static str, &'static str)> {
    if field.kind == CustomerFieldKind::Number {
        let number = match &*value {
            Value::Number(n) => Some(n.clone()),
            Value::String(text) => text.trim().parse::<f64>().ok().and_then(|_| text.trim().parse().ok()),
            _ => None,
        };
        let Some(number) = number else { return Some(("须为数字", "a number")) };
        *value = Value::Number(number);
        return None;
    }
    let Some(text) = value.as_str().map(|t| t.trim().to_owned()) else { return Some(("须为文字", "text")) };
    let fault = match field.kind {
        CustomerFieldKind::Date if text.parse::<jiff::civil::Date>().is_err() => {
            Some(("须为日期，如 2026-11-26", "a date like 2026-11-26"))
        }
        CustomerFieldKind::Select if !field.choices.contains(&text) => Some(("请从选项中选择", "one of the choices")),
        _ if text.chars().count() > 500 => Some(("不能超过 500 个字", "at most 500 characters")),
        _ => None,
    };
    *value = Value::String(text);
    fault
}

fn numbers(wish: &mut Wish, issues: &mut Issues) {
    issues.unless(wish.numbers.len() <= NUMBERS_MAX, "numbers", "一个客户最多 20 个号码", "a customer has at most 20 numbers");
    let mut seen = BTreeSet::new();
    for (i, number) in wish.numbers.iter_mut().enumerate().take(NUMBERS_MAX) {
        let field = format!("numbers.{i}.number");
        match PhoneNumber::parse(&number.number, "") {
            Ok(parsed) => {
                number.number = parsed.e164;
                let once = seen.insert(number.number.clone());
                issues.unless(once, &field, "号码重复，请去掉一个", "this number stands here twice; remove one");
            }
            Err(e) => issues.add(field, e.zh(), e.to_string()),
        }
        let label = number.label.trim().to_owned();
        let short = label.chars().count() <= 20;
        issues.unless(short, &format!("numbers.{i}.label"), "类型不能超过 20 个字", "a label has at most 20 characters");
        number.label = label;
    }
    let main = wish.numbers.iter().position(|n| n.main).unwrap_or(0);
    for (i, number) in wish.numbers.iter_mut().enumerate() {
        number.main = i == main;
    }
}
