//! Numbers as people without the right to see them see them.

/// `+8613800138000` → `138****8000`, `+861088886666` → `010****6666`. The dialled form, its middle hidden.
pub fn mask(phone: &str) -> String {
    let shown: Vec<char> = model::number::national(phone).chars().collect();
    let hide = match shown.len() {
        0..=4 => 0..shown.len(),
        n @ 5..=8 => 2..n - 2,
        n => 3..n - 4,
    };
    shown.iter().enumerate().map(|(i, c)| if hide.contains(&i) { '*' } else { *c }).collect()
}

/// Text in which people may have written numbers: seven and more digits in a row keep their ends.
pub fn mask_within(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let run: usize = rest[start..].chars().take_while(char::is_ascii_digit).count();
        out.push_str(&rest[..start]);
        let digits = &rest[start..start + run];
        if run < 7 {
            out.push_str(digits)
        } else {
            out.push_str(&mask(digits))
        }
        rest = &rest[start + run..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{mask, mask_within};

    #[test]
    fn the_middle_is_hidden() {
        assert_eq!(mask("+8613800138000"), "138****8000");
        assert_eq!(mask("+861088886666"), "010****6666");
        assert_eq!(mask("110"), "***");
        assert_eq!(mask("+85221234567"), "008******4567");
    }

    #[test]
    fn numbers_in_a_note_are_hidden_and_the_rest_stays() {
        assert_eq!(mask_within("家里13800138000，2026年来电"), "家里138****8000，2026年来电");
        assert_eq!(mask_within("王芳"), "王芳");
    }
}
