//! One row of a sheet to one lead, or why not.

use super::appointed::{Appointed, Appointing};
use super::commit::Mapping;
use crate::{DeskError, Result};
use jiff::civil::{Date, DateTime};
use model::record::{FieldDef, FieldKind, LEAD_NUMBERS_MAX};
use model::{ImportId, LeadListId, PhoneNumber, Vars};
use serde_json::Value;
use store::NewLead;

const TEXT_MAX: usize = 1000;

pub(super) enum Target {
    Phone,
    /// A further number of the same person.
    OtherPhone,
    /// The source's own id.
    Source,
    Name,
    /// Of a task in appointment mode: when, over which medium, and the address for mail.
    Due,
    Medium,
    Mail,
    Field(FieldDef),
}

/// Where each column goes.
pub(super) struct Plan {
    columns: Vec<(usize, Target)>,
    default_area: String,
    import: ImportId,
    list: Option<LeadListId>,
    appointing: Option<Appointing>,
}

/// Why a row is not taken, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub zh: String,
    pub en: String,
}

impl Plan {
    /// `fields`: those of the campaign, new ones included.
    pub fn new(mapping: &[Mapping], fields: &[FieldDef], default_area: &str, import: ImportId) -> Result<Self> {
        let mut columns = Vec::new();
        for m in mapping {
            let target = match m.target.as_str() {
                "" | "skip" => continue,
                "phone" => Target::Phone,
                "phone2" => Target::OtherPhone,
                "source_id" => Target::Source,
                "name" => Target::Name,
                "due_at" => Target::Due,
                "medium" => Target::Medium,
                "mail" => Target::Mail,
                other => {
                    let field = other.strip_prefix("field:").and_then(|key| fields.iter().find(|f| f.key == key));
                    Target::Field(field.cloned().ok_or_else(|| {
                        DeskError::invalid(
                            "mapping_unknown",
                            "mapping",
                            format!("列对应“{other}”不存在，请重新选择"),
                            format!("`{other}` is no target for a column"),
                        )
                    })?)
                }
            };
            columns.push((m.column, target));
        }
        let phones = columns.iter().filter(|(_, t)| matches!(t, Target::Phone)).count();
        if phones != 1 {
            return Err(DeskError::invalid(
                "mapping_phone",
                "mapping",
                "请指定一列（且只有一列）为电话号码",
                "choose exactly one column as the telephone number",
            ));
        }
        let others = columns.iter().filter(|(_, t)| matches!(t, Target::OtherPhone)).count();
        let sources = columns.iter().filter(|(_, t)| matches!(t, Target::Source)).count();
        if others >= LEAD_NUMBERS_MAX || sources > 1 {
            return Err(DeskError::invalid(
                "mapping_many",
                "mapping",
                "其他号码最多 9 列，来源编号最多 1 列",
                "at most nine columns of further numbers and one of the source's id",
            ));
        }
        Ok(Self { columns, default_area: default_area.into(), import, list: None, appointing: None })
    }

    /// Its leads stand on this list.
    pub fn on(self, list: Option<LeadListId>) -> Self {
        Self { list, ..self }
    }

    /// Its rows may be appointments.
    ///
    /// # Errors
    /// A column is a time, and the task takes none.
    pub fn appointing(self, appointing: Option<Appointing>) -> Result<Self> {
        let named = |t: &Target| matches!(t, Target::Due | Target::Medium | Target::Mail);
        let times = self.columns.iter().filter(|(_, t)| matches!(t, Target::Due)).count();
        let wrong = |zh: &str, en: &str| Err(DeskError::invalid("mapping_appointment", "mapping", zh, en));
        if appointing.is_none() && self.columns.iter().any(|(_, t)| named(t)) {
            return wrong("只有“预约”方式的任务才有预约时间，请改选其他对应", "only a task in appointment mode has appointments");
        }
        if times > 1 {
            return wrong("预约时间最多一列", "at most one column is the time of the appointment");
        }
        Ok(Self { appointing, ..self })
    }

    /// The appointment of a row that has a time.
    pub fn appointment(&self, cells: &[String], phone: &str) -> Result<Option<Appointed>, Refusal> {
        let Some(appointing) = &self.appointing else { return Ok(None) };
        let cell = |wanted: fn(&Target) -> bool| {
            let column = self.columns.iter().find(|(_, t)| wanted(t));
            column.and_then(|(i, _)| cells.get(*i)).map_or("", |c| c.trim())
        };
        let due = cell(|t| matches!(t, Target::Due));
        if due.is_empty() {
            return Ok(None);
        }
        appointing.read(due, cell(|t| matches!(t, Target::Medium)), cell(|t| matches!(t, Target::Mail)), phone).map(Some)
    }

    pub fn lead(&self, cells: &[String]) -> Result<NewLead, Refusal> {
        let mut lead = NewLead {
            list_id: self.list,
            source_id: None,
            phone: String::new(),
            phone_raw: String::new(),
            phones: Vec::new(),
            name: String::new(),
            region: String::new(),
            carrier: model::Carrier::Unknown,
            variables: Vars::new(),
            priority: 0,
            import_id: Some(self.import),
            next_at: None,
            expires_at: None,
            agent_id: None,
        };
        let mut extension = String::new();
        for (column, target) in &self.columns {
            let cell = cells.get(*column).map_or("", |c| c.trim());
            match target {
                Target::Phone => {
                    let number =
                        PhoneNumber::parse(cell, &self.default_area).map_err(|e| Refusal { zh: e.zh(), en: e.to_string() })?;
                    lead.region = model::number::region_name(&number.e164).into();
                    lead.carrier = number.carrier();
                    lead.phone_raw = cell.chars().take(64).collect();
                    (lead.phone, extension) = (number.e164, number.extension);
                }
                // Many have one number only; one that is no number is left out, the person can still be reached.
                Target::OtherPhone => {
                    lead.phones.extend(PhoneNumber::parse(cell, &self.default_area).ok().map(|number| number.e164));
                }
                Target::Source => lead.source_id = Some(cell.chars().take(128).collect()).filter(|s: &String| !s.is_empty()),
                Target::Due | Target::Medium | Target::Mail => {}
                Target::Name => lead.name = cell.chars().take(64).collect(),
                Target::Field(field) => {
                    lead.variables.insert(field.key.clone(), value_of(field, cell)?);
                }
            }
        }
        let mut seen = std::collections::HashSet::from([lead.phone.clone()]);
        lead.phones.retain(|other| seen.insert(other.clone()));
        if !extension.is_empty() {
            lead.variables.insert("extension".into(), Value::String(extension));
        }
        Ok(lead)
    }
}

pub(super) fn value_of(field: &FieldDef, cell: &str) -> Result<Value, Refusal> {
    let wrong = |zh: &str, en: &str| Refusal {
        zh: format!("“{}”应为{zh}，这里是“{}”", field.label, cell.chars().take(40).collect::<String>()),
        en: format!("`{}` is to be {en}", field.label),
    };
    if cell.is_empty() {
        return Ok(Value::String(String::new()));
    }
    match field.kind {
        FieldKind::Text => Ok(Value::String(cell.chars().take(TEXT_MAX).collect())),
        FieldKind::Number | FieldKind::Money => number(cell).ok_or_else(|| wrong("数字，如 1200.50", "a number, e.g. 1200.50")),
        FieldKind::Date => {
            let (at, _) = date_time(cell).ok_or_else(|| wrong("日期，如 2026-11-22", "a date, e.g. 2026-11-22"))?;
            Ok(Value::String(at.date().to_string()))
        }
        FieldKind::DateTime => {
            let (at, _) = date_time(cell)
                .ok_or_else(|| wrong("日期时间，如 2026-11-22 09:00", "a date and time, e.g. 2026-11-22 09:00"))?;
            Ok(Value::String(at.strftime("%Y-%m-%dT%H:%M:%S").to_string()))
        }
    }
}

/// `¥1,234.50元` → 1234.5
pub(super) fn number(text: &str) -> Option<Value> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '¥' | '￥' | '$')).collect();
    let plain = plain.trim_end_matches('元');
    if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+')) {
        return None;
    }
    if let Ok(whole) = plain.parse::<i64>() {
        return Some(Value::from(whole));
    }
    plain.parse::<f64>().ok().filter(|f| f.is_finite() && f.abs() < 1e15).map(Value::from)
}

/// A date as people write it, and whether a time stands with it.
pub(super) fn date_time(text: &str) -> Option<(DateTime, bool)> {
    let text = text.trim();
    if text.len() > 40 || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut numbers = Vec::with_capacity(6);
    let mut digits = String::new();
    for c in text.chars().chain([' ']) {
        match c {
            '0'..='9' => digits.push(c),
            '-' | '/' | '.' | ':' | ' ' | 'T' | '年' | '月' | '日' | '时' | '点' | '分' | '秒' | '：' => {
                if !digits.is_empty() {
                    numbers.push(std::mem::take(&mut digits));
                }
            }
            _ => return None,
        }
    }
    if let [first, ..] = numbers.as_slice()
        && first.len() == 8
    {
        let (year, rest) = first.split_at(4);
        let (month, day) = rest.split_at(2);
        let split = [year.to_owned(), month.to_owned(), day.to_owned()];
        numbers.splice(0..1, split);
    }
    if !(3..=6).contains(&numbers.len()) || numbers[0].len() != 4 {
        return None;
    }
    let at = |i: usize| numbers.get(i).map_or(Some(0), |n| n.parse::<i8>().ok());
    let date = Date::new(numbers[0].parse().ok()?, at(1)?, at(2)?).ok()?;
    let time = jiff::civil::Time::new(at(3)?, at(4)?, at(5)?, 0).ok()?;
    (1900..=2200).contains(&date.year()).then(|| (date.to_datetime(time), numbers.len() > 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        for text in ["2026-11-22", "2026/11/22", "2026.11.22", "20261122", "2026年11月22日", "2026年11月22日 "] {
            let (at, timed) = date_time(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((at.date().to_string().as_str(), timed), ("2026-11-22", false), "{text}");
        }
        for text in ["2026-11-22 9:05", "2026/11/22 09:05:00", "2026-11-22T09:05", "2026年11月22日9点5分", "20261122 09:05"]
        {
            assert_eq!(date_time(text).unwrap().0.to_string(), "2026-11-22T09:05:00", "{text}");
        }
        for text in ["2026-13-01", "22-11-2026", "13800138000", "明天", "1", "2026"] {
            assert!(date_time(text).is_none(), "{text}");
        }
    }

    #[test]
    fn amounts_as_people_write_them() {
        assert_eq!(number("¥1,234.50元"), Some(Value::from(1234.5)));
        assert_eq!(number("-3"), Some(Value::from(-3)));
        assert_eq!(number("12a"), None);
        assert_eq!(number("1-2"), None);
    }
}
