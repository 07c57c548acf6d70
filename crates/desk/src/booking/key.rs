//! 按键预约: a caller chose a time in a flow.

use super::hours::Hours;
use crate::error::Issues;
use crate::{Result, now};
use model::calendar;
use model::record::{BookingOrigin, CampaignStatus, DialMode, Medium};
use model::{At, CallId, CampaignId, TenantId, Vars, number};
use store::{Booked, BookingRules, NewBooking, Store};

/// What the flow asks for.
#[derive(Clone, Debug)]
pub struct KeyWish {
    pub tenant: TenantId,
    pub campaign: CampaignId,
    pub call: CallId,
    /// The far party's number.
    pub phone: String,
    pub name: String,
    pub variables: Vars,
    pub medium: Medium,
    pub time: KeyTime,
    /// Store it; otherwise only say whether it could be.
    pub store: bool,
}

/// When the caller wants to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTime {
    /// So long from now.
    In { ms: i64 },
    /// So many days from today at so many minutes after midnight, by the clock at home.
    Day { days: u32, minute: u32 },
    /// As it was told before.
    At(At),
}

/// What the flow says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAnswer {
    /// It can be had, or stands.
    Fine { due_at: At },
    /// The time is past, outside the hours or full.
    NoTime,
    /// This person is not to be called, or there is no such task.
    Refused,
}

/// # Errors
/// The store's.
pub async fn book_by_key(store: &Store, wish: &KeyWish) -> Result<KeyAnswer> {
    let Some(campaign) = store.campaign(wish.tenant, wish.campaign).await? else { return Ok(KeyAnswer::Refused) };
    let open = matches!(campaign.status, CampaignStatus::Approved | CampaignStatus::Running | CampaignStatus::Paused);
    if campaign.mode != DialMode::Appointment || !open || !campaign.booking.offers(wish.medium) {
        return Ok(KeyAnswer::Refused);
    }
    let Ok(phone) = model::PhoneNumber::parse(&wish.phone, "") else { return Ok(KeyAnswer::Refused) };
    let at = now();
    let due_at = due(wish, at);
    let settings = store.settings(wish.tenant).await?;
    let hours = Hours { campaign: &campaign, settings: &settings };
    let mut issues = Issues::default();
    hours.check(&phone.e164, due_at, at, "due_at", &mut issues);
    if due_at <= at || issues.done().is_err() {
        return Ok(KeyAnswer::NoTime);
    }
    // A slot cut short by the end of the hours is counted from its beginning all the same.
    let slot = hours.slot_around(due_at);
    if !wish.store {
        let booked = store.booked_times(campaign.id, slot.0, slot.1).await?;
        let full = booked.values().sum::<u32>() >= campaign.booking.slot_capacity;
        return Ok(if full { KeyAnswer::NoTime } else { KeyAnswer::Fine { due_at } });
    }
    let new = NewBooking {
        source_id: Some(format!("call:{}:{}", wish.call, due_at.ms())),
        origin: BookingOrigin::Key,
        medium: wish.medium,
        phone: phone.e164,
        mail: String::new(),
        name: wish.name.clone(),
        variables: wish.variables.clone(),
        due_at,
        made_in: Some(wish.call),
        agent_id: None,
        note: String::new(),
        created_by: "caller".into(),
    };
    let rules = BookingRules { slot: Some(slot), ..BookingRules::default() };
    let answer = store.book(&campaign, std::slice::from_ref(&new), &rules, at).await?.pop();
    Ok(match answer {
        // Whoever booked it before has it.
        Some(Booked::New(_) | Booked::Known(_) | Booked::Twice) => KeyAnswer::Fine { due_at },
        Some(Booked::Full) => KeyAnswer::NoTime,
        Some(Booked::Refused(_)) | None => KeyAnswer::Refused,
    })
}

fn due(wish: &KeyWish, now: At) -> At {
    match wish.time {
        // To the minute: nobody books a second.
        KeyTime::In { ms } => At(now.plus_ms(ms).ms().div_euclid(60_000) * 60_000),
        KeyTime::Day { days, minute } => {
            let midnight = calendar::midnight(now, number::HOME_ZONE);
            midnight.plus_ms((i64::from(days) * 1_440 + i64::from(minute)) * 60_000)
        }
        KeyTime::At(at) => at,
    }
}
