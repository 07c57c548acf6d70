//! What a datagram on a leg's socket is, by its first octet (RFC 7983 §7, RFC 5761 §4).

/// The protocols that share the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Stun,
    Dtls,
    Rtp,
    Rtcp,
    /// ZRTP, TURN channels and noise: nothing we speak.
    Unknown,
}

/// Tells the protocols apart. Says nothing about whether the datagram is well formed.
pub const fn kind_of(datagram: &[u8]) -> Kind {
    match datagram {
        [0..=3, ..] => Kind::Stun,
        [20..=63, ..] => Kind::Dtls,
        [128..=191, 192..=223, ..] => Kind::Rtcp,
        [128..=191, _, ..] => Kind::Rtp,
        _ => Kind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_octets_tell() {
        assert_eq!(kind_of(&[0, 1, 0, 0]), Kind::Stun);
        assert_eq!(kind_of(&[22, 254, 255]), Kind::Dtls);
        assert_eq!(kind_of(&[0x80, 0xC8]), Kind::Rtcp);
        assert_eq!(kind_of(&[0x80, 0x88]), Kind::Rtp);
        for other in [&[][..], &[4], &[16, 0], &[64, 0], &[79], &[127, 9], &[0x80], &[192, 200], &[255, 255]] {
            assert_eq!(kind_of(other), Kind::Unknown, "{other:?}");
        }
    }
}
