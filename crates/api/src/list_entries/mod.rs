//! 黑名单、免呼名单、VIP.

mod add;
mod export;
mod import;
mod list;
mod place;
mod remove;

use crate::prelude::*;
use model::PhoneNumber;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, add::add))
        .routes(routes!(remove::remove))
        .routes(routes!(import::import))
        .routes(routes!(export::export))
}

const ENTRIES_MAX: usize = 10_000;

/// E.164 of each phone; every mistake is named.
fn e164(phones: &[&str], field: &str) -> Answer<Vec<String>> {
    use crate::problem::FieldFault;
    if phones.is_empty() || phones.len() > ENTRIES_MAX {
        return Err(Problem::invalid(field, Text::new("一次 1–10000 个号码", "1–10,000 numbers at once")));
    }
    let mut faults = Vec::new();
    let mut numbers = Vec::with_capacity(phones.len());
    for (i, phone) in phones.iter().enumerate() {
        match PhoneNumber::parse(phone, "") {
            Ok(number) => numbers.push(number.e164),
            Err(e) if faults.len() < 100 => {
                let detail = Text::new(e.zh(), e.to_string());
                faults.push(FieldFault { node: None, field: format!("{field}.{i}"), code: "number".into(), detail });
            }
            Err(_) => {}
        }
    }
    if faults.is_empty() {
        return Ok(numbers);
    }
    let text = Text::new("有号码无法识别", "some numbers cannot be read");
    Err(Problem::invalid(field, text).with_errors(faults))
}
