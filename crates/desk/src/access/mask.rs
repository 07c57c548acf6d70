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

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn the_middle_is_hidden() {
        assert_eq!(mask("+8613800138000"), "138****8000");
        assert_eq!(mask("+861088886666"), "010****6666");
        assert_eq!(mask("110"), "***");
        assert_eq!(mask("+85221234567"), "008******4567");
    }
}
