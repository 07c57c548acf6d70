//! Phone numbers: normalisation to E.164 and the carrier and region of Chinese numbers.

mod error;
mod parse;
mod table;
#[cfg(test)]
mod tests;

pub use error::NumberError;

use serde::{Deserialize, Serialize};
use std::fmt;

crate::record::codes!(Carrier { Mobile = "mobile", Unicom = "unicom", Telecom = "telecom", Broadnet = "broadnet", Unknown = "unknown" });

/// A number that may be dialled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneNumber {
    /// `+8613800138000`
    pub e164: String,
    /// Digits after `-`, `转` or `ext` (分机), sent as DTMF after the answer; empty when none.
    pub extension: String,
}

impl PhoneNumber {
    /// Reads what people and spreadsheets write. `default_area` is the area code of numbers written without one, `0531`;
    /// empty: such numbers are refused.
    ///
    /// # Errors
    /// Why the number may not be dialled, and the way out.
    pub fn parse(raw: &str, default_area: &str) -> Result<Self, NumberError> {
        parse::parse(raw, default_area)
    }

    pub fn region(&self) -> &'static str {
        region_name(&self.e164)
    }

    pub fn carrier(&self) -> Carrier {
        carrier_of(&self.e164)
    }

    /// As it is dialled inside China: `13800138000`, `01088886666`; other countries with `00`.
    pub fn national(&self) -> String {
        national(&self.e164)
    }
}

/// `+8613800138000`, `+861088886666转801`; reads back as the same number.
impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.e164)?;
        if self.extension.is_empty() { Ok(()) } else { write!(f, "转{}", self.extension) }
    }
}

/// 归属地 of an E.164 number; empty when not known or not Chinese.
pub fn region_name(e164: &str) -> &'static str {
    e164.strip_prefix("+86").map_or("", table::region)
}

/// All of China keeps Beijing time.
pub const HOME_ZONE: &str = "Asia/Shanghai";

/// IANA zone; a country with several is read by the number's prefix where that tells. Unknown: at home. A tenant's own hours
/// of a region (`region_zones`) go before it.
pub fn zone_of(e164: &str) -> &'static str {
    zone_known(e164).unwrap_or(HOME_ZONE)
}

/// None: a number of another country, and nothing tells which.
pub fn zone_known(e164: &str) -> Option<&'static str> {
    match e164.strip_prefix('+') {
        Some(foreign) if !foreign.starts_with("86") => table::zone(foreign),
        _ => Some(HOME_ZONE),
    }
}

/// The network a Chinese mobile number was given out by. Numbers carried to another network keep their old carrier here.
pub fn carrier_of(e164: &str) -> Carrier {
    e164.strip_prefix("+86").map_or(Carrier::Unknown, table::carrier)
}

/// As it is dialled inside China.
pub fn national(e164: &str) -> String {
    match e164.strip_prefix("+86") {
        Some(n) if n.starts_with("400") || n.starts_with("800") || (n.len() == 11 && n.starts_with('1')) => n.into(),
        Some(n) => format!("0{n}"),
        // What is not E.164 (a service number, an anonymous caller) is dialled and shown as it is.
        None => e164.strip_prefix('+').map_or_else(|| e164.into(), |foreign| format!("00{foreign}")),
    }
}
