//! Appointments by systems, sheets and agents.

use super::hours::Hours;
use super::{task, text, twice};
use crate::error::Issues;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{Booking, BookingOrigin, Campaign, Medium, Permission};
use model::settings::Settings;
use model::{AgentId, At, CallId, CampaignId, MailAddress, PhoneNumber, Vars};
use serde_json::json;
use store::{Booked, BookingRules, NewBooking, Store};

const MANY_MAX: usize = 1_000;
const SOURCE_CHARS_MAX: usize = 128;
const NAME_CHARS_MAX: usize = 64;
const NOTE_CHARS_MAX: usize = 500;
const VARS_BYTES_MAX: usize = 16 * 1024;

/// One that is asked for.
#[derive(Clone, Debug)]
pub struct Wish {
    pub source_id: Option<String>,
    pub name: String,
    /// As people write it; may be empty for one by mail.
    pub phone: String,
    pub mail: String,
    pub medium: Medium,
    /// None: at once.
    pub due_at: Option<At>,
    pub variables: Vars,
    pub note: String,
    pub made_in: Option<CallId>,
    pub agent: Option<AgentId>,
}

/// What came of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Made {
    New(Booking),
    /// The source had asked for it before.
    Known(Booking),
    /// This person has one over this medium at this time.
    Twice,
    /// The list or rule that says no, as the guard of dialling names it.
    Refused(String),
}

/// All of them, or an error that names every field that is wrong. Whoever is on a list is answered as `Refused` by themself.
///
/// # Errors
/// No right, no such task, one that is over, and what is wrong in the wishes, e.g. `appointments.3.phone`.
pub async fn make(store: &Store, actor: &Actor, id: CampaignId, origin: BookingOrigin, wishes: Vec<Wish>) -> Result<Vec<Made>> {
    actor.require(if origin == BookingOrigin::Agent { Permission::DeskUse } else { Permission::LeadWrite })?;
    let campaign = task(store, actor.tenant, id).await?;
    if wishes.is_empty() || wishes.len() > MANY_MAX {
        let (zh, en) = ("一次 1–1000 个预约", "1–1,000 appointments at once");
        return Err(DeskError::invalid("appointments", "appointments", zh, en));
    }
    let settings = store.settings(actor.tenant).await?;
    let reading = Reading { campaign: &campaign, settings: &settings, origin, now: now(), by: &actor.name };
    let mut issues = Issues::default();
    let mut new = Vec::with_capacity(wishes.len());
    for (i, wish) in wishes.into_iter().enumerate() {
        // An agent fills in one form.
        let at = if origin == BookingOrigin::Agent { String::new() } else { format!("appointments.{i}.") };
        new.extend(reading.read(wish, &at, &mut issues));
    }
    issues.done()?;
    let booked = store.book(&campaign, &new, &BookingRules::default(), reading.now).await?;
    let made: Vec<Made> = booked.into_iter().map(made).collect();
    let fresh: Vec<_> = made.iter().filter_map(|m| if let Made::New(b) = m { Some(b.id) } else { None }).collect();
    let detail = json!({ "appointments": fresh.len(), "first": fresh.first(), "origin": origin });
    audit(store, actor, "appointment.create", &format!("campaign:{id}"), detail).await?;
    Ok(made)
}

fn made(booked: Booked) -> Made {
    match booked {
        Booked::New(booking) => Made::New(booking),
        Booked::Known(booking) => Made::Known(booking),
        // No slot was asked for, so that none can be full.
        Booked::Twice | Booked::Full => Made::Twice,
        Booked::Refused(why) => Made::Refused(why),
    }
}

impl Made {
    /// For one who asked for one.
    ///
    /// # Errors
    /// Why there is none.
    pub fn only(self) -> Result<Booking> {
        match self {
            Self::New(booking) | Self::Known(booking) => Ok(booking),
            Self::Twice => Err(DeskError { field: Some("due_at".into()), ..twice() }),
            Self::Refused(why) => {
                let (zh, en) = match why.as_str() {
                    "no_consent" => {
                        ("这个任务只联系已同意的号码，这个号码还没有登记同意", "this task calls only those who agreed")
                    }
                    "excluded" => ("这个号码已被移出任务，不能预约", "this number was taken out of the task"),
                    _ => ("这个号码在免呼名单或黑名单中，不能预约", "this number is on an exempt or block list"),
                };
                Err(DeskError { field: Some("phone".into()), ..DeskError::conflict("appointment_refused", zh, en) })
            }
        }
    }
}

pub(super) struct Reading<'a> {
    pub campaign: &'a Campaign,
    pub settings: &'a Settings,
    pub origin: BookingOrigin,
    pub now: At,
    pub by: &'a str,
}

impl Reading<'_> {
    /// `at`: what stands before the names of the fields.
    pub fn read(&self, wish: Wish, at: &str, issues: &mut Issues) -> Option<NewBooking> {
        let before = issues.0.len();
        let phone = self.phone(&wish, at, issues);
        let mail = self.mail(&wish, at, issues);
        offered(self.campaign, wish.medium, &format!("{at}medium"), issues);
        lengths(Some(&wish.name), Some(&wish.note), Some(&wish.variables), at, issues);
        let named = wish.source_id.as_ref().is_none_or(|s| !s.trim().is_empty() && s.chars().count() <= SOURCE_CHARS_MAX);
        let (zh, en) = ("来源编号须为 1–128 个字", "an id of the source has 1–128 characters");
        issues.unless(named, &format!("{at}source_id"), zh, en);
        let due_at = wish.due_at.unwrap_or(self.now);
        let hours = Hours { campaign: self.campaign, settings: self.settings };
        if phone.is_some() {
            hours.check(phone.as_deref().unwrap_or(""), due_at, self.now, &format!("{at}due_at"), issues);
        }
        (issues.0.len() == before).then(|| NewBooking {
            source_id: wish.source_id.map(|s| s.trim().to_owned()),
            origin: self.origin,
            medium: wish.medium,
            phone: phone.unwrap_or_default(),
            mail: mail.unwrap_or_default(),
            name: wish.name.trim().to_owned(),
            variables: wish.variables,
            due_at,
            made_in: wish.made_in,
            agent_id: wish.agent,
            note: wish.note.trim().to_owned(),
            created_by: self.by.to_owned(),
        })
    }

    /// Empty where none is needed and none is given.
    fn phone(&self, wish: &Wish, at: &str, issues: &mut Issues) -> Option<String> {
        if wish.phone.trim().is_empty() && wish.medium == Medium::Mail {
            return Some(String::new());
        }
        match PhoneNumber::parse(&wish.phone, "") {
            Ok(number) => Some(number.e164),
            Err(e) => {
                issues.add(format!("{at}phone"), e.zh(), e.to_string());
                None
            }
        }
    }

    fn mail(&self, wish: &Wish, at: &str, issues: &mut Issues) -> Option<String> {
        if wish.mail.trim().is_empty() && wish.medium != Medium::Mail {
            return None;
        }
        match MailAddress::parse(&wish.mail) {
            Ok(address) => Some(address.to_string()),
            Err(e) => {
                issues.add(format!("{at}mail"), e.zh(), e.to_string());
                None
            }
        }
    }
}

/// The medium is one of the task's, and has its text.
pub(crate) fn offered(campaign: &Campaign, medium: Medium, field: &str, issues: &mut Issues) {
    let name = match medium {
        Medium::Phone => ("电话", "phone"),
        Medium::Sms => ("短信", "SMS"),
        Medium::Mail => ("邮件", "mail"),
    };
    if !campaign.booking.offers(medium) {
        issues.add(
            field,
            format!("任务没有开放“{}”方式，请换一种或在任务里打开", name.0),
            format!("the task does not offer {}; choose another medium", name.1),
        );
    }
}

pub(super) fn lengths(name: Option<&str>, note: Option<&str>, variables: Option<&Vars>, at: &str, issues: &mut Issues) {
    let short = |text: Option<&str>, max: usize| text.is_none_or(|t| t.chars().count() <= max);
    issues.unless(short(name, NAME_CHARS_MAX), &format!("{at}name"), "姓名最多 64 个字", "a name has at most 64 characters");
    issues.unless(short(note, NOTE_CHARS_MAX), &format!("{at}note"), "备注最多 500 个字", "a note has at most 500 characters");
    let bytes = variables.map_or(0, |v| serde_json::to_string(v).map_or(usize::MAX, |t| t.len()));
    let (zh, en) = ("变量合计不超过 16 KB", "the variables are larger than 16 KB");
    issues.unless(bytes <= VARS_BYTES_MAX, &format!("{at}variables"), zh, en);
}

/// What goes out of an appointment by message; why it cannot otherwise.
pub(super) fn outgoing(
    campaign: &Campaign,
    booking: &Booking,
    lead: Option<&model::record::Lead>,
) -> Result<store::Outgoing, &'static str> {
    let plan = &campaign.booking;
    let filled = |source: &str| text::fill(source, campaign, booking, lead).trim().to_owned();
    match booking.medium {
        Medium::Phone => Err("phone"),
        Medium::Sms => {
            let text = filled(&plan.sms_text);
            let fits = (1..=1_000).contains(&text.chars().count()) && !booking.phone.is_empty();
            if fits { Ok(store::Outgoing::Sms { text }) } else { Err("text") }
        }
        Medium::Mail => {
            let (subject, text) = (filled(&plan.mail_subject), filled(&plan.mail_text));
            let to = MailAddress::parse(&booking.mail).map_err(|_| "address")?;
            if subject.is_empty() || text.is_empty() { Err("text") } else { Ok(store::Outgoing::Mail { to, subject, text }) }
        }
    }
}
