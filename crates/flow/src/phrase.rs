//! Whether something was said: phrases looked for in a transcript, both brought into one plain form first, since recognisers
//! differ in punctuation, in width, in script and in how they write numbers.

/// The text as phrases are compared: simplified, half width, lower case, numbers as digits, nothing but letters and digits.
pub(crate) fn plain(text: &str) -> String {
    let letters = text.chars().map(|c| simplified(half_width(c))).filter(|c| c.is_alphanumeric());
    numbers(letters.flat_map(char::to_lowercase).collect())
}

/// Whether a phrase occurs in a text; both plain.
pub(crate) fn contains(plain_text: &str, plain_phrase: &str) -> bool {
    !plain_phrase.is_empty() && plain_text.contains(plain_phrase)
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// Traditional characters of answers on the telephone, each followed by its simplified form.
const TRADITIONAL: &str = "參参請请嗎吗對对沒没們们這这個个會会來来還还開开關关話话說说電电號号機机辦办錢钱單单訂订買买賣卖點点時时間间\
                           聽听見见過过與与為为後后將将現现發发轉转謝谢確确認认識识錯错讓让給给誰谁幾几麼么麗丽張张劉刘陳陈楊杨趙赵\
                           黃黄吳吴孫孙馬马鄭郑銀银險险車车費费繳缴帳账戶户貸贷務务員员線线預预約约場场議议講讲課课學学師师醫医藥药\
                           區区縣县鄉乡鎮镇東东頭头邊边條条樓楼層层萬万億亿兩两週周歲岁親亲愛爱歡欢興兴樂乐滿满錄录語语簡简體体復复";

fn simplified(c: char) -> char {
    let mut chars = TRADITIONAL.chars().filter(|c| !c.is_whitespace());
    while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
        if from == c {
            return to;
        }
    }
    c
}

/// Chinese numbers become digits: 十二 is 12, 二百零五 is 205, 幺三八 is 138. A lone 百, 千 or 万 is a word like any other.
fn numbers(text: String) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| digit(**c).is_some() || unit(**c).is_some()).count();
        if run == 0 {
            out.push(chars[at]);
            at += 1;
        } else {
            out.push_str(&number(&chars[at..at + run]));
            at += run;
        }
    }
    out
}

fn digit(c: char) -> Option<u64> {
    let at = "零一二三四五六七八九".chars().position(|d| d == c);
    at.map(|n| n as u64).or(match c {
        '〇' => Some(0),
        '幺' => Some(1),
        '两' => Some(2),
        '0'..='9' => c.to_digit(10).map(u64::from),
        _ => None,
    })
}

const fn unit(c: char) -> Option<u64> {
    match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1_000),
        '万' => Some(10_000),
        _ => None,
    }
}

fn number(run: &[char]) -> String {
    let has_units = run.iter().any(|c| unit(*c).is_some());
    let has_digits = run.iter().any(|c| digit(*c).is_some());
    if !has_units {
        return run.iter().filter_map(|c| digit(*c)).map(|d| d.to_string()).collect();
    }
    if !has_digits && run != ['十'] {
        return run.iter().collect();
    }
    let (mut total, mut section, mut last) = (0_u64, 0_u64, 0_u64);
    let mut digits = 0;
    for c in run {
        match (digit(*c), unit(*c)) {
            (Some(d), _) => {
                digits += 1;
                // Digits in a row, as in 205 written with 二百: each shifts the ones before.
                last = if digits > 1 { last.saturating_mul(10).saturating_add(d) } else { d };
            }
            (None, Some(10_000)) => {
                total = total.saturating_add((section.saturating_add(last)).max(1).saturating_mul(10_000));
                (section, last, digits) = (0, 0, 0);
            }
            (None, Some(u)) => {
                section = section.saturating_add(last.max(1).saturating_mul(u));
                (last, digits) = (0, 0);
            }
            (None, None) => {}
        }
    }
    total.saturating_add(section).saturating_add(last).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_said_in_many_ways_is_one_text() {
        for (said, want) in [
            ("我要参加。", "我要参加"),
            ("我　要， 參加！", "我要参加"),
            ("ＯＫ，好的～", "ok好的"),
            ("请转一号线", "请转1号线"),
            ("十二点", "12点"),
            ("二十", "20"),
            ("十", "10"),
            ("二百零五元", "205元"),
            ("三万五千", "35000"),
            ("幺三八零零", "13800"),
            ("千万别打了", "千万别打了"),
            ("两点", "2点"),
            ("", ""),
            ("？！", ""),
        ] {
            assert_eq!(plain(said), want, "{said}");
        }
    }

    #[test]
    fn numbers_without_end_do_not_overflow() {
        assert!(!plain(&"九万".repeat(200)).is_empty());
        assert!(!plain(&"九百九十九万".repeat(200)).is_empty());
        assert_eq!(plain(&"9".repeat(100)).len(), 100);
    }

    #[test]
    fn the_table_is_made_of_pairs() {
        let all: Vec<char> = TRADITIONAL.chars().filter(|c| !c.is_whitespace()).collect();
        assert_eq!(all.len() % 2, 0);
        assert!(all.chunks(2).all(|p| p[0] != p[1]), "{:?}", all.chunks(2).find(|p| p[0] == p[1]));
    }
}
