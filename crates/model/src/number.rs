//! Phone numbers: normalisation to E.164 and the carrier and region of Chinese numbers.

use serde::{Deserialize, Serialize};

crate::record::codes!(Carrier { Mobile = "mobile", Unicom = "unicom", Telecom = "telecom", Broadnet = "broadnet", Unknown = "unknown" });

/// Where a number belongs (归属地).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// 山东省济南市; empty when not known.
    pub name: String,
    /// IANA zone used for calling hours.
    pub zone: String,
}

/// A number that may be dialled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneNumber {
    /// `+8613800138000`
    pub e164: String,
    /// Digits after `-`, `转` or `ext` (分机), sent as DTMF after the answer; empty when none.
    pub extension: String,
}
