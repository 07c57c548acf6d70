//! English number words.

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

fn word(list: &'static [&'static str], n: u64) -> &'static str {
    usize::try_from(n).ok().and_then(|i| list.get(i).copied()).unwrap_or_default()
}

pub(super) fn cardinal(n: u64) -> String {
    match n {
        0..20 => word(&SMALL, n).into(),
        20..100 if n.is_multiple_of(10) => word(&TENS, n / 10).into(),
        20..100 => format!("{}-{}", word(&TENS, n / 10), word(&SMALL, n % 10)),
        100..1000 => joined(n, 100, "hundred"),
        1000..1_000_000 => joined(n, 1000, "thousand"),
        1_000_000..1_000_000_000 => joined(n, 1_000_000, "million"),
        1_000_000_000..1_000_000_000_000 => joined(n, 1_000_000_000, "billion"),
        _ => joined(n, 1_000_000_000_000, "trillion"),
    }
}

fn joined(n: u64, unit: u64, name: &str) -> String {
    let (high, low) = (n / unit, n % unit);
    let high = cardinal(high);
    if low == 0 { format!("{high} {name}") } else { format!("{high} {name} {}", cardinal(low)) }
}

pub(super) fn ordinal(n: u64) -> String {
    let text = cardinal(n);
    let cut = text.rfind([' ', '-']).map_or(0, |i| i + 1);
    let (head, last) = text.split_at(cut);
    let last = match last {
        "one" => "first".into(),
        "two" => "second".into(),
        "three" => "third".into(),
        "five" => "fifth".into(),
        "eight" => "eighth".into(),
        "nine" => "ninth".into(),
        "twelve" => "twelfth".into(),
        other => match other.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{other}th"),
        },
    };
    format!("{head}{last}")
}

/// A year as people say it: twenty twenty-six, two thousand five, nineteen oh five.
pub(super) fn year(n: u64) -> String {
    let (high, low) = (n / 100, n % 100);
    match (n, low) {
        (2000..2010, _) => cardinal(n),
        (1000..10_000, 0) if !high.is_multiple_of(10) => format!("{} hundred", cardinal(high)),
        (1000..10_000, 1..10) => format!("{} oh {}", cardinal(high), cardinal(low)),
        (1000..10_000, 10..) => format!("{} {}", cardinal(high), cardinal(low)),
        _ => cardinal(n),
    }
}
