//! Where extensions can be reached: the location store of the registrar. Tables and rules, nothing sent.

use crate::sip::port::Target;
use model::ExtensionId;
use model::record::Registration;
use std::collections::BTreeMap;
use std::time::Instant;

/// One registered phone.
#[derive(Clone, Debug)]
pub struct Phone {
    pub serial: u64,
    pub record: Registration,
    /// Where its requests are sent: the connection it registered by, or its address behind NAT.
    pub target: Target,
    pub expires: Instant,
    pub ping_call: String,
    pub ping_number: u32,
    pub misses: u32,
}

/// Extensions and their phones, those heard of longest ago first.
#[derive(Debug, Default)]
pub struct Phones {
    table: BTreeMap<ExtensionId, Vec<Phone>>,
    serial: u64,
}

/// One contact of a REGISTER.
#[derive(Clone, Debug)]
pub struct Wish {
    pub record: Registration,
    pub target: Target,
    /// `None`: take it away.
    pub expires: Option<Instant>,
}

/// An older or repeated REGISTER of the same phone (RFC 3261 §10.3 step 7).
#[derive(Debug, PartialEq, Eq)]
pub struct OutOfOrder;

impl Phones {
    pub fn of(&self, extension: ExtensionId) -> &[Phone] {
        self.table.get(&extension).map_or(&[], Vec::as_slice)
    }

    pub fn all(&self) -> impl Iterator<Item = &Phone> {
        self.table.values().flatten()
    }

    pub fn by_serial(&mut self, extension: ExtensionId, serial: u64) -> Option<&mut Phone> {
        self.table.get_mut(&extension)?.iter_mut().find(|p| p.serial == serial)
    }

    /// Takes the contacts of one REGISTER together or not at all. Gives the serials of phones that are new or were heard of
    /// again.
    pub fn take(&mut self, extension: ExtensionId, wishes: Vec<Wish>, phones_max: usize) -> Result<Vec<u64>, OutOfOrder> {
        let known = self.table.entry(extension).or_default();
        let stale = |w: &Wish| {
            let same = known.iter().find(|p| same_phone(&p.record, &w.record));
            same.is_some_and(|p| p.record.call_id == w.record.call_id && w.record.cseq <= p.record.cseq)
        };
        if wishes.iter().any(stale) {
            return Err(OutOfOrder);
        }
        let mut heard = Vec::new();
        for wish in wishes {
            let before = known.iter().position(|p| same_phone(&p.record, &wish.record)).map(|at| known.remove(at));
            let Some(expires) = wish.expires else { continue };
            let mut record = wish.record;
            let mut phone = match before {
                Some(old) => {
                    if old.target == wish.target {
                        record.since = old.record.since;
                        record.latency_ms = old.record.latency_ms;
                    }
                    old
                }
                None => {
                    self.serial += 1;
                    Phone {
                        serial: self.serial,
                        record: record.clone(),
                        target: wish.target,
                        expires,
                        ping_call: super::dialog::token(20),
                        ping_number: 0,
                        misses: 0,
                    }
                }
            };
            (phone.record, phone.target, phone.expires, phone.misses) = (record, wish.target, expires, 0);
            heard.push(phone.serial);
            known.push(phone);
        }
        while known.len() > phones_max.max(1) {
            known.remove(0);
        }
        if known.is_empty() {
            self.table.remove(&extension);
        }
        Ok(heard)
    }

    /// Forgets phones; gives the extensions that lost one.
    pub fn drop_where(&mut self, mut gone: impl FnMut(&Phone) -> bool) -> Vec<ExtensionId> {
        let mut changed = Vec::new();
        for (extension, phones) in &mut self.table {
            let before = phones.len();
            phones.retain(|p| !gone(p));
            if phones.len() != before {
                changed.push(*extension);
            }
        }
        self.table.retain(|_, phones| !phones.is_empty());
        changed
    }
}

/// The same device: the same instance (RFC 5626), or the same Contact.
fn same_phone(a: &Registration, b: &Registration) -> bool {
    match (&a.instance, &b.instance) {
        (Some(a), Some(b)) => a == b,
        _ => a.contact == b.contact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::wire::Wire;
    use model::At;
    use std::time::Duration;

    const E: ExtensionId = ExtensionId(1);

    fn wish(contact: &str, instance: Option<&str>, cseq: u32, keep: bool) -> Wish {
        let record = Registration {
            extension_id: E,
            contact: contact.into(),
            transport: "udp".into(),
            address: String::new(),
            path: Vec::new(),
            q: 1_000,
            call_id: "call".into(),
            cseq,
            user_agent: String::new(),
            since: At(i64::from(cseq)),
            expires_at: At(0),
            latency_ms: None,
            reachable: true,
            behind_nat: false,
            instance: instance.map(str::to_owned),
        };
        let target = Target::of_source(([127, 0, 0, 1], 5060).into(), Wire::Udp);
        Wish { record, target, expires: keep.then(|| Instant::now() + Duration::from_secs(60)) }
    }

    fn contacts(phones: &Phones) -> Vec<&str> {
        phones.of(E).iter().map(|p| p.record.contact.as_str()).collect()
    }

    #[test]
    fn phones_come_go_and_replace_themselves() {
        let mut phones = Phones::default();
        let first = phones.take(E, vec![wish("sip:a", None, 1, true)], 3).unwrap();
        phones.take(E, vec![wish("sip:b", Some("urn:1"), 1, true)], 3).unwrap();
        assert_eq!(phones.take(E, vec![wish("sip:a", None, 2, true)], 3).unwrap(), first, "a refresh is the same phone");
        assert_eq!(phones.of(E)[1].record.since, At(1), "and is here since its first word");
        phones.take(E, vec![wish("sip:b2", Some("urn:1"), 2, true)], 3).unwrap();
        assert_eq!(contacts(&phones), ["sip:a", "sip:b2"], "an instance moves");
        phones.take(E, vec![wish("sip:a", None, 3, false)], 3).unwrap();
        assert_eq!(contacts(&phones), ["sip:b2"]);
        phones.take(E, vec![wish("sip:b2", Some("urn:1"), 3, false)], 3).unwrap();
        assert!(phones.of(E).is_empty() && phones.table.is_empty());
    }

    #[test]
    fn an_old_word_changes_nothing_at_all() {
        let mut phones = Phones::default();
        phones.take(E, vec![wish("sip:a", None, 5, true)], 3).unwrap();
        let mixed = vec![wish("sip:new", None, 5, true), wish("sip:a", None, 5, false)];
        assert_eq!(phones.take(E, mixed, 3), Err(OutOfOrder));
        assert_eq!(contacts(&phones), ["sip:a"]);
    }

    #[test]
    fn one_too_many_replaces_the_quietest() {
        let mut phones = Phones::default();
        for (n, c) in ["sip:a", "sip:b"].into_iter().enumerate() {
            phones.take(E, vec![wish(c, None, n as u32 + 1, true)], 2).unwrap();
        }
        phones.take(E, vec![wish("sip:a", None, 7, true)], 2).unwrap();
        phones.take(E, vec![wish("sip:c", None, 8, true)], 2).unwrap();
        assert_eq!(contacts(&phones), ["sip:a", "sip:c"]);
        assert_eq!(phones.drop_where(|p| p.record.contact == "sip:a"), [E]);
        assert_eq!(contacts(&phones), ["sip:c"]);
    }
}
