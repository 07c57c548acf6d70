//! 费率表: a sheet of prefixes and prices, as carriers send it, read into routes. Nothing is written here.

use model::record::{Route, Trunk};
use model::{Carrier, RouteId, TenantId, TrunkId};
use std::collections::HashMap;

/// Lines of one sheet.
pub const LINES_MAX: usize = 20_000;

/// A line that can be used, or why it cannot.
#[derive(Clone, Debug, PartialEq)]
pub struct RateLine {
    /// In the file, the heading is 1.
    pub number: u64,
    pub route: Result<Route, Fault>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub zh: String,
    pub en: String,
}

fn fault<T>(zh: impl Into<String>, en: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { zh: zh.into(), en: en.into() })
}

/// Columns by the words people put in the heading.
const COLUMNS: [(Column, &[&str]); 9] = [
    (Column::Trunk, &["线路", "中继", "trunk"]),
    (Column::Prefix, &["号码前缀", "前缀", "prefix", "number_prefix"]),
    (Column::Carrier, &["被叫运营商", "运营商", "carrier"]),
    (Column::Region, &["被叫归属地", "归属地", "region"]),
    (Column::Price, &["每分钟费用", "费率", "单价", "price", "cost"]),
    (Column::Billing, &["计费步长", "计费单位", "billing", "billing_s"]),
    (Column::From, &["开始时间", "from"]),
    (Column::Until, &["结束时间", "until"]),
    (Column::Priority, &["优先级", "priority"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Column {
    Trunk,
    Prefix,
    Carrier,
    Region,
    Price,
    Billing,
    From,
    Until,
    Priority,
}

/// Reads a sheet with a heading. `fallback` is the trunk of lines that name none.
///
/// # Errors
/// The heading has no price, the sheet is empty or too long.
pub fn read(text: &str, trunks: &[Trunk], fallback: Option<TrunkId>, tenant: TenantId) -> Result<Vec<RateLine>, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = if text.lines().next().is_some_and(|l| l.contains('\t')) { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(heading)) = records.next() else { return fault("文件是空的", "the file is empty") };
    let columns = columns_of(&heading);
    if !columns.contains_key(&Column::Price) {
        return fault("首行里没有“每分钟费用”一列", "the heading has no column `price`");
    }
    let mut lines = Vec::new();
    for record in records {
        let Ok(record) = record else { return fault("文件不是可读的 CSV", "the file is no readable CSV") };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if lines.len() >= LINES_MAX {
            return fault(format!("费率表最多 {LINES_MAX} 行"), format!("a rate table has at most {LINES_MAX} lines"));
        }
        let number = record.position().map_or(0, csv::Position::line);
        let cell = |column: Column| columns.get(&column).and_then(|i| record.get(*i)).unwrap_or_default().trim();
        lines.push(RateLine { number, route: route(cell, trunks, fallback, tenant) });
    }
    if lines.is_empty() {
        return fault("除首行外没有内容", "there is nothing below the heading");
    }
    Ok(lines)
}

fn columns_of(heading: &csv::StringRecord) -> HashMap<Column, usize> {
    let mut found = HashMap::new();
    for (i, cell) in heading.iter().enumerate() {
        // 每分钟费用（元） is 每分钟费用.
        let word = cell.split(['(', '（']).next().unwrap_or_default().trim().to_lowercase();
        if let Some((column, _)) = COLUMNS.iter().find(|(_, words)| words.contains(&word.as_str())) {
            found.entry(*column).or_insert(i);
        }
    }
    found
}

fn route<'a>(
    cell: impl Fn(Column) -> &'a str,
    trunks: &[Trunk],
    fallback: Option<TrunkId>,
    tenant: TenantId,
) -> Result<Route, Fault> {
    let name = cell(Column::Trunk);
    let trunk_id = match (name.is_empty(), fallback) {
        (true, Some(trunk)) => trunk,
        (true, None) => return fault("没有写线路", "no trunk is named"),
        (false, _) => match trunks.iter().find(|t| t.name == name) {
            Some(trunk) => trunk.id,
            None => return fault(format!("没有叫“{name}”的线路"), format!("there is no trunk {name:?}")),
        },
    };
    Ok(Route {
        id: RouteId(0),
        tenant_id: tenant,
        trunk_id,
        carrier: carrier(cell(Column::Carrier))?,
        region: region(cell(Column::Region))?,
        number_prefix: prefix(cell(Column::Prefix))?,
        priority: whole(cell(Column::Priority), 0, -1_000_000..=1_000_000, "优先级", "priority")?,
        cost: price(cell(Column::Price))?,
        billing_s: u32::try_from(whole(cell(Column::Billing), 60, 1..=600, "计费步长", "billing")?).unwrap_or(60),
        from_minute: minute(cell(Column::From))?,
        until_minute: minute(cell(Column::Until))?,
        enabled: true,
    })
}

/// `+8610`, `8610`, `010` and `138` name what a number begins with in E.164.
///
/// # Errors
/// It is no number, or longer than one.
pub fn prefix(text: &str) -> Result<String, Fault> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let plain = digits.strip_prefix('+').unwrap_or(&digits);
    if plain.len() > 15 || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return fault(format!("前缀“{text}”不是数字"), format!("the prefix {text:?} is not digits"));
    }
    Ok(match plain {
        "" => String::new(),
        _ if digits.starts_with('+') => digits,
        _ if plain.starts_with("00") => format!("+{}", &plain[2..]),
        _ if plain.starts_with('0') => format!("+86{}", &plain[1..]),
        _ if plain.starts_with("86") => format!("+{plain}"),
        _ => format!("+86{plain}"),
    })
}

/// Yuan with up to three decimals → thousandths.
fn price(text: &str) -> Result<i32, Fault> {
    let plain = text.trim_start_matches(['¥', '￥']).trim_end_matches('元').trim();
    match plain.parse::<f64>() {
        #[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
        Ok(yuan) if (0.0..=10_000.0).contains(&yuan) => Ok((yuan * 1_000.0).round() as i32),
        _ => fault(format!("费用“{text}”须为 0–10000 元"), format!("the price {text:?} is not 0–10,000 yuan")),
    }
}

fn whole(text: &str, default: i32, range: std::ops::RangeInclusive<i32>, zh: &str, en: &str) -> Result<i32, Fault> {
    if text.is_empty() {
        return Ok(default);
    }
    match text.trim_end_matches(['秒', 's']).trim().parse::<i32>() {
        Ok(n) if range.contains(&n) => Ok(n),
        _ => fault(
            format!("{zh}“{text}”须为 {}–{}", range.start(), range.end()),
            format!("{en} {text:?} is not {}–{}", range.start(), range.end()),
        ),
    }
}

/// `08:30` → 510; nothing: midnight; `24:00` is midnight too.
fn minute(text: &str) -> Result<u32, Fault> {
    if text.is_empty() || text == "24:00" {
        return Ok(0);
    }
    let parsed = text.replace('：', ":");
    let time = parsed.split_once(':').and_then(|(h, m)| Some((h.parse::<u32>().ok()?, m.parse::<u32>().ok()?)));
    match time {
        Some((h, m)) if h < 24 && m < 60 => Ok(h * 60 + m),
        _ => fault(format!("时间“{text}”须写成 08:30"), format!("the time {text:?} is not written like 08:30")),
    }
}

fn carrier(text: &str) -> Result<Option<Carrier>, Fault> {
    Ok(Some(match text.to_lowercase().as_str() {
        "" | "不限" | "any" => return Ok(None),
        "移动" | "中国移动" | "mobile" => Carrier::Mobile,
        "联通" | "中国联通" | "unicom" => Carrier::Unicom,
        "电信" | "中国电信" | "telecom" => Carrier::Telecom,
        "广电" | "中国广电" | "broadnet" => Carrier::Broadnet,
        other => match Carrier::from_code(other) {
            Some(carrier) => carrier,
            None => return fault(format!("不认识运营商“{text}”"), format!("carrier {text:?} is not known")),
        },
    }))
}

fn region(text: &str) -> Result<String, Fault> {
    if text.chars().count() > 40 {
        return fault("归属地过长", "the region is too long");
    }
    Ok(if text == "不限" { String::new() } else { text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<RateLine> {
        read(text, &[], Some(TrunkId(7)), TenantId(1)).unwrap()
    }

    #[test]
    fn a_sheet_as_carriers_send_it() {
        let sheet = "\u{feff}号码前缀,运营商,每分钟费用（元）,计费步长,开始时间,结束时间\n\
                     138,移动,0.06,6,,\n010,,￥0.05元,,08:00,20:30\n0081,,1.2,60秒,,\n,,0.09,,,\n\n";
        let read: Vec<_> = lines(sheet)
            .into_iter()
            .map(|l| {
                let r = l.route.unwrap();
                (l.number, r.number_prefix, r.carrier.is_some(), r.cost, r.billing_s, r.from_minute, r.until_minute, r.trunk_id.0)
            })
            .collect();
        let want = [
            (2, "+86138", true, 60, 6, 0, 0),
            (3, "+8610", false, 50, 60, 480, 1_230),
            (4, "+81", false, 1_200, 60, 0, 0),
            (5, "", false, 90, 60, 0, 0),
        ];
        assert_eq!(read, want.map(|(n, p, c, y, b, f, u)| (n, p.to_owned(), c, y, b, f, u, 7)));
    }

    #[test]
    fn every_mistake_names_its_line() {
        let sheet = "trunk,prefix,price,billing,from\nno such,1,1,,\n,x1,1,,\n,1,free,,\n,1,-1,,\n,1,1,0,\n,1,1,,25:00\n,1,1,,\n";
        let good: Vec<bool> = lines(sheet).iter().map(|l| l.route.is_ok()).collect();
        assert_eq!(good, [false, false, false, false, false, false, true]);
        assert!(read("", &[], None, TenantId(1)).is_err());
        assert!(read("前缀\n138", &[], None, TenantId(1)).is_err(), "no price");
        assert!(read("费率\n1", &[], None, TenantId(1)).unwrap()[0].route.is_err(), "no trunk");
        let long: String = std::iter::once("price\n".to_owned()).chain((0..=LINES_MAX).map(|_| "1\n".to_owned())).collect();
        assert!(read(&long, &[], Some(TrunkId(1)), TenantId(1)).is_err());
    }
}
