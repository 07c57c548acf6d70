//! Made-up experts for the demo's sheet: names, numbers, fields of work. No real person's data.

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::path::Path;

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕";
const GIVEN: [&str; 40] = [
    "伟", "芳", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰", "霞", "平",
    "刚", "桂英", "文博", "思远", "雨桐", "子轩", "建国", "志强", "海燕", "晓东", "国华", "玉兰", "振宇", "佳怡", "浩然", "欣悦",
    "立新", "春梅", "卫东", "美玲",
];
const SPECIALTIES: [&str; 8] = ["建筑工程", "市政道路", "信息系统", "医疗设备", "环境治理", "水利工程", "园林绿化", "机电安装"];
const PREFIXES: [&str; 10] = ["138", "139", "136", "158", "188", "130", "186", "133", "189", "177"];

/// One line of the sheet.
#[derive(Clone, Debug)]
pub struct Expert {
    pub name: String,
    pub phone: String,
    pub specialty: &'static str,
    pub title: &'static str,
}

/// `n` experts, always the same ones.
pub fn experts(n: usize) -> Vec<Expert> {
    let surnames: Vec<char> = SURNAMES.chars().collect();
    (0..n)
        .map(|i| Expert {
            name: format!("{}{}", surnames[(i * 7 + i / 40) % surnames.len()], GIVEN[(i * 13 + 5) % GIVEN.len()]),
            phone: format!("{}{:08}", PREFIXES[i % PREFIXES.len()], (i * 9_973 + 12_345_678) % 100_000_000),
            specialty: SPECIALTIES[(i * 3) % SPECIALTIES.len()],
            title: if i % 3 == 0 { "正高级" } else { "副高级" },
        })
        .collect()
}

/// Writes the sheet as an office would: a title row is not there, but a few rows are wrong on purpose.
///
/// # Errors
/// The file cannot be written.
pub fn write_sheet(path: &Path, experts: &[Expert]) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("专家名单")?;
    let bold = Format::new().set_bold();
    for (column, title) in ["姓名", "手机号码", "评审专业", "职称"].iter().enumerate() {
        sheet.write_string_with_format(0, u16::try_from(column).unwrap_or(0), *title, &bold)?;
    }
    // Where a person sees them at once in the preview.
    let first = experts.first().map_or("13800138000", |e| e.phone.as_str());
    let wrong = [("（少一位）", "1380013800"), ("（科学计数法）", "1.38001E+10"), ("（重复）", first)];
    let mut row = 1;
    for (i, e) in experts.iter().enumerate() {
        if i == 2 {
            for (name, phone) in wrong {
                sheet.write_string(row, 0, name)?;
                sheet.write_string(row, 1, phone)?;
                row += 1;
            }
        }
        sheet.write_string(row, 0, &e.name)?;
        sheet.write_string(row, 1, &e.phone)?;
        sheet.write_string(row, 2, e.specialty)?;
        sheet.write_string(row, 3, e.title)?;
        row += 1;
    }
    sheet.set_column_width(1, 16)?;
    book.save(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn experts_have_numbers_of_their_own() {
        let all = experts(2_000);
        let phones: std::collections::BTreeSet<_> = all.iter().map(|e| &e.phone).collect();
        assert_eq!(phones.len(), all.len());
        assert!(all.iter().all(|e| e.phone.len() == 11));
    }
}
