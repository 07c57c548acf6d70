//! Decimal text, exactly as written: no floating point between a sheet's amount and the ear.

/// A number taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub negative: bool,
    /// Without leading zeros; `0` for nothing.
    pub whole: String,
    /// As written, trailing zeros included.
    pub fraction: String,
}

impl Decimal {
    /// Reads `1,234.50`, `-3`, `.5`, `1e3`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        if rest.contains(['e', 'E']) {
            return Self::parse_exponent(rest, negative);
        }
        let whole = ungrouped(whole)?;
        if !fraction.bytes().all(|b| b.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        // What a binary fraction drags along: 105.30000000000001.
        let fraction = if fraction.len() > 9 { return Self::rounded_long(negative, &whole, fraction) } else { fraction };
        Some(Self { negative, whole: stripped(&whole), fraction: fraction.into() })
    }

    fn parse_exponent(rest: &str, negative: bool) -> Option<Self> {
        let n: f64 = rest.parse().ok().filter(|n: &f64| n.is_finite() && n.abs() < 1e16)?;
        let plain = format!("{n}");
        if plain.contains(['e', 'E']) { None } else { Self::parse(&plain).map(|d| Self { negative, ..d }) }
    }

    fn rounded_long(negative: bool, whole: &str, fraction: &str) -> Option<Self> {
        let d = Self { negative, whole: stripped(whole), fraction: fraction.into() }.rounded(6)?;
        let kept = d.fraction.trim_end_matches('0').len();
        Some(Self { fraction: d.fraction[..kept].into(), ..d })
    }

    /// Rounded half away from zero to exactly `places`.
    pub fn rounded(&self, places: usize) -> Option<Self> {
        let mut fraction = self.fraction.clone();
        while fraction.len() <= places {
            fraction.push('0');
        }
        let up = fraction.as_bytes()[places] >= b'5';
        let mut digits: Vec<u8> = self.whole.bytes().chain(fraction.bytes().take(places)).collect();
        if up {
            let mut i = digits.len();
            loop {
                if i == 0 {
                    digits.insert(0, b'1');
                    break;
                }
                i -= 1;
                if digits[i] < b'9' {
                    digits[i] += 1;
                    break;
                }
                digits[i] = b'0';
            }
        }
        let text = String::from_utf8(digits).ok()?;
        let (whole, fraction) = text.split_at(text.len() - places);
        Some(Self { negative: self.negative, whole: stripped(whole), fraction: fraction.into() })
    }

    pub fn is_zero(&self) -> bool {
        self.whole == "0" && self.fraction.bytes().all(|b| b == b'0')
    }

    /// The whole part, where it is small enough to be read as a number rather than digit by digit.
    pub fn whole_number(&self) -> Option<u64> {
        if self.whole.len() <= 16 { self.whole.parse().ok() } else { None }
    }
}

/// Removes thousands separators where they stand right; anything else that is not a digit is refused.
fn ungrouped(text: &str) -> Option<String> {
    if !text.contains(',') {
        return text.bytes().all(|b| b.is_ascii_digit()).then(|| text.to_owned());
    }
    let groups: Vec<&str> = text.split(',').collect();
    let right = groups.iter().enumerate().all(|(i, g)| {
        let length = if i == 0 { (1..=3).contains(&g.len()) } else { g.len() == 3 };
        length && g.bytes().all(|b| b.is_ascii_digit())
    });
    right.then(|| groups.concat())
}

fn stripped(whole: &str) -> String {
    let whole = whole.trim_start_matches('0');
    if whole.is_empty() { "0".into() } else { whole.into() }
}
