//! A customer as this principal may see it.

use crate::mask;
use crate::prelude::*;
use model::record::{Customer, CustomerNumber, ListKind};
use std::collections::{BTreeMap, BTreeSet};

/// A customer with the numbers, the main one first.
#[derive(Serialize, ToSchema)]
pub struct CustomerView {
    #[serde(flatten)]
    pub customer: Customer,
    pub numbers: Vec<CustomerNumber>,
    /// Lists that hold one of the numbers.
    #[schema(value_type = Vec<ListKind>)]
    lists: BTreeSet<ListKind>,
}

impl CustomerView {
    /// # Errors
    /// When the store does not answer.
    pub async fn of(api: &ApiState, who: &Principal, customer: Customer, numbers: Vec<CustomerNumber>) -> Answer<Self> {
        let mut lists = BTreeSet::new();
        for number in &numbers {
            lists.extend(api.store().lists_of(who.tenant(), &number.number, api.now()).await?);
        }
        Ok(Self::shown(who, customer, numbers, lists))
    }

    /// Many at once.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn all(api: &ApiState, who: &Principal, customers: &[Customer]) -> Answer<BTreeMap<model::CustomerId, Self>> {
        let ids: Vec<_> = customers.iter().map(|c| c.id).collect();
        let mut numbers: BTreeMap<_, Vec<CustomerNumber>> = BTreeMap::new();
        for number in api.store().customer_numbers(who.tenant(), &ids).await? {
            numbers.entry(number.customer_id).or_default().push(number);
        }
        let mut views = BTreeMap::new();
        for customer in customers {
            let own = numbers.remove(&customer.id).unwrap_or_default();
            views.insert(customer.id, Self::of(api, who, customer.clone(), own).await?);
        }
        Ok(views)
    }

    fn shown(who: &Principal, mut customer: Customer, mut numbers: Vec<CustomerNumber>, lists: BTreeSet<ListKind>) -> Self {
        if !who.reveals() {
            mask::customer(&mut customer);
            numbers.iter_mut().for_each(|n| n.number = mask::number(&n.number));
        }
        Self { customer, numbers, lists }
    }
}
