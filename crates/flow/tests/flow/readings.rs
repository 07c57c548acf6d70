//! Values read aloud: a table of what people really have in their sheets, and properties over all numbers.

use flow::Language::{En, Zh};
use flow::reading::{As, Manner, read};
use proptest::prelude::*;

fn say(text: &str, what: As, language: flow::Language) -> String {
    read(text, what, &Manner { language, zone: "Asia/Shanghai".into(), weekday: false }).unwrap_or_else(|e| format!("! {e}"))
}

#[track_caller]
fn table(what: As, rows: &[(&str, &str, &str)]) {
    for (text, zh, en) in rows {
        assert_eq!(say(text, what, Zh), *zh, "{text} in Chinese");
        assert_eq!(say(text, what, En), *en, "{text} in English");
    }
}

#[test]
fn numbers() {
    table(
        As::Number,
        &[
            ("0", "零", "zero"),
            ("2", "二", "two"),
            ("10", "十", "ten"),
            ("12", "十二", "twelve"),
            ("20", "二十", "twenty"),
            ("105", "一百零五", "one hundred five"),
            ("110", "一百一十", "one hundred ten"),
            ("222", "二百二十二", "two hundred twenty-two"),
            ("1001", "一千零一", "one thousand one"),
            ("1010", "一千零一十", "one thousand ten"),
            ("2000", "两千", "two thousand"),
            ("2222", "两千二百二十二", "two thousand two hundred twenty-two"),
            ("10500", "一万零五百", "ten thousand five hundred"),
            ("20000", "两万", "twenty thousand"),
            ("22000", "两万两千", "twenty-two thousand"),
            ("100000", "十万", "one hundred thousand"),
            ("100010", "十万零一十", "one hundred thousand ten"),
            ("105000", "十万五千", "one hundred five thousand"),
            ("120000", "十二万", "one hundred twenty thousand"),
            ("200000000", "两亿", "two hundred million"),
            ("100000001", "一亿零一", "one hundred million one"),
            ("105000000", "一亿零五百万", "one hundred five million"),
            (
                "1,234,567.80",
                "一百二十三万四千五百六十七点八零",
                "one million two hundred thirty-four thousand five hundred sixty-seven point eight zero",
            ),
            ("3.14", "三点一四", "three point one four"),
            (".5", "零点五", "zero point five"),
            ("-12", "负十二", "minus twelve"),
            ("-0", "零", "zero"),
            ("12.5%", "百分之十二点五", "twelve point five percent"),
            ("１２", "十二", "twelve"),
            ("007", "七", "seven"),
            ("105.30000000000001", "一百零五点三", "one hundred five point three"),
            ("1e3", "一千", "one thousand"),
            (
                "12345678901234567",
                "一二三四五六七八九零一二三四五六七",
                "one two three four five six seven eight nine zero one two three four five six seven",
            ),
            ("1,23", "! `1,23` cannot be read as number", "! `1,23` cannot be read as number"),
            ("十二", "! `十二` cannot be read as number", "! `十二` cannot be read as number"),
        ],
    );
    assert_eq!(say("", As::Number, Zh), "! `` cannot be read as number");
    assert!(say(&"1".repeat(500), As::Number, Zh).starts_with('!'));
}

#[test]
fn money() {
    table(
        As::Money,
        &[
            ("105.3", "一百零五元三角", "one hundred five yuan and thirty fen"),
            ("105.35", "一百零五元三角五分", "one hundred five yuan and thirty-five fen"),
            ("105.05", "一百零五元零五分", "one hundred five yuan and five fen"),
            ("100", "一百元", "one hundred yuan"),
            ("100.00", "一百元", "one hundred yuan"),
            ("2", "两元", "two yuan"),
            ("2.2", "两元二角", "two yuan and twenty fen"),
            ("12", "十二元", "twelve yuan"),
            ("0.2", "两角", "twenty fen"),
            ("0.02", "两分", "two fen"),
            ("0.05", "五分", "five fen"),
            ("0", "零元", "zero yuan"),
            ("-3.5", "负三元五角", "minus three yuan and fifty fen"),
            ("¥1,280.50", "一千二百八十元五角", "one thousand two hundred eighty yuan and fifty fen"),
            ("￥88", "八十八元", "eighty-eight yuan"),
            ("105元", "一百零五元", "one hundred five yuan"),
            ("RMB 20", "二十元", "twenty yuan"),
            ("99.999", "一百元", "one hundred yuan"),
            ("1.005", "一元零一分", "one yuan and one fen"),
            ("10500.5", "一万零五百元五角", "ten thousand five hundred yuan and fifty fen"),
            ("五元", "! `五元` cannot be read as money", "! `五元` cannot be read as money"),
        ],
    );
}

#[test]
fn dates() {
    let zh = "二〇二六年十一月二十一日";
    let en = "November twenty-first, twenty twenty-six";
    let same = [
        "2026-11-21",
        "2026/11/21",
        "2026.11.21",
        "2026年11月21日",
        "2026年11月21号",
        "20261121",
        "2026-11-21 15:30",
        "2026-11-21T15:30:00",
    ];
    for text in same.into_iter().chain([
        "2026-11-21 00:00:00",
        "11/21/2026",
        "11/21/26",
        "46347",
        "46347.645833",
        "2026-11-21T23:30:00+08:00",
    ]) {
        table(As::Date, &[(text, zh, en)]);
    }
    table(
        As::Date,
        &[
            ("2026/1/5", "二〇二六年一月五日", "January fifth, twenty twenty-six"),
            ("11月21日", "十一月二十一日", "November twenty-first"),
            ("2月29日", "二月二十九日", "February twenty-ninth"),
            ("2005-08-10", "二〇〇五年八月十日", "August tenth, two thousand five"),
            ("1999-12-31", "一九九九年十二月三十一日", "December thirty-first, nineteen ninety-nine"),
            ("2026-11-21T16:30:00Z", "二〇二六年十一月二十二日", "November twenty-second, twenty twenty-six"),
            ("2026-02-30", "! `2026-02-30` cannot be read as date", "! `2026-02-30` cannot be read as date"),
            ("明天", "! `明天` cannot be read as date", "! `明天` cannot be read as date"),
            ("15:30", "! `15:30` cannot be read as date", "! `15:30` cannot be read as date"),
        ],
    );
    table(As::Weekday, &[("2026-11-21", "星期六", "Saturday"), ("2026-11-22", "星期日", "Sunday")]);
    assert!(say("11月21日", As::Weekday, Zh).starts_with('!'), "without a year there is no weekday");
}

#[test]
fn times() {
    table(
        As::Time,
        &[
            ("15:30", "下午三点半", "three thirty PM"),
            ("15:00", "下午三点", "three PM"),
            ("14:00", "下午两点", "two PM"),
            ("02:00", "凌晨两点", "two AM"),
            ("00:00", "凌晨零点", "twelve AM"),
            ("07:05", "早上七点零五分", "seven oh five AM"),
            ("9:15:30", "上午九点十五分", "nine fifteen AM"),
            ("12:30", "中午十二点半", "twelve thirty PM"),
            ("18:00", "晚上六点", "six PM"),
            ("23:59", "晚上十一点五十九分", "eleven fifty-nine PM"),
            ("下午3:30", "下午三点半", "three thirty PM"),
            ("下午三点半", "! `下午三点半` cannot be read as time", "! `下午三点半` cannot be read as time"),
            ("下午3点半", "下午三点半", "three thirty PM"),
            ("15点30分", "下午三点半", "three thirty PM"),
            ("9点", "上午九点", "nine AM"),
            ("3:30 pm", "下午三点半", "three thirty PM"),
            ("12:10 AM", "凌晨零点十分", "twelve ten AM"),
            ("2026-11-21 15:30", "下午三点半", "three thirty PM"),
            ("2026-11-21T07:30:00Z", "下午三点半", "three thirty PM"),
            ("46347.645833", "下午三点半", "three thirty PM"),
            ("25:00", "! `25:00` cannot be read as time", "! `25:00` cannot be read as time"),
            ("2026-11-21", "! `2026-11-21` cannot be read as time", "! `2026-11-21` cannot be read as time"),
        ],
    );
}

#[test]
fn dates_with_times() {
    table(
        As::Datetime,
        &[
            (
                "2026-11-21 15:30",
                "二〇二六年十一月二十一日下午三点半",
                "November twenty-first, twenty twenty-six at three thirty PM",
            ),
            ("2026/11/25 9:00", "二〇二六年十一月二十五日上午九点", "November twenty-fifth, twenty twenty-six at nine AM"),
            ("2026年11月25日上午9点", "二〇二六年十一月二十五日上午九点", "November twenty-fifth, twenty twenty-six at nine AM"),
            ("11月25日 14:30", "十一月二十五日下午两点半", "November twenty-fifth at two thirty PM"),
            (
                "2026-11-25 星期三 09:00",
                "二〇二六年十一月二十五日上午九点",
                "November twenty-fifth, twenty twenty-six at nine AM",
            ),
            ("2026-11-25", "二〇二六年十一月二十五日", "November twenty-fifth, twenty twenty-six"),
            (
                "2026-11-25 morning",
                "! `2026-11-25 morning` cannot be read as datetime",
                "! `2026-11-25 morning` cannot be read as datetime",
            ),
        ],
    );
    let weekday = |language| Manner { language, zone: String::new(), weekday: true };
    assert_eq!(read("2026-11-21 15:30", As::Datetime, &weekday(Zh)).unwrap(), "二〇二六年十一月二十一日，星期六，下午三点半");
    assert_eq!(
        read("2026-11-21 15:30", As::Datetime, &weekday(En)).unwrap(),
        "November twenty-first, twenty twenty-six, Saturday at three thirty PM"
    );
}

#[test]
fn digits_and_phone_numbers() {
    table(
        As::Digits,
        &[
            ("105", "幺零五", "one zero five"),
            ("A-12*#", "A，幺二星号井号", "A, one two star pound"),
            ("1 2", "幺，二", "one, two"),
        ],
    );
    table(
        As::Phone,
        &[
            ("13800138000", "幺三八，零零幺三，八零零零", "one three eight, zero zero one three, eight zero zero zero"),
            ("+8613800138000", "幺三八，零零幺三，八零零零", "one three eight, zero zero one three, eight zero zero zero"),
            ("0531-88881234", "零五三幺，八八八八幺二三四", "zero five three one, eight eight eight eight one two three four"),
            (
                "+8653188881234",
                "零五三幺，八八八八，幺二三四",
                "zero five three one, eight eight eight eight, one two three four",
            ),
            ("+861088881234", "零幺零，八八八八，幺二三四", "zero one zero, eight eight eight eight, one two three four"),
            ("4008001234", "四零零，八零零，幺二三四", "four zero zero, eight zero zero, one two three four"),
            (
                "0531-88881234转801",
                "零五三幺，八八八八幺二三四，转，八零幺",
                "zero five three one, eight eight eight eight one two three four, extension eight zero one",
            ),
            ("+1 415 555 0100", "加幺，四幺五，五五五，零幺零零", "plus one, four one five, five five five, zero one zero zero"),
            ("12345", "幺二三四五", "one two three four five"),
            ("张三", "! `张三` cannot be read as phone", "! `张三` cannot be read as phone"),
        ],
    );
}

#[test]
fn ordinals_and_percentages() {
    table(
        As::Ordinal,
        &[
            ("1", "第一", "first"),
            ("2", "第二", "second"),
            ("12", "第十二", "twelfth"),
            ("20", "第二十", "twentieth"),
            ("21", "第二十一", "twenty-first"),
            ("103", "第一百零三", "one hundred third"),
            ("第3", "第三", "third"),
            ("-1", "! `-1` cannot be read as ordinal", "! `-1` cannot be read as ordinal"),
            ("1.5", "! `1.5` cannot be read as ordinal", "! `1.5` cannot be read as ordinal"),
        ],
    );
    table(
        As::Percent,
        &[
            ("12.5%", "百分之十二点五", "twelve point five percent"),
            ("3", "百分之三", "three percent"),
            ("-3%", "负百分之三", "minus three percent"),
        ],
    );
}

/// The number a Chinese numeral stands for, by an independent reading of it.
fn value_of(text: &str) -> u64 {
    let digit = |c: char| "零一二三四五六七八九".chars().position(|d| d == c).or((c == '两').then_some(2));
    let (mut total, mut section, mut current) = (0u64, 0u64, 0u64);
    for c in text.chars() {
        match c {
            '亿' => {
                total = (total + section + current) * 100_000_000;
                (section, current) = (0, 0);
            }
            '万' => {
                total += (section + current) * 10_000;
                (section, current) = (0, 0);
            }
            '千' | '百' | '十' => {
                let unit = match c {
                    '千' => 1000,
                    '百' => 100,
                    _ => 10,
                };
                section += current.max(u64::from(c == '十' && current == 0)) * unit;
                current = 0;
            }
            c => current = digit(c).unwrap() as u64,
        }
    }
    total + section + current
}

proptest! {
    #[test]
    fn a_chinese_number_stands_for_the_number(n in prop_oneof![0u64..100_000, 0u64..9_999_999_999_999_999]) {
        let said = say(&n.to_string(), As::Number, Zh);
        prop_assert_eq!(value_of(&said), n, "{}", said);
        prop_assert!(!said.contains("零零") && (n == 0 || !said.ends_with('零')), "{}", said);
        prop_assert!(!said.contains("二千") && !said.starts_with("一十"), "{}", said);
    }

    #[test]
    fn an_amount_is_the_same_to_the_fen(fen in 0u64..10_000_000_000) {
        let said = say(&format!("{}.{:02}", fen / 100, fen % 100), As::Money, Zh);
        let (yuan, rest) = said.split_once('元').unwrap_or(("零", &said));
        let (jiao, rest) = rest.split_once('角').unwrap_or(("", rest));
        let small = rest.trim_end_matches('分').trim_start_matches('零');
        prop_assert_eq!(value_of(yuan) * 100 + value_of(jiao) * 10 + value_of(small), fen, "{}", said);
    }

    #[test]
    fn every_day_and_minute_can_be_read(days in 0i64..60_000, minute in 0u32..1440) {
        let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::SignedDuration::from_hours(days * 24)).unwrap();
        let text = format!("{date} {:02}:{:02}", minute / 60, minute % 60);
        for language in [Zh, En] {
            let said = say(&text, As::Datetime, language);
            prop_assert!(!said.starts_with('!'), "{} {}", text, said);
            prop_assert!(!said.contains(|c: char| c.is_ascii_digit()), "{}", said);
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,60}", strange in prop::collection::vec(any::<char>(), 0..12)) {
        let strange: String = strange.into_iter().collect();
        for text in [&text, &strange] {
            for what in As::ALL {
                for language in [Zh, En] {
                    let _ = read(text, what, &Manner { language, zone: text.clone(), weekday: true });
                }
            }
        }
    }

    #[test]
    fn nearly_right_values_do_not_panic(text in "[-+0-9.,:/T年月日点分半% 上下午PM]{0,24}") {
        for what in As::ALL {
            let _ = read(&text, what, &Manner::default());
        }
    }
}
