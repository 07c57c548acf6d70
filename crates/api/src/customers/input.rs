//! What a person writes of a customer.

use crate::mask;
use crate::prelude::*;
use desk::customer::{NumberWish, Wish};
use model::record::{CallerClass, Customer, CustomerNumber};
use model::{AgentId, CallId, CustomerNumberId, Vars};
use std::collections::BTreeSet;

#[derive(Deserialize, ToSchema)]
pub struct CustomerInput {
    name: String,
    #[serde(default)]
    company: String,
    /// `vip`, `important`, `elderly`
    #[serde(default)]
    #[schema(value_type = Vec<CallerClass>)]
    classes: BTreeSet<CallerClass>,
    /// 客户归属: the agent who is asked first.
    #[serde(default)]
    owner_id: Option<AgentId>,
    /// VIP 专席: the seat the customer goes straight to.
    #[serde(default)]
    seat_id: Option<AgentId>,
    /// By the keys of the tenant's customer fields.
    #[serde(default)]
    #[schema(value_type = Object)]
    fields: Vars,
    #[serde(default)]
    note: String,
    #[serde(default)]
    next_contact_at: Option<At>,
    /// At most 20; the first is the main one where none is marked.
    #[serde(default)]
    numbers: Vec<NumberInput>,
    /// For a new one without a number: the call at one's own desk, whose far party it is. So those add a customer who see numbers
    /// masked.
    #[serde(default)]
    call_id: Option<CallId>,
}

#[derive(Deserialize, ToSchema)]
pub struct NumberInput {
    /// Of a number that is there already: whoever sees it masked sends it back as it was shown.
    #[serde(default)]
    id: Option<CustomerNumberId>,
    number: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    main: bool,
}

impl CustomerInput {
    /// The call whose far party is meant, where no number is written.
    pub fn of_call(&self) -> Option<CallId> {
        self.call_id.filter(|_| self.numbers.is_empty())
    }

    pub fn into_wish(self) -> Wish {
        let number = |n: NumberInput| NumberWish { id: n.id, number: n.number, label: n.label, main: n.main };
        Wish {
            name: self.name,
            company: self.company,
            classes: self.classes,
            owner_id: self.owner_id,
            seat_id: self.seat_id,
            fields: self.fields,
            note: self.note,
            next_contact_at: self.next_contact_at,
            numbers: self.numbers.into_iter().map(number).collect(),
        }
    }
}

/// What came back as it was shown masked is what it was.
pub fn unmask(wish: &mut Wish, before: &Customer, numbers: &[CustomerNumber]) {
    let mut shown = before.clone();
    mask::customer(&mut shown);
    for (key, value) in &mut wish.fields {
        if let (Some(masked), Some(whole)) = (shown.fields.get(key), before.fields.get(key))
            && masked == value
        {
            *value = whole.clone();
        }
    }
    if wish.note == shown.note {
        wish.note.clone_from(&before.note);
    }
    for number in &mut wish.numbers {
        let known = numbers.iter().find(|known| Some(known.id) == number.id);
        if let Some(known) = known.filter(|known| mask::number(&known.number) == number.number) {
            number.number.clone_from(&known.number);
        }
    }
}
