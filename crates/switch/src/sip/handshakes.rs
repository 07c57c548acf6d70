//! TLS handshakes under way: they cost the most before anybody is known, and whoever never finishes one holds its place for
//! seconds. One address has few places, and those we know have places that strangers cannot take.

use super::guard::source_of;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Handshakes at once of all strangers, and as many of all addresses we know.
const AT_ONCE_MAX: usize = 64;
/// Of one stranger's address.
const STRANGER_MAX: usize = 8;
/// Of one address we know: a house full of phones, or a trunk.
const KNOWN_MAX: usize = 32;

#[derive(Debug, Default)]
struct Places {
    all: usize,
    by_ip: HashMap<IpAddr, usize>,
}

#[derive(Debug, Default)]
pub struct Handshakes {
    strangers: Mutex<Places>,
    known: Mutex<Places>,
}

/// A place, given back when dropped.
#[derive(Debug)]
pub struct Turn {
    of: Arc<Handshakes>,
    ip: IpAddr,
    known: bool,
}

impl Handshakes {
    fn places(&self, known: bool) -> &Mutex<Places> {
        if known { &self.known } else { &self.strangers }
    }

    /// `None` when there is no place for this address.
    pub fn begin(self: &Arc<Self>, ip: IpAddr, known: bool) -> Option<Turn> {
        let ip = source_of(ip);
        let mut places = self.places(known).lock();
        let held = places.by_ip.get(&ip).copied().unwrap_or(0);
        if places.all >= AT_ONCE_MAX || held >= if known { KNOWN_MAX } else { STRANGER_MAX } {
            return None;
        }
        places.all += 1;
        places.by_ip.insert(ip, held + 1);
        Some(Turn { of: self.clone(), ip, known })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut places = self.of.places(self.known).lock();
        places.all -= 1;
        if let Some(held) = places.by_ip.get_mut(&self.ip) {
            *held -= 1;
            if *held == 0 {
                places.by_ip.remove(&self.ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(n: u8) -> IpAddr {
        IpAddr::from([198, 51, 100, n])
    }

    #[test]
    fn no_address_takes_all_places_and_strangers_take_none_of_the_known() {
        let handshakes = Arc::new(Handshakes::default());
        let mut held: Vec<Turn> = (0..100).filter_map(|_| handshakes.begin(ip(1), false)).collect();
        assert_eq!(held.len(), STRANGER_MAX);
        held.extend((2..100).flat_map(|n| (0..100).filter_map(|_| handshakes.begin(ip(n), false)).collect::<Vec<_>>()));
        assert_eq!(held.len(), AT_ONCE_MAX);
        let known: Vec<Turn> = (0..100).filter_map(|_| handshakes.begin(ip(200), true)).collect();
        assert_eq!(known.len(), KNOWN_MAX);
        drop((held, known));
        assert!(handshakes.strangers.lock().by_ip.is_empty() && handshakes.known.lock().by_ip.is_empty());
        assert!(handshakes.begin(ip(1), false).is_some());
    }
}
