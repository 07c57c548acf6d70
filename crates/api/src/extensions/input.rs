//! What a person writes of an extension.

use crate::prelude::*;
use crate::trunks::{Faults, is_cidr};
use desk::extension::Wish;
use model::record::Codec;

#[derive(Deserialize, ToSchema)]
pub struct ExtensionInput {
    /// 2–8 digits; stays what it is once the extension exists.
    number: String,
    #[serde(default)]
    name: String,
    #[serde(default = "yes")]
    enabled: bool,
    /// Phones registered at once, 1–10.
    #[serde(default = "three")]
    contacts_max: u32,
    /// IP addresses or CIDR it may register from; empty: any.
    #[serde(default)]
    allowed_from: Vec<String>,
    /// In order of preference; empty: both laws of G.711.
    #[serde(default)]
    codecs: Vec<Codec>,
}

const fn yes() -> bool {
    true
}

const fn three() -> u32 {
    3
}

impl ExtensionInput {
    /// # Errors
    /// 422 with every field that is wrong.
    pub fn into_wish(self) -> Answer<Wish> {
        let mut faults = Faults(Vec::new());
        let (number, name) = (self.number.trim().to_owned(), self.name.trim().to_owned());
        let digits = (2..=8).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        faults.unless(digits, "number", "分机号须为 2–8 位数字", "an extension's number has 2–8 digits");
        faults.unless(name.chars().count() <= 60, "name", "名称不能超过 60 个字", "a name has at most 60 characters");
        let phones = (1..=10).contains(&self.contacts_max);
        faults.unless(phones, "contacts_max", "同时在线话机须为 1–10 部", "1–10 phones at once");
        for (i, from) in self.allowed_from.iter().enumerate().take(100) {
            faults.unless(is_cidr(from), &format!("allowed_from.{i}"), "须为 IP 地址或网段", "an IP address or CIDR");
        }
        faults.unless(self.allowed_from.len() <= 100, "allowed_from", "最多 100 个来源地址", "at most 100 addresses");
        faults.unless(self.codecs.len() <= 10, "codecs", "编码过多", "too many codecs");
        faults.done()?;
        let (enabled, contacts_max) = (self.enabled, self.contacts_max);
        Ok(Wish { number, name, enabled, contacts_max, allowed_from: self.allowed_from, codecs: self.codecs })
    }
}
