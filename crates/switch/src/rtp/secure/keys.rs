//! SRTP key material: the suites we speak, master keys, and the session keys made of them (RFC 3711 §4.3, RFC 7714 §11).

use aes::cipher::{BlockCipherEncrypt, BlockSizeUser, consts::U16};
use aes::{
    Aes128, Aes256,
    cipher::{InnerIvInit as _, KeyInit as _, StreamCipher as _, StreamCipherCoreWrapper},
};
use aes_gcm::{AeadInOut as _, Aes128Gcm, Aes256Gcm};
use ctr::{CtrCore, flavors};
use hmac::{Hmac, Mac};
use sha1::Sha1;

/// Octets of the longest master key.
pub const KEY_MAX: usize = 32;
/// Octets of the longest master salt.
pub const SALT_MAX: usize = 14;
/// Octets of the longest tag.
pub const TAG_MAX: usize = 16;
/// What SRTCP puts behind a report at most: the E flag with the index, and the tag.
pub const SRTCP_TRAILER_MAX: usize = 4 + TAG_MAX;

/// Protection of a stream (RFC 4568 §6.2, RFC 7714 §14.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// AES counter mode with an 80-bit HMAC-SHA1 tag.
    AesCm80,
    /// The same with a 32-bit tag on RTP; SRTCP keeps 80 bits.
    AesCm32,
    /// AES-128 in Galois counter mode, 128-bit tag.
    AeadAes128Gcm,
    /// AES-256 in Galois counter mode, 128-bit tag.
    AeadAes256Gcm,
}

impl Suite {
    /// In the order in which we offer them.
    pub const ALL: [Self; 4] = [Self::AesCm80, Self::AesCm32, Self::AeadAes128Gcm, Self::AeadAes256Gcm];

    /// As written in `a=crypto`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AesCm80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm32 => "AES_CM_128_HMAC_SHA1_32",
            Self::AeadAes128Gcm => "AEAD_AES_128_GCM",
            Self::AeadAes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name().eq_ignore_ascii_case(name))
    }

    /// Octets of the master key.
    pub const fn key_len(self) -> usize {
        match self {
            Self::AesCm80 | Self::AesCm32 | Self::AeadAes128Gcm => 16,
            Self::AeadAes256Gcm => 32,
        }
    }

    /// Octets of the master salt.
    pub const fn salt_len(self) -> usize {
        match self {
            Self::AesCm80 | Self::AesCm32 => 14,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 12,
        }
    }

    /// Octets an RTP packet grows by.
    pub const fn rtp_tag_len(self) -> usize {
        match self {
            Self::AesCm80 => 10,
            Self::AesCm32 => 4,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 16,
        }
    }

    /// Octets of the SRTCP tag, without the index.
    pub const fn rtcp_tag_len(self) -> usize {
        match self {
            Self::AesCm80 | Self::AesCm32 => 10,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 16,
        }
    }
}

/// A master key with its salt. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey {
    suite: Suite,
    key: [u8; KEY_MAX],
    salt: [u8; SALT_MAX],
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({})", self.suite.name())
    }
}

impl MasterKey {
    /// `bytes` is the key followed by the salt; `None` when the length is not the suite's.
    pub fn new(suite: Suite, bytes: &[u8]) -> Option<Self> {
        let (key, salt) = bytes.split_at_checked(suite.key_len())?;
        if salt.len() != suite.salt_len() {
            return None;
        }
        // RFC 7714 §11: the shorter salt is filled up with zeros on the right for the derivation.
        let mut padded = [0; SALT_MAX];
        padded[..salt.len()].copy_from_slice(salt);
        let mut full = [0; KEY_MAX];
        full[..key.len()].copy_from_slice(key);
        Some(Self { suite, key: full, salt: padded })
    }

    /// A fresh random key.
    pub fn random(suite: Suite) -> Self {
        let (mut key, mut salt) = ([0; KEY_MAX], [0; SALT_MAX]);
        key[..suite.key_len()].fill_with(rand::random);
        salt[..suite.salt_len()].fill_with(rand::random);
        Self { suite, key, salt }
    }

    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// Key and salt in a row, for `a=crypto`.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.key[..self.suite.key_len()], &self.salt[..self.suite.salt_len()]].concat()
    }
}

fn apply_counter_mode<C>(cipher: &C, iv: [u8; 16], data: &mut [u8])
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> + Clone,
{
    let core: CtrCore<C, flavors::Ctr128BE> = CtrCore::inner_iv_init(cipher.clone(), &iv.into());
    StreamCipherCoreWrapper::from_core(core).apply_keystream(data);
}

/// `salt · 2^16 ⊕ SSRC · 2^64 ⊕ index · 2^16` (RFC 3711 §4.1.1).
fn counter_iv(salt: &[u8; SALT_MAX], ssrc: u32, index: u64) -> [u8; 16] {
    let mut iv = [0; 16];
    iv[..SALT_MAX].copy_from_slice(salt);
    for (octet, value) in iv[4..8].iter_mut().zip(ssrc.to_be_bytes()) {
        *octet ^= value;
    }
    for (octet, value) in iv[8..14].iter_mut().zip(&index.to_be_bytes()[2..]) {
        *octet ^= value;
    }
    iv
}

/// The key derivation function, rate 0 (RFC 3711 §4.3.1, §4.3.3).
fn derive(master: &MasterKey, label: u8, out: &mut [u8]) {
    let mut iv = [0; 16];
    iv[..SALT_MAX].copy_from_slice(&master.salt);
    iv[7] ^= label;
    out.fill(0);
    match master.suite {
        Suite::AeadAes256Gcm => apply_counter_mode(&Aes256::new(&master.key.into()), iv, out),
        _ => apply_counter_mode(&Aes128::new(&first_half(&master.key).into()), iv, out),
    }
}

fn first_half(key: &[u8; KEY_MAX]) -> [u8; 16] {
    std::array::from_fn(|i| key[i])
}

/// The packet failed its tag, or its key is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadTag;

/// Session keys of one direction of RTP or of RTCP.
pub enum SessionKeys {
    Counter { cipher: Box<Aes128>, salt: [u8; SALT_MAX], mac: Box<Hmac<Sha1>>, tag_len: usize },
    Galois { cipher: Galois, salt: [u8; 12] },
}

/// AES-GCM of either key length.
pub enum Galois {
    Aes128(Box<Aes128Gcm>),
    Aes256(Box<Aes256Gcm>),
}

impl Galois {
    fn seal(&self, nonce: [u8; 12], associated: &[u8], text: &mut [u8]) -> Option<[u8; 16]> {
        let tag = match self {
            Self::Aes128(c) => c.encrypt_inout_detached(&nonce.into(), associated, text.into()),
            Self::Aes256(c) => c.encrypt_inout_detached(&nonce.into(), associated, text.into()),
        };
        tag.ok().map(Into::into)
    }

    fn open(&self, nonce: [u8; 12], associated: &[u8], text: &mut [u8], tag: &[u8]) -> Result<(), BadTag> {
        let tag: [u8; 16] = tag.try_into().map_err(|_| BadTag)?;
        let outcome = match self {
            Self::Aes128(c) => c.decrypt_inout_detached(&nonce.into(), associated, text.into(), &tag.into()),
            Self::Aes256(c) => c.decrypt_inout_detached(&nonce.into(), associated, text.into(), &tag.into()),
        };
        outcome.map_err(|_| BadTag)
    }
}

impl SessionKeys {
    /// For RTP.
    pub fn rtp(master: &MasterKey) -> Self {
        Self::derived(master, 0, master.suite.rtp_tag_len())
    }

    /// For RTCP.
    pub fn rtcp(master: &MasterKey) -> Self {
        Self::derived(master, 3, master.suite.rtcp_tag_len())
    }

    fn derived(master: &MasterKey, first_label: u8, tag_len: usize) -> Self {
        let (mut key, mut auth, mut salt) = ([0; KEY_MAX], [0; 20], [0; SALT_MAX]);
        derive(master, first_label, &mut key[..master.suite.key_len()]);
        derive(master, first_label + 1, &mut auth);
        derive(master, first_label + 2, &mut salt);
        match master.suite {
            Suite::AesCm80 | Suite::AesCm32 => {
                // HMAC takes a key of any length.
                let mac = <Hmac<Sha1> as Mac>::new_from_slice(&auth).unwrap_or_else(|_| Hmac::new(&Default::default()));
                Self::Counter { cipher: Box::new(Aes128::new(&first_half(&key).into())), salt, mac: Box::new(mac), tag_len }
            }
            Suite::AeadAes128Gcm => {
                let cipher = Galois::Aes128(Box::new(Aes128Gcm::new(&first_half(&key).into())));
                Self::Galois { cipher, salt: std::array::from_fn(|i| salt[i]) }
            }
            Suite::AeadAes256Gcm => {
                let cipher = Galois::Aes256(Box::new(Aes256Gcm::new(&key.into())));
                Self::Galois { cipher, salt: std::array::from_fn(|i| salt[i]) }
            }
        }
    }

    pub fn tag_len(&self) -> usize {
        match self {
            Self::Counter { tag_len, .. } => *tag_len,
            Self::Galois { .. } => 16,
        }
    }

    /// `0 ‖ SSRC ‖ index ⊕ salt` (RFC 7714 §8.1 and §9.1).
    fn nonce(salt: &[u8; 12], ssrc: u32, index: u64) -> [u8; 12] {
        let mut nonce = *salt;
        for (octet, value) in nonce[2..6].iter_mut().zip(ssrc.to_be_bytes()) {
            *octet ^= value;
        }
        for (octet, value) in nonce[6..12].iter_mut().zip(&index.to_be_bytes()[2..]) {
            *octet ^= value;
        }
        nonce
    }

    /// RTP in place: `packet[..clear]` stays readable, the rest up to `end` is encrypted, the tag follows. The new length.
    pub fn seal_rtp(&self, packet: &mut [u8], clear: usize, end: usize, ssrc: u32, index: u64) -> Option<usize> {
        let sealed = end + self.tag_len();
        let packet = packet.get_mut(..sealed)?;
        match self {
            Self::Counter { cipher, salt, mac, .. } => {
                apply_counter_mode(cipher.as_ref(), counter_iv(salt, ssrc, index), &mut packet[clear..end]);
                let (message, tag) = packet.split_at_mut(end);
                let mac = authenticated(mac, message, &((index >> 16) as u32).to_be_bytes()).finalize().into_bytes();
                tag.copy_from_slice(&mac[..tag.len()]);
            }
            Self::Galois { cipher, salt } => {
                let (header, rest) = packet.split_at_mut(clear);
                let (text, tag) = rest.split_at_mut(end - clear);
                tag.copy_from_slice(&cipher.seal(Self::nonce(salt, ssrc, index), header, text)?);
            }
        }
        Some(sealed)
    }

    /// The way back; the length without the tag.
    ///
    /// # Errors
    /// [`BadTag`]; the packet is unchanged then.
    pub fn open_rtp(&self, packet: &mut [u8], clear: usize, ssrc: u32, index: u64) -> Result<usize, BadTag> {
        let end = packet.len().checked_sub(self.tag_len()).filter(|end| *end >= clear).ok_or(BadTag)?;
        match self {
            Self::Counter { cipher, salt, mac, .. } => {
                let (message, tag) = packet.split_at_mut(end);
                let mac = authenticated(mac, message, &((index >> 16) as u32).to_be_bytes());
                mac.verify_truncated_left(tag).map_err(|_| BadTag)?;
                apply_counter_mode(cipher.as_ref(), counter_iv(salt, ssrc, index), &mut message[clear..]);
            }
            Self::Galois { cipher, salt } => {
                let (header, rest) = packet.split_at_mut(clear);
                let (text, tag) = rest.split_at_mut(end - clear);
                cipher.open(Self::nonce(salt, ssrc, index), header, text, tag)?;
            }
        }
        Ok(end)
    }

    /// RTCP in place: the first eight octets stay readable, `index` has 31 bits. The new length.
    pub fn seal_rtcp(&self, packet: &mut [u8], end: usize, ssrc: u32, index: u32) -> Option<usize> {
        let trailer = (0x8000_0000 | index).to_be_bytes();
        let sealed = end + 4 + self.tag_len();
        let packet = packet.get_mut(..sealed)?;
        match self {
            Self::Counter { cipher, salt, mac, .. } => {
                apply_counter_mode(cipher.as_ref(), counter_iv(salt, ssrc, index.into()), &mut packet[RTCP_CLEAR..end]);
                packet[end..end + 4].copy_from_slice(&trailer);
                let (message, tag) = packet.split_at_mut(end + 4);
                let mac = authenticated(mac, message, &[]).finalize().into_bytes();
                tag.copy_from_slice(&mac[..tag.len()]);
            }
            Self::Galois { cipher, salt } => {
                let associated = rtcp_associated(packet, trailer);
                let (text, rest) = packet[RTCP_CLEAR..].split_at_mut(end - RTCP_CLEAR);
                rest[..16].copy_from_slice(&cipher.seal(Self::nonce(salt, ssrc, index.into()), &associated, text)?);
                rest[16..].copy_from_slice(&trailer);
            }
        }
        Some(sealed)
    }

    /// The index a sealed report carries; `None` when it is too short or not encrypted (which we never negotiate).
    pub fn rtcp_index(&self, packet: &[u8]) -> Option<u32> {
        let behind = match self {
            Self::Counter { tag_len, .. } => *tag_len,
            Self::Galois { .. } => 0,
        };
        if packet.len() < RTCP_CLEAR + 4 + self.tag_len() {
            return None;
        }
        let at = packet.len() - behind - 4;
        let word = u32::from_be_bytes(packet[at..at + 4].try_into().ok()?);
        (word & 0x8000_0000 != 0).then_some(word & 0x7FFF_FFFF)
    }

    /// The way back, with the index from [`Self::rtcp_index`]; the length without the trailer.
    ///
    /// # Errors
    /// [`BadTag`]; the packet is unchanged then.
    pub fn open_rtcp(&self, packet: &mut [u8], ssrc: u32, index: u32) -> Result<usize, BadTag> {
        let end = packet.len().checked_sub(4 + self.tag_len()).filter(|end| *end >= RTCP_CLEAR).ok_or(BadTag)?;
        match self {
            Self::Counter { cipher, salt, mac, .. } => {
                let (message, tag) = packet.split_at_mut(end + 4);
                authenticated(mac, message, &[]).verify_truncated_left(tag).map_err(|_| BadTag)?;
                apply_counter_mode(cipher.as_ref(), counter_iv(salt, ssrc, index.into()), &mut message[RTCP_CLEAR..end]);
            }
            Self::Galois { cipher, salt } => {
                let associated = rtcp_associated(packet, (0x8000_0000 | index).to_be_bytes());
                let (text, rest) = packet[RTCP_CLEAR..].split_at_mut(end - RTCP_CLEAR);
                cipher.open(Self::nonce(salt, ssrc, index.into()), &associated, text, &rest[..16])?;
            }
        }
        Ok(end)
    }
}

/// Octets of a report that are never encrypted: its first header and the sender's SSRC.
pub const RTCP_CLEAR: usize = 8;

fn authenticated(mac: &Hmac<Sha1>, message: &[u8], tail: &[u8]) -> Hmac<Sha1> {
    let mut mac = mac.clone();
    mac.update(message);
    mac.update(tail);
    mac
}

fn rtcp_associated(packet: &[u8], trailer: [u8; 4]) -> [u8; 12] {
    std::array::from_fn(|i| if i < RTCP_CLEAR { packet[i] } else { trailer[i - RTCP_CLEAR] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks_exact(2).map(|d| (d[0] * 16 + d[1]) as u8).collect()
    }

    fn master() -> MasterKey {
        MasterKey::new(Suite::AesCm80, &octets("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6")).unwrap()
    }

    /// RFC 3711 B.2.
    #[test]
    fn counter_mode_makes_the_keystream_of_the_rfc() {
        let cipher = Aes128::new(&std::array::from_fn::<u8, 16, _>(|i| octets("2B7E151628AED2A6ABF7158809CF4F3C")[i]).into());
        let salt = std::array::from_fn(|i| octets("F0F1F2F3F4F5F6F7F8F9FAFBFCFD")[i]);
        let mut stream = [0; 48];
        apply_counter_mode(&cipher, counter_iv(&salt, 0, 0), &mut stream);
        let expected = "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0";
        assert_eq!(stream.as_slice(), octets(expected));
    }

    /// RFC 3711 B.3.
    #[test]
    fn session_keys_are_those_of_the_rfc() {
        let (mut key, mut salt, mut auth) = ([0; 16], [0; 14], [0; 94]);
        derive(&master(), 0, &mut key);
        derive(&master(), 2, &mut salt);
        derive(&master(), 1, &mut auth);
        assert_eq!(key.as_slice(), octets("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(salt.as_slice(), octets("30CBBC08863D8C85D49DB34A9AE1"));
        assert_eq!(auth[..16], octets("CEBE321F6FF7716B6FD4AB49AF256A15"));
        assert_eq!(auth[16..32], octets("6D38BAA48F0A0ACF3C34E2359E6CDBCE"));
    }

    /// The packet that every SRTP library is checked with: the RFC's master key, 80-bit tag.
    #[test]
    fn a_packet_and_a_report_are_sealed_as_everybody_seals_them() {
        let mut packet = octets("800F1234DECAFBADCAFEBABE ABABABABABABABABABABABABABABABAB 00000000000000000000");
        let keys = SessionKeys::rtp(&master());
        assert_eq!(keys.seal_rtp(&mut packet, 12, 28, 0xCAFE_BABE, 0x1234), Some(38));
        let sealed = octets("800F1234DECAFBADCAFEBABE 4E55DC4CE79978D88CA4D215949D2402 B78D6ACC99EA179B8DBB");
        assert_eq!(packet, sealed);
        assert_eq!(keys.open_rtp(&mut packet, 12, 0xCAFE_BABE, 0x1234), Ok(28));
        assert_eq!(packet[12..28], [0xAB; 16]);
        let mut report = octets("81C8000BCAFEBABE ABABABABABABABABABABABABABABABAB 0000000000000000000000000000");
        let keys = SessionKeys::rtcp(&master());
        assert_eq!(keys.seal_rtcp(&mut report, 24, 0xCAFE_BABE, 1), Some(38));
        assert_eq!(report, octets("81C8000BCAFEBABE 7128035BE487B9BDBEF89041F977A5A8 80000001 993E08CD54D6C1230798"));
        assert_eq!(keys.rtcp_index(&report), Some(1));
        assert_eq!(keys.open_rtcp(&mut report, 0xCAFE_BABE, 1), Ok(24));
        assert_eq!(report[8..24], [0xAB; 16]);
    }

    fn galois() -> SessionKeys {
        let key: [u8; 16] = std::array::from_fn(|i| i as u8);
        SessionKeys::Galois { cipher: Galois::Aes128(Box::new(Aes128Gcm::new(&key.into()))), salt: salt() }
    }

    fn salt() -> [u8; 12] {
        std::array::from_fn(|i| octets("517569642070726F2071756F")[i])
    }

    /// RFC 7714 §16.2.1.
    #[test]
    fn galois_mode_of_256_bits_seals_as_in_the_rfc() {
        let key: [u8; 32] = std::array::from_fn(|i| i as u8);
        let keys = SessionKeys::Galois { cipher: Galois::Aes256(Box::new(Aes256Gcm::new(&key.into()))), salt: salt() };
        let mut packet = octets(PLAIN);
        let end = packet.len();
        packet.resize(end + 16, 0);
        assert_eq!(keys.seal_rtp(&mut packet, 12, end, 0x5501_A0B2, 0xF17B), Some(end + 16));
        let sealed = "8040F17B8041F8D35501A0B2 32B1DE78A822FE12EF9F78FA332E33AAB18012389A58E2F3B50B2A0276FFAE0F1BA63799B87B\
                      7AA3DB36DFFFD6B0F9BB7878D7A76C13";
        assert_eq!(packet, octets(sealed));
        assert_eq!(keys.open_rtp(&mut packet, 12, 0x5501_A0B2, 0xF17B), Ok(end));
    }

    const PLAIN: &str = "8040F17B8041F8D35501A0B2 47616C6C696120657374206F6D6E697320646976697361 20696E207061727465732074726573";

    /// RFC 7714 §16.1.1 and §17.1.
    #[test]
    fn galois_mode_seals_as_in_the_rfc() {
        let mut packet = octets(PLAIN);
        let end = packet.len();
        packet.resize(end + 16, 0);
        assert_eq!(galois().seal_rtp(&mut packet, 12, end, 0x5501_A0B2, 0xF17B), Some(end + 16));
        let sealed = "8040F17B8041F8D35501A0B2 F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833\
                      899D7F27BEB16A9152CF765EE4390CCE";
        assert_eq!(packet, octets(sealed));
        assert_eq!(galois().open_rtp(&mut packet, 12, 0x5501_A0B2, 0xF17B), Ok(end));
        assert_eq!(packet[..end], octets(PLAIN));
        let plain = "81C8000D4D617273 4E5450314E545032525450200000042A0000E9304C756E61DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF";
        let mut report = octets(plain);
        let end = report.len();
        report.resize(end + 20, 0);
        assert_eq!(galois().seal_rtcp(&mut report, end, 0x4D61_7273, 0x5D4), Some(end + 20));
        let sealed = "81C8000D4D617273 63E94885DCDAB67CA727D7662F6B7E997FF5C0F76C06F32DC676A5F1730D6FDA4CE09B4686303DED\
                      0BB9275BC84AA45896CF4D2FC5ABF87245D9EADE800005D4";
        assert_eq!(report, octets(sealed));
        assert_eq!(galois().open_rtcp(&mut report, 0x4D61_7273, 0x5D4), Ok(end));
        assert_eq!(report[..end], octets(plain));
    }

    #[test]
    fn keys_are_never_printed_and_only_their_own_length_is_taken() {
        assert_eq!(format!("{:?}", master()), "MasterKey(AES_CM_128_HMAC_SHA1_80)");
        assert!(MasterKey::new(Suite::AesCm80, &[0; 28]).is_none() && MasterKey::new(Suite::AeadAes128Gcm, &[0; 30]).is_none());
        assert!(MasterKey::new(Suite::AeadAes128Gcm, &[0; 28]).is_some() && MasterKey::new(Suite::AesCm32, &[]).is_none());
    }
}
