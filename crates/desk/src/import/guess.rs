//! What a column may be, by its title and what stands in it.

use model::PhoneNumber;
use model::record::{FieldDef, FieldKind};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub index: usize,
    pub header: String,
    /// `phone`, `name`, `skip` or `field:<key>`.
    pub guess: String,
    pub kind: FieldKind,
    /// The field to be made when the campaign has none of this key.
    pub new_field: Option<FieldDef>,
}

const PHONE_TITLES: [&str; 12] =
    ["手机", "电话", "联系方式", "号码", "座机", "被叫", "phone", "mobile", "tel", "cell", "msisdn", "联系人方式"];
const NOT_PHONE: [&str; 13] =
    ["身份证", "证件", "传真", "银行", "卡号", "编号", "工号", "订单", "合同", "车牌", "账号", "fax", "门牌"];
const NAME_TITLES: [&str; 9] = ["姓名", "联系人", "称呼", "名字", "客户名", "专家名", "收件人", "name", "contact"];
const NOT_NAME: [&str; 9] = ["公司", "单位", "项目", "名称", "username", "filename", "company", "product", "方式"];

/// Whether a title speaks of a telephone number, the surer the higher.
pub(super) fn phone_score(header: &str) -> u32 {
    let title = header.to_lowercase();
    if NOT_PHONE.iter().any(|n| title.contains(n)) {
        return 0;
    }
    if title.contains("手机") || title.contains("mobile") {
        return 3;
    }
    u32::from(PHONE_TITLES.iter().any(|t| title.contains(t))) * 2
}

fn is_name(header: &str) -> bool {
    let title = header.to_lowercase();
    NAME_TITLES.iter().any(|t| title.contains(t)) && !NOT_NAME.iter().any(|t| title.contains(t))
}

/// Columns with their guesses, from the titles and the first rows. `known`: fields the campaign has.
pub(super) fn columns(headers: &[String], rows: &[Vec<String>], known: &[FieldDef]) -> Vec<Column> {
    let values = |i: usize| rows.iter().filter_map(move |r| r.get(i)).map(String::as_str).filter(|v| !v.trim().is_empty());
    let phone = (0..headers.len())
        .map(|i| {
            let (mut all, mut good) = (0_u32, 0_u32);
            for v in values(i) {
                all += 1;
                good += u32::from(PhoneNumber::parse(v, "010").is_ok() || v.contains("E+") || v.contains("e+"));
            }
            let share = (good * 100).checked_div(all).unwrap_or(0);
            let title = phone_score(&headers[i]);
            let score = if title == 0 && share < 60 { 0 } else { title * 100 + share };
            (if NOT_PHONE.iter().any(|n| headers[i].contains(n)) { 0 } else { score }, i)
        })
        .filter(|(score, _)| *score > 0)
        .max_by_key(|(score, i)| (*score, usize::MAX - i))
        .map(|(_, i)| i);
    let name = (0..headers.len()).find(|i| Some(*i) != phone && is_name(&headers[*i]));
    let mut taken: Vec<String> = known.iter().map(|f| f.key.clone()).collect();
    headers
        .iter()
        .enumerate()
        .map(|(index, header)| {
            let kind = kind_of(header, values(index));
            let column = |guess: String, new_field| Column { index, header: header.clone(), guess, kind, new_field };
            if Some(index) == phone {
                return column("phone".into(), None);
            }
            if Some(index) == name {
                return column("name".into(), None);
            }
            if let Some(field) = known.iter().find(|f| f.label == *header || f.key == *header) {
                return Column { kind: field.kind, ..column(format!("field:{}", field.key), None) };
            }
            if values(index).next().is_none() {
                return column("skip".into(), None);
            }
            let key = key_of(header, index, &taken);
            taken.push(key.clone());
            let label: String = header.chars().take(60).collect();
            column(format!("field:{key}"), Some(FieldDef { key, label, kind }))
        })
        .collect()
}

/// A title as a key: what flows write after `lead.`.
fn key_of(header: &str, index: usize, taken: &[String]) -> String {
    let mut key: String = header.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).take(36).collect();
    key = key.trim_matches('_').to_owned();
    if key.starts_with(char::is_numeric) {
        key.insert(0, '_');
    }
    if !crate::campaign::key_is_valid(&key) {
        key = format!("column_{}", index + 1);
    }
    let unique = |n: u32| if n == 1 { key.clone() } else { format!("{key}_{n}") };
    (1..).map(unique).find(|k| !taken.contains(k)).unwrap_or(key.clone())
}

fn kind_of<'a>(header: &str, values: impl Iterator<Item = &'a str>) -> FieldKind {
    let money_title =
        ["金额", "费用", "价", "欠费", "余额", "元", "amount", "price", "fee"].iter().any(|t| header.to_lowercase().contains(t));
    let (mut all, mut dates, mut times, mut numbers) = (0, 0, 0, 0);
    for value in values {
        all += 1;
        match super::row::date_time(value) {
            Some((_, true)) => times += 1,
            Some((_, false)) => dates += 1,
            None => {}
        }
        // Leading zeros and long digits are codes, not amounts.
        let code = (value.starts_with('0') && value.len() > 1 && !value.starts_with("0.")) || value.len() > 12;
        numbers += usize::from(!code && super::row::number(value).is_some());
    }
    match () {
        () if all == 0 => FieldKind::Text,
        () if times > 0 && dates + times == all => FieldKind::DateTime,
        () if dates == all => FieldKind::Date,
        () if numbers == all && money_title => FieldKind::Money,
        () if numbers == all => FieldKind::Number,
        () => FieldKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(v: &[&str]) -> Vec<String> {
        v.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn titles_and_contents_tell_what_a_column_is() {
        let headers =
            texts(&["序号", "专家姓名", "身份证号码", "联系电话", "手机号码", "开会时间", "劳务费(元)", "备注", "单位名称"]);
        let rows = vec![texts(&[
            "1",
            "张伟",
            "370102199001011234",
            "0531-88886666",
            "13800138000",
            "2026-11-22 09:00",
            "¥1,200.50",
            "",
            "某研究院",
        ])];
        let found = columns(&headers, &rows, &[]);
        let guesses: Vec<&str> = found.iter().map(|c| c.guess.as_str()).collect();
        assert_eq!(
            guesses,
            [
                "field:序号",
                "name",
                "field:身份证号码",
                "field:联系电话",
                "phone",
                "field:开会时间",
                "field:劳务费_元",
                "skip",
                "field:单位名称"
            ]
        );
        assert_eq!((found[5].kind, found[6].kind, found[2].kind), (FieldKind::DateTime, FieldKind::Money, FieldKind::Text));
    }

    #[test]
    fn a_campaign_s_own_fields_are_found_by_label_and_keys_are_unique() {
        let known = [FieldDef { key: "meeting".into(), label: "会议".into(), kind: FieldKind::Text }];
        let rows = vec![texts(&["x", "y", "13800138000", "z"])];
        let found = columns(&texts(&["会议", "备注", "phone", "备注"]), &rows, &known);
        assert_eq!(
            found.iter().map(|c| c.guess.as_str()).collect::<Vec<_>>(),
            ["field:meeting", "field:备注", "phone", "field:备注_2"]
        );
    }
}
