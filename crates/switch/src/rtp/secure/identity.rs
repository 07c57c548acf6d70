//! The certificate of this process for DTLS, and the fingerprints by which both ends know each other (RFC 8122).

use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::fmt::Write as _;

/// A certificate's hash, as it stands in `a=fingerprint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    hash: Hash,
    value: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Fingerprint {
    /// Reads `sha-256 AB:CD:…`. `None` for what is malformed or hashed too weakly to trust (MD5, SHA-1).
    pub fn parse(text: &str) -> Option<Self> {
        let (name, digits) = text.trim().split_once(char::is_whitespace)?;
        let (hash, len) = match name.to_ascii_lowercase().as_str() {
            "sha-256" => (Hash::Sha256, 32),
            "sha-384" => (Hash::Sha384, 48),
            "sha-512" => (Hash::Sha512, 64),
            _ => return None,
        };
        let octet = |pair: &str| (pair.len() == 2).then(|| u8::from_str_radix(pair, 16).ok()).flatten();
        let value: Vec<u8> = digits.trim().split(':').take(len + 1).map(octet).collect::<Option<_>>()?;
        (value.len() == len).then_some(Self { hash, value })
    }

    /// Of a certificate in DER, by SHA-256.
    pub fn of(certificate: &[u8]) -> Self {
        Self { hash: Hash::Sha256, value: Sha256::digest(certificate).to_vec() }
    }

    /// Whether this is the certificate it was made from.
    pub fn fits(&self, certificate: &[u8]) -> bool {
        match self.hash {
            Hash::Sha256 => self.value == Sha256::digest(certificate).as_slice(),
            Hash::Sha384 => self.value == Sha384::digest(certificate).as_slice(),
            Hash::Sha512 => self.value == Sha512::digest(certificate).as_slice(),
        }
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.hash {
            Hash::Sha256 => "sha-256 ",
            Hash::Sha384 => "sha-384 ",
            Hash::Sha512 => "sha-512 ",
        })?;
        for (i, octet) in self.value.iter().enumerate() {
            if i > 0 {
                f.write_char(':')?;
            }
            write!(f, "{octet:02X}")?;
        }
        Ok(())
    }
}

/// One certificate for all legs: making one costs milliseconds, and nobody learns more from it than that we are we.
#[derive(Clone)]
pub struct Identity {
    pub certificate: dimpl::DtlsCertificate,
    pub fingerprint: Fingerprint,
}

impl Identity {
    /// A fresh self-signed certificate on P-256, the curve that every DTLS-SRTP end must know (RFC 8827 §6.5).
    ///
    /// # Errors
    /// The random source of the system fails.
    pub fn generate() -> Result<Self, rcgen::Error> {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, "fengling");
        let certificate = params.self_signed(&key)?.der().to_vec();
        let fingerprint = Fingerprint::of(&certificate);
        Ok(Self { certificate: dimpl::DtlsCertificate { certificate, private_key: key.serialize_der() }, fingerprint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_survives_writing_and_reading_and_fits_its_certificate_only() {
        let identity = Identity::generate().unwrap();
        let text = identity.fingerprint.to_string();
        assert_eq!(text.len(), "sha-256 ".len() + 95);
        let read = Fingerprint::parse(&text.replacen("sha-256", "SHA-256", 1)).unwrap();
        assert_eq!(read, identity.fingerprint);
        assert!(read.fits(&identity.certificate.certificate) && !read.fits(b"another"));
        let long = Fingerprint { hash: Hash::Sha512, value: Sha512::digest(b"certificate").to_vec() };
        assert!(Fingerprint::parse(&long.to_string()).unwrap().fits(b"certificate"));
    }

    #[test]
    fn weak_and_malformed_fingerprints_are_not_taken() {
        let sha1 = format!("sha-1 {}", ["AB"; 20].join(":"));
        let (short, long) = (format!("sha-256 {}", ["AB"; 31].join(":")), format!("sha-256 {}", ["AB"; 33].join(":")));
        let odd = format!("sha-256 {}", ["ABC"; 32].join(":"));
        for text in [sha1.as_str(), &short, &long, &odd, "sha-256", "", "sha-256 GG:GG"] {
            assert!(Fingerprint::parse(text).is_none(), "{text}");
        }
    }
}
