//! The filter of customers, for the list and for the export alike.

use crate::filter;
use crate::prelude::*;
use model::record::CallerClass;
use model::{AgentId, PhoneNumber};
use store::CustomerFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// Part of the name, the company or a number.
    q: Option<String>,
    owner_id: Option<AgentId>,
    #[param(inline)]
    class: Option<CallerClass>,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
    /// Of the file, for the export.
    #[serde(default)]
    #[param(inline)]
    pub format: crate::download::FileFormat,
}

impl CustomerQuery {
    /// A whole number is looked up as it is, whichever way it was written.
    ///
    /// # Errors
    /// Part of a number without the right to see numbers.
    pub fn filter(&self, who: &Principal) -> Answer<CustomerFilter> {
        let text = filter::search(self.q.as_deref(), who, "q")?;
        let whole = text.chars().filter(char::is_ascii_digit).count() >= 11;
        let number = PhoneNumber::parse(&text, "").ok().filter(|_| whole).map(|n| n.e164);
        let text = if number.is_some() { String::new() } else { text };
        Ok(CustomerFilter { text, number, owner_id: self.owner_id, class: self.class })
    }
}
