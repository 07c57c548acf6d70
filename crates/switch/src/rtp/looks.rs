//! When a relayed leg is worth a look: what its packets have taught.

/// Looks in a row without a packet after which none is expected there: 320 ms.
const IDLE_AFTER: u8 = 16;

/// The two looks of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Turn,
    /// Ten milliseconds later.
    Half,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Looks {
    /// Of either half, how often in a row nothing came.
    empty: [u8; 2],
    /// Whether the look before this one found something.
    came: bool,
}

impl Looks {
    pub fn ended(&mut self, look: Look, came: bool) {
        let empty = &mut self.empty[look as usize];
        *empty = if came { 0 } else { empty.saturating_add(1) };
        self.came = came;
    }

    /// Nothing ever comes here, and the other half has just had its packet.
    pub const fn is_idle(&self, look: Look) -> bool {
        self.came && self.empty[look as usize] >= IDLE_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_without_packets_is_spared_until_one_is_missed() {
        let mut looks = Looks::default();
        for _ in 0..IDLE_AFTER {
            assert!(!looks.is_idle(Look::Half));
            looks.ended(Look::Turn, true);
            looks.ended(Look::Half, false);
        }
        looks.ended(Look::Turn, true);
        assert!(looks.is_idle(Look::Half));
        looks.ended(Look::Half, false);
        assert!(!looks.is_idle(Look::Turn), "there it comes");
        looks.ended(Look::Turn, false);
        assert!(!looks.is_idle(Look::Half), "it is late");
        looks.ended(Look::Half, true);
        looks.ended(Look::Turn, true);
        assert!(!looks.is_idle(Look::Half), "it came here");
    }
}
