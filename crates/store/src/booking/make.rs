//! An appointment is made: with its lead, its consent and its event in one transaction.

use super::{TAKES_A_PLACE, tell};
use crate::consent::{self, NewConsent};
use crate::db::{Insert, Runs as _, Sql, Tx};
use crate::lead::{fresh, list_of};
use crate::row::cells;
use crate::{NewLead, Result, Store, dial};
use model::record::{
    Booking, BookingOrigin, BookingState, Campaign, ConsentAction, ConsentSource, DialFacts, Lead, LeadList, LeadState, Medium,
    Purpose,
};
use model::{AgentId, At, BookingId, CallId, ConsentId, Vars};

#[derive(Clone, Debug)]
pub struct NewBooking {
    pub source_id: Option<String>,
    pub origin: BookingOrigin,
    pub medium: Medium,
    /// E.164, or empty.
    pub phone: String,
    pub mail: String,
    pub name: String,
    pub variables: Vars,
    pub due_at: At,
    pub made_in: Option<CallId>,
    pub agent_id: Option<AgentId>,
    pub note: String,
    pub created_by: String,
}

/// What is asked of those that are made together.
#[derive(Clone, Debug, Default)]
pub struct BookingRules {
    /// From and until: no more than the task's capacity in this stretch of time.
    pub slot: Option<(At, At)>,
    /// Whoever may not be called is taken down all the same, as `refused`: a stranger shall not learn who is on our lists.
    pub quietly: bool,
    /// The words that the customer agreed to.
    pub consent: Option<String>,
    /// The hash of what calls it off again.
    pub reference: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Booked {
    New(Booking),
    /// The source had asked for it before.
    Known(Booking),
    /// There is one for the same person over the same medium at the same time.
    Twice,
    /// Nothing is free at this time any more.
    Full,
    /// The list or the rule that says no.
    Refused(String),
}

impl Store {
    /// In order, all in one transaction.
    pub async fn book(&self, campaign: &Campaign, all: &[NewBooking], rules: &BookingRules, now: At) -> Result<Vec<Booked>> {
        let own: NewLead = lead_of(&NewBooking::of_nobody(now));
        let lists = self.lists_of_new(campaign.tenant_id, campaign.id, std::slice::from_ref(&own), now).await?;
        let mut tx = self.begin().await?;
        if rules.slot.is_some() {
            // Two who ask for the last place ask one after the other.
            let sql = format!("SELECT id FROM campaigns WHERE id = ?{}", tx.engine().for_update());
            tx.row(Sql::new(sql, cells![campaign.id])).await?;
        }
        let mut making = Making { campaign, lists: &lists, rules, now };
        let mut booked = Vec::with_capacity(all.len());
        for new in all {
            booked.push(Box::pin(making.one(self, &mut tx, new)).await?);
        }
        tx.commit().await?;
        Ok(booked)
    }
}

impl NewBooking {
    fn of_nobody(now: At) -> Self {
        Self {
            source_id: None,
            origin: BookingOrigin::Api,
            medium: Medium::Phone,
            phone: String::new(),
            mail: String::new(),
            name: String::new(),
            variables: Vars::new(),
            due_at: now,
            made_in: None,
            agent_id: None,
            note: String::new(),
            created_by: String::new(),
        }
    }
}

struct Making<'a> {
    campaign: &'a Campaign,
    lists: &'a [LeadList],
    rules: &'a BookingRules,
    now: At,
}

impl Making<'_> {
    async fn one(&mut self, store: &Store, tx: &mut Tx, new: &NewBooking) -> Result<Booked> {
        let campaign = self.campaign;
        if let Some(source) = &new.source_id {
            let known: Option<Booking> =
                tx.one(Sql::new("WHERE campaign_id = ? AND source_id = ?", cells![campaign.id, source.clone()])).await?;
            if let Some(known) = known {
                return Ok(Booked::Known(known));
            }
        }
        if self.is_full(tx).await? {
            return Ok(Booked::Full);
        }
        let mut why = match new.phone.is_empty() {
            true => None,
            false => {
                let facts = dial::listed(tx, campaign.tenant_id, campaign.id, &new.phone, self.now).await?;
                said_no(campaign, &facts, self.rules.consent.is_some())
            }
        };
        let mut lead = None;
        if why.is_none() && !new.phone.is_empty() {
            let stored = self.lead(store, tx, new).await?;
            why = (stored.state == LeadState::Excluded).then_some("excluded");
            lead = Some(stored.id);
        }
        if let (Some(why), false) = (why, self.rules.quietly) {
            return Ok(Booked::Refused(why.to_owned()));
        }
        if self.rules.quietly && self.is_there(tx, new).await? {
            return Ok(Booked::Twice);
        }
        let booking = Booking { lead_id: lead, ..self.record(store.new_id(self.now), new, why) };
        let insert = Insert::of(&booking).with("reference", &self.rules.reference);
        if tx.row(insert.tail("ON CONFLICT DO NOTHING RETURNING id").sql()).await?.is_none() {
            return Ok(Booked::Twice);
        }
        if why.is_none() {
            self.agreed(store, tx, &booking).await?;
            ahead(tx, &booking).await?;
        }
        tell(tx, &booking, self.now);
        Ok(Booked::New(booking))
    }

    /// One that was refused is there as well as any other, since its maker was told so.
    async fn is_there(&self, tx: &Tx, new: &NewBooking) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM bookings WHERE campaign_id = ? AND phone = ? AND mail = ? AND medium = ? AND due_at = ? \
                   AND state IN ('waiting', 'refused')";
        let values = cells![self.campaign.id, new.phone, new.mail, new.medium, new.due_at];
        Ok(tx.cell::<i64>(Sql::new(sql, values)).await?.is_some_and(|n| n > 0))
    }

    async fn is_full(&self, tx: &Tx) -> Result<bool> {
        let Some((from, until)) = self.rules.slot else { return Ok(false) };
        let sql =
            format!("SELECT COUNT(*) FROM bookings WHERE campaign_id = ? AND due_at >= ? AND due_at < ? AND {TAKES_A_PLACE}");
        let taken = tx.cell::<i64>(Sql::new(sql, cells![self.campaign.id, from, until])).await?.unwrap_or(0);
        Ok(taken >= i64::from(self.campaign.booking.slot_capacity))
    }

    /// The one with this number, or a new one.
    async fn lead(&self, store: &Store, tx: &Tx, new: &NewBooking) -> Result<Lead> {
        let draft = lead_of(new);
        let lead = fresh(store.new_id(self.now), list_of(self.lists, self.campaign.id, &draft)?, draft, self.now);
        tx.exec(Insert::of(&lead).tail("ON CONFLICT DO NOTHING").sql()).await?;
        let sql = format!("WHERE campaign_id = ? AND phone = ?{}", tx.engine().for_update());
        let stored: Option<Lead> = tx.one(Sql::new(sql, cells![self.campaign.id, new.phone.clone()])).await?;
        let stored = stored.unwrap_or(lead);
        if stored.name.is_empty() && !new.name.is_empty() {
            tx.exec(Sql::new("UPDATE leads SET name = ? WHERE id = ?", cells![new.name, stored.id])).await?;
        }
        Ok(stored)
    }

    fn record(&self, id: BookingId, new: &NewBooking, why: Option<&str>) -> Booking {
        Booking {
            id,
            tenant_id: self.campaign.tenant_id,
            campaign_id: self.campaign.id,
            lead_id: None,
            source_id: new.source_id.clone(),
            origin: new.origin,
            medium: new.medium,
            phone: new.phone.clone(),
            mail: new.mail.clone(),
            name: new.name.clone(),
            variables: new.variables.clone(),
            due_at: new.due_at,
            late_at: self.campaign.booking.late_after(new.due_at),
            next_at: new.due_at,
            state: if why.is_some() { BookingState::Refused } else { BookingState::Waiting },
            why: why.map(str::to_owned),
            result: None,
            tries: 0,
            begun_at: None,
            call_id: None,
            sms_id: None,
            mail_id: None,
            made_in: new.made_in,
            agent_id: new.agent_id,
            note: new.note.clone(),
            created_by: new.created_by.clone(),
            created_at: self.now,
            done_at: why.is_some().then_some(self.now),
        }
    }

    /// Kept with the words, for this task alone: whoever fills in a form has not shown that the number is theirs.
    async fn agreed(&self, store: &Store, tx: &Tx, booking: &Booking) -> Result<()> {
        let Some(words) = self.rules.consent.as_ref().filter(|_| !booking.phone.is_empty()) else { return Ok(()) };
        let new = NewConsent {
            tenant: booking.tenant_id,
            phone: booking.phone.clone(),
            action: ConsentAction::Given,
            campaign: Some(booking.campaign_id),
            source: ConsentSource::Web,
            evidence: format!("appointment:{}", booking.id),
            words: words.clone(),
            by: booking.created_by.clone(),
        };
        consent::note(tx, ConsentId(store.new_id(self.now)), &new, self.now).await.map(|_| ())
    }
}

/// The lead waits for the first of its appointments.
async fn ahead(tx: &Tx, booking: &Booking) -> Result<()> {
    let Some(lead) = booking.lead_id else { return Ok(()) };
    let sql = "UPDATE leads SET state = 'ready', expires_at = NULL, next_at = (SELECT MIN(due_at) FROM bookings \
               WHERE lead_id = ? AND state = 'waiting') WHERE id = ? AND state IN ('ready', 'done', 'exhausted', 'expired')";
    tx.exec(Sql::new(sql, cells![lead, lead])).await.map(|_| ())
}

/// As the guard of dialling says it, by its codes.
pub(super) fn said_no(campaign: &Campaign, facts: &DialFacts, consents: bool) -> Option<&'static str> {
    let sells = matches!(campaign.purpose, Purpose::Marketing | Purpose::Collection);
    let rules = [
        (facts.blocked, "blocked"),
        (facts.blocked_everywhere, "blocked_everywhere"),
        (facts.exempt && sells, "exempt"),
        (facts.exempt_everywhere && sells, "exempt_everywhere"),
        (facts.exempt_here, "exempt_here"),
        (campaign.dial_rules.consent_required && !facts.consent && !consents, "no_consent"),
    ];
    rules.into_iter().find(|(no, _)| *no).map(|(_, code)| code)
}

fn lead_of(new: &NewBooking) -> NewLead {
    NewLead {
        list_id: None,
        source_id: None,
        phone: new.phone.clone(),
        phone_raw: new.phone.clone(),
        phones: Vec::new(),
        name: new.name.clone(),
        region: model::number::region_name(&new.phone).into(),
        carrier: model::number::carrier_of(&new.phone),
        variables: Vars::new(),
        priority: 0,
        import_id: None,
        next_at: Some(new.due_at),
        expires_at: None,
        agent_id: None,
    }
}
