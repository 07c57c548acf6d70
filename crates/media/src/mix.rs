//! Adding streams.

/// Adds `other` to `into` and clips at full scale.
#[inline]
pub fn add(into: &mut [i16], other: &[i16]) {
    for (a, b) in into.iter_mut().zip(other) {
        *a = a.saturating_add(*b);
    }
}

/// Writes the sum of any number of streams, clipped once at the end, so that the order does not matter.
pub fn sum(streams: &[&[i16]], out: &mut [i16]) {
    for (i, o) in out.iter_mut().enumerate() {
        let total: i32 = streams.iter().map(|s| i32::from(s.get(i).copied().unwrap_or(0))).sum();
        *o = total.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_clip_instead_of_wrapping() {
        let mut a = [30_000, -30_000, 5];
        add(&mut a, &[10_000, -10_000, 6]);
        assert_eq!(a, [i16::MAX, i16::MIN, 11]);
        let mut out = [0; 3];
        sum(&[&[30_000, 1, 1], &[30_000, 1, 1], &[-30_000, 1]], &mut out);
        assert_eq!(out, [30_000, 3, 2]);
    }
}
