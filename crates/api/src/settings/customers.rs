use super::save;
use crate::prelude::*;
use crate::trunks::Faults;
use model::record::{CustomerField, CustomerFieldKind};
use model::settings::Customers;
use std::collections::BTreeSet;

const EACH_MAX: usize = 50;

/// The fields of customers, and what agents may note about a call.
#[utoipa::path(put, path = "/settings/customers", responses((status = 200, body = Customers)))]
pub async fn put_customers(State(api): State<ApiState>, who: Principal, Json(body): Json<Customers>) -> Answer<Json<Customers>> {
    who.may(P::SettingsWrite)?;
    check(&body)?;
    let mut settings = api.store().settings(who.tenant()).await?;
    settings.customers = body.clone();
    save(&api, &who, "customers", &settings).await?;
    Ok(Json(body))
}

fn check(c: &Customers) -> Answer<()> {
    let mut faults = Faults(Vec::new());
    faults.unless(c.fields.len() <= EACH_MAX, "fields", "客户字段最多 50 个", "at most 50 fields");
    faults.unless(c.dispositions.len() <= EACH_MAX, "dispositions", "小结结果最多 50 个", "at most 50 results");
    let mut seen = BTreeSet::new();
    for (i, field) in c.fields.iter().enumerate().take(EACH_MAX) {
        check_field(field, i, seen.insert(field.key.as_str()), &mut faults);
    }
    let mut seen = BTreeSet::new();
    for (i, choice) in c.dispositions.iter().enumerate().take(EACH_MAX) {
        let code = format!("dispositions.{i}.code");
        key(&choice.code, seen.insert(choice.code.as_str()), &code, &mut faults);
        let named = (1..=30).contains(&choice.name.trim().chars().count());
        faults.unless(named, &format!("dispositions.{i}.name"), "名称须为 1–30 个字", "a name has 1–30 characters");
    }
    faults.done()
}

fn key(code: &str, once: bool, field: &str, faults: &mut Faults) {
    let (zh, en) = ("代码须为 1–32 位字母、数字或下划线", "a code is 1–32 letters, digits and underscores");
    faults.unless(super::is_code(code), field, zh, en);
    faults.unless(once, field, "代码重复，请换一个", "this code stands here twice; choose another");
}

fn check_field(field: &CustomerField, i: usize, once: bool, faults: &mut Faults) {
    key(&field.key, once, &format!("fields.{i}.key"), faults);
    let named = (1..=30).contains(&field.name.trim().chars().count());
    faults.unless(named, &format!("fields.{i}.name"), "名称须为 1–30 个字", "a name has 1–30 characters");
    if field.kind != CustomerFieldKind::Select {
        return;
    }
    let unique: BTreeSet<&str> = field.choices.iter().map(String::as_str).collect();
    let all = field.choices.iter().all(|c| (1..=60).contains(&c.trim().chars().count()));
    faults.unless(
        (1..=100).contains(&field.choices.len()) && unique.len() == field.choices.len() && all,
        &format!("fields.{i}.choices"),
        "选项须有 1–100 个，各 1–60 个字且不重复",
        "1–100 choices of 1–60 characters, each once",
    );
}
