//! 网上预约: the page that customers open without signing in. What it answers tells nobody whether a number is on a list.

use super::hours::Hours;
use super::make::{Reading, Wish, lengths};
use super::task;
use crate::access::{hash_of, network_of, random_secret};
use crate::error::Issues;
use crate::{Actor, DeskError, Kind, Result, audit, now};
use model::record::{BookingOrigin, BookingState, Campaign, FieldKind, Medium, Slot};
use model::{At, CampaignId, Vars};
use serde_json::{Value, json};
use store::{Booked, BookingRules, LoginLimit, LoginTurn, Store};

const FORGET_MS: i64 = 3_600_000;
/// Forms from one address in an hour before the pauses begin.
const FREE_FORMS: u32 = 20;
const WAIT_S_MAX: u32 = 3_600;
/// Of one number in a day: nobody books for a stranger a hundred times.
const PER_NUMBER_MAX: u32 = 5;
const DAY_MS: i64 = 86_400_000;
const VALUE_CHARS_MAX: usize = 200;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct BookingPage {
    pub title: String,
    pub text: String,
    pub media: Vec<Medium>,
    pub slots: Vec<Slot>,
    pub name_required: bool,
    pub fields: Vec<PageField>,
    pub consent_text: String,
}

#[derive(Clone, Debug)]
pub struct PageField {
    pub key: String,
    pub label: String,
    pub kind: FieldKind,
    pub required: bool,
}

/// What a customer filled in.
#[derive(Clone, Debug)]
pub struct Form {
    pub name: String,
    pub phone: String,
    pub mail: String,
    pub medium: Medium,
    /// The beginning of one of the page's slots.
    pub slot: At,
    pub fields: Vars,
    pub consent: bool,
    /// People do not see this field: whoever fills it in is none.
    pub trap: String,
}

/// # Errors
/// 404 where the link leads nowhere, is switched off, or the task takes no appointments.
pub async fn page(store: &Store, token: &str) -> Result<BookingPage> {
    let campaign = of_token(store, token).await?;
    let form = &campaign.booking.form;
    let slots = super::slots(store, &campaign, None).await?;
    Ok(BookingPage {
        title: form.title.clone(),
        text: form.text.clone(),
        media: campaign.booking.media.clone(),
        slots,
        name_required: form.name_required,
        fields: fields(&campaign),
        consent_text: form.consent_text.clone(),
    })
}

fn fields(campaign: &Campaign) -> Vec<PageField> {
    let asked = campaign.booking.form.fields.iter();
    asked
        .filter_map(|f| campaign.fields.iter().find(|known| known.key == f.key).map(|known| (f, known)))
        .map(|(asked, known)| PageField {
            key: known.key.clone(),
            label: known.label.clone(),
            kind: known.kind,
            required: asked.required,
        })
        .collect()
}

/// What the customer is given.
#[derive(Clone, Debug)]
pub struct BookedSlot {
    pub campaign: CampaignId,
    /// Calls it off again.
    pub reference: String,
}

/// Answers the reference that calls it off again.
///
/// # Errors
/// 404 as [`page`]; 429 after too many; what is wrong in the form; 409 when the slot is taken.
pub async fn book_by_form(store: &Store, token: &str, form: Form, remote_ip: &str) -> Result<BookedSlot> {
    let campaign = of_token(store, token).await?;
    throttle(store, &campaign, remote_ip).await?;
    let booked = BookedSlot { campaign: campaign.id, reference: random_secret() };
    if !form.trap.is_empty() {
        // A machine is told that all went well.
        return Ok(booked);
    }
    let settings = store.settings(campaign.tenant_id).await?;
    let at = now();
    let hours = Hours { campaign: &campaign, settings: &settings };
    let mut issues = Issues::default();
    let variables = answers(&campaign, &form, &mut issues);
    // Numbers of some regions keep other hours: a slot of the page may be closed for them.
    let slot = hours.slot_of(form.slot, "").filter(|(from, _)| *from == form.slot && form.slot > at);
    let near = form.slot.since_ms(at) <= i64::from(campaign.booking.form.days_ahead) * DAY_MS;
    issues.unless(slot.is_some() && near, "slot", "这个时段不能预约，请另选一个", "this slot cannot be booked; choose another");
    let wish = Wish {
        source_id: None,
        name: form.name,
        phone: form.phone,
        mail: form.mail,
        medium: form.medium,
        due_at: Some(form.slot),
        variables,
        note: String::new(),
        made_in: None,
        agent: None,
    };
    let reading = Reading { campaign: &campaign, settings: &settings, origin: BookingOrigin::Web, now: at, by: "web" };
    let new = reading.read(wish, "", &mut issues);
    for issue in &mut issues.0 {
        if issue.field == "due_at" {
            issue.field = "slot".into();
        }
    }
    issues.done()?;
    let Some(new) = new else { return Err(DeskError::not_found("预约", "appointment")) };
    often(store, &campaign, &new.phone, &new.mail, at).await?;
    let rules = BookingRules {
        slot,
        quietly: true,
        consent: Some(campaign.booking.form.consent_text.clone()),
        reference: Some(hash_of(&booked.reference)),
    };
    match store.book(&campaign, std::slice::from_ref(&new), &rules, at).await?.pop() {
        Some(Booked::New(booking)) => {
            let who = Actor { name: "web".into(), remote_ip: remote_ip.into(), ..Actor::system(campaign.tenant_id) };
            let detail = json!({ "appointment": booking.id, "due_at": booking.due_at, "medium": booking.medium });
            audit(store, &who, "appointment.book", &format!("campaign:{}", campaign.id), detail).await?;
            Ok(booked)
        }
        Some(Booked::Twice | Booked::Known(_)) => Err(DeskError { field: Some("slot".into()), ..super::twice() }),
        _ => Err(full()),
    }
}

/// # Errors
/// 404 for a reference that is none of this task's; 409 when it is being reached or is over.
pub async fn call_off(store: &Store, token: &str, reference: &str, remote_ip: &str) -> Result<()> {
    let campaign = of_token(store, token).await?;
    let unknown = || DeskError::not_found("预约", "appointment");
    let found = store.booking_by_reference(campaign.id, &hash_of(reference)).await?;
    let Some(booking) = found else {
        throttle(store, &campaign, remote_ip).await?;
        return Err(unknown());
    };
    // Called off twice is called off.
    if booking.state != BookingState::Cancelled {
        store.cancel_booking(campaign.tenant_id, booking.id, "called_off", true, now()).await.map_err(super::refused)?;
    }
    let who = Actor { name: "web".into(), remote_ip: remote_ip.into(), ..Actor::system(campaign.tenant_id) };
    audit(store, &who, "appointment.call_off", &format!("booking:{}", booking.id), json!({})).await
}

/// The task of a link, while its form is on and it takes appointments.
async fn of_token(store: &Store, token: &str) -> Result<Campaign> {
    let nowhere = || {
        DeskError::new(
            Kind::NotFound,
            "booking_link",
            "这个预约链接已失效，请向商家索取新的链接",
            "this link is not valid any more; ask for a new one",
        )
    };
    if token.len() > 100 {
        return Err(nowhere());
    }
    let link = store.booking_link_by_token(token).await?.ok_or_else(nowhere)?;
    let campaign = task(store, link.tenant_id, link.campaign_id).await.map_err(|_| nowhere())?;
    let drafted = matches!(campaign.status, model::record::CampaignStatus::Draft | model::record::CampaignStatus::Pending);
    if drafted || !campaign.booking.form.enabled { Err(nowhere()) } else { Ok(campaign) }
}

/// Every form counts, and every reference that is none.
async fn throttle(store: &Store, campaign: &Campaign, remote_ip: &str) -> Result<()> {
    let at = now();
    let key = format!("booking:{} {}", campaign.id, network_of(remote_ip));
    let limits = [LoginLimit { key, free: FREE_FORMS }];
    match store.login_try(&limits, at.plus_ms(-FORGET_MS), at, pause_s).await? {
        LoginTurn::Go(_) => Ok(()),
        LoginTurn::Wait { until } => {
            let retry_after_s = u32::try_from(until.since_ms(at).div_euclid(1000) + 1).unwrap_or(WAIT_S_MAX);
            Err(too_many(retry_after_s))
        }
    }
}

/// A minute after the last free one, doubling to an hour.
fn pause_s(forms: u32, free: u32) -> u32 {
    let over = forms.saturating_sub(free.saturating_sub(1));
    if over == 0 { 0 } else { 60_u32.saturating_mul(1 << (over - 1).min(10)).min(WAIT_S_MAX) }
}

async fn often(store: &Store, campaign: &Campaign, phone: &str, mail: &str, at: At) -> Result<()> {
    let made = store.web_bookings(campaign.id, phone, mail, at.plus_ms(-DAY_MS)).await?;
    if made >= PER_NUMBER_MAX { Err(too_many(3_600)) } else { Ok(()) }
}

fn too_many(retry_after_s: u32) -> DeskError {
    DeskError::new(
        Kind::TooMany { retry_after_s },
        "booking_throttled",
        "预约得太频繁了，请稍后再试或直接来电",
        "too many appointments; try again later or call us",
    )
}

fn full() -> DeskError {
    let (zh, en) = ("这个时段刚刚约满，请另选一个", "this slot has just been taken; choose another");
    DeskError { field: Some("slot".into()), ..DeskError::conflict("slot_full", zh, en) }
}

/// The fields asked for, each of its kind; what was not asked for is left out.
fn answers(campaign: &Campaign, form: &Form, issues: &mut Issues) -> Vars {
    if campaign.booking.form.name_required && form.name.trim().is_empty() {
        issues.add("name", "请填写姓名", "give your name");
    }
    issues.unless(form.consent, "consent", "请先勾选同意", "tick the box to agree");
    let mut vars = Vars::new();
    for field in fields(campaign) {
        let at = format!("fields.{}", field.key);
        let given = match form.fields.get(&field.key) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(n)) => n.to_string(),
            _ => String::new(),
        };
        if given.is_empty() {
            if field.required {
                issues.add(at, format!("请填写“{}”", field.label), format!("{} is needed", field.label));
            }
            continue;
        }
        let fits = given.chars().count() <= VALUE_CHARS_MAX;
        match crate::import::value_of(field.kind, &given).filter(|_| fits) {
            Some(value) => drop(vars.insert(field.key, value)),
            None => issues.add(at, format!("“{}”的格式不对，请检查", field.label), format!("{} is not well formed", field.label)),
        }
    }
    lengths(None, None, Some(&vars), "", issues);
    vars
}
