//! Appointments of tasks: claimed by their time, reached, missed, sent once.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, attempt_end, begin, campaign, fact, new_lead, one as put};
use model::event::{APPOINTMENT_CHANGED, SMS_CHANGED};
use model::fact::Fact;
use model::record::*;
use model::*;
use store::{Booked, BookingPatch, BookingRules, Entry, NewBooking, Outcome, Outgoing, Place, Sent, Store};

on_both_engines!(
    an_appointment_is_claimed_at_its_time_and_never_before,
    several_tries_count_for_one_appointment_and_the_next_begins_anew,
    what_is_too_late_is_missed_and_never_claimed,
    a_rule_that_says_no_refuses_it_or_lets_it_wait,
    a_message_is_queued_once_with_the_appointment,
    nobody_learns_by_the_form_who_is_on_a_list,
    a_slot_holds_no_more_than_it_may,
    the_source_asks_twice_and_gets_one,
    called_off_between_the_claim_and_the_dial_nobody_rings,
    a_killed_process_leaves_the_appointment_for_another_try,
    a_lead_taken_out_takes_its_appointments_along,
);

const MIN: i64 = 60_000;

fn at(minutes: i64) -> At {
    NOW.plus_ms(minutes * MIN)
}

async fn task(store: &Store) -> Campaign {
    let task = Campaign {
        mode: DialMode::Appointment,
        status: CampaignStatus::Running,
        purpose: Purpose::Marketing,
        booking: BookingPlan { media: Medium::ALL.to_vec(), slot_capacity: 2, ..BookingPlan::default() },
        ..campaign(1)
    };
    store.insert_campaign(&task).await.unwrap();
    task
}

fn wish(n: u64, due: At) -> NewBooking {
    NewBooking {
        source_id: None,
        origin: BookingOrigin::Api,
        medium: Medium::Phone,
        phone: new_lead(n).phone,
        mail: String::new(),
        name: format!("客户{n}"),
        variables: crate::sample::vars(serde_json::json!({"股票": "600000"})),
        due_at: due,
        made_in: None,
        agent_id: None,
        note: String::new(),
        created_by: "key:x".into(),
    }
}

async fn book(store: &Store, task: &Campaign, new: NewBooking) -> Booking {
    match store.book(task, &[new], &BookingRules::default(), NOW).await.unwrap().pop() {
        Some(Booked::New(booking)) => booking,
        other => panic!("{other:?}"),
    }
}

async fn claim(store: &Store, task: &Campaign, now: At) -> Vec<ClaimedLead> {
    store.claim_leads(task.id, 10, now, now.plus_ms(MIN)).await.unwrap().leads
}

async fn state(store: &Store, booking: &Booking) -> (BookingState, u32, Option<String>) {
    let b = store.booking(T, booking.id).await.unwrap().unwrap();
    (b.state, b.tries, b.why)
}

/// Claimed, dialled, and ended so.
async fn call(store: &Store, task: &Campaign, n: i64, at: At, how: (Disposition, LeadState, At)) -> Outcome {
    let lead = claim(store, task, at).await.pop().expect("something is due");
    let b = model::fact::Begin { phone: lead.phone, ..begin(task.id, lead.id, n, at) };
    let begun = put(store, Entry::Begin(Box::new(b.clone()))).await;
    if !matches!(begun, Outcome::Begun(_)) {
        return begun;
    }
    let mut end = attempt_end(&b, how.0, how.1, at.plus_ms(30_000));
    end.next_at = how.2;
    if how.0 == Disposition::Blocked {
        end.refusal = Some("exempt".into());
    }
    fact(store, Fact::AttemptEnded { end: Box::new(end), call: None, recordings: vec![] }).await
}

async fn an_appointment_is_claimed_at_its_time_and_never_before(store: Store) {
    let task = task(&store).await;
    store.insert_lead(T, task.id, new_lead(9), NOW).await.unwrap();
    let late = book(&store, &task, wish(2, at(60))).await;
    let first = book(&store, &task, wish(1, at(30))).await;
    let early = store.claim_leads(task.id, 10, at(29), at(31)).await.unwrap();
    assert_eq!(
        (early.leads.len(), early.next_due, early.all_settled),
        (0, Some(at(30)), false),
        "a lead without a time is nobody's"
    );
    let due = claim(&store, &task, at(61)).await;
    assert_eq!(due.iter().map(|l| Some(l.id)).collect::<Vec<_>>(), [first.lead_id, late.lead_id], "the one due first first");
    assert_eq!((due[0].name.as_str(), due[0].variables["股票"].as_str()), ("客户1", Some("600000")));
    assert!(claim(&store, &task, at(61)).await.is_empty(), "they are held");
    let again = store.claim_leads(task.id, 10, at(63), at(64)).await.unwrap();
    assert_eq!(again.leads.len(), 2, "a lease that ran out");
}

async fn several_tries_count_for_one_appointment_and_the_next_begins_anew(store: Store) {
    let task = task(&store).await;
    let (one, two) = (book(&store, &task, wish(1, at(0))).await, book(&store, &task, wish(1, at(50))).await);
    assert_eq!(one.lead_id, two.lead_id, "one lead has several");
    let busy = (Disposition::Busy, LeadState::Retry, at(15));
    call(&store, &task, 1, at(1), busy).await;
    assert_eq!(state(&store, &one).await, (BookingState::Reaching, 1, Some("busy".into())));
    assert!(claim(&store, &task, at(14)).await.is_empty(), "not before the next try");
    let lead = store.claim_leads(task.id, 1, at(16), at(17)).await.unwrap().leads.remove(0);
    assert_eq!((lead.attempts, lead.ended), (1, [(Disposition::Busy, 1)].into()), "the rules of retry count it");
    store.release_leads(task.id, &[lead.id], at(16)).await.unwrap();
    call(&store, &task, 2, at(16), (Disposition::Human, LeadState::Done, at(16))).await;
    assert_eq!(state(&store, &one).await, (BookingState::Done, 2, None));
    let lead = store.claim_leads(task.id, 1, at(50), at(51)).await.unwrap().leads.remove(0);
    assert_eq!((lead.attempts, lead.ended.len()), (0, 0), "what was tried for the first one is past");
    store.release_leads(task.id, &[lead.id], at(50)).await.unwrap();
    call(&store, &task, 3, at(50), (Disposition::NoAnswer, LeadState::Exhausted, at(50))).await;
    assert_eq!(state(&store, &two).await, (BookingState::Failed, 1, Some("no_answer".into())));
    let told = store.events_after(T, 0, 1_000).await.unwrap();
    let of = |id: BookingId| {
        let mine = told.iter().filter(|e| e.kind == APPOINTMENT_CHANGED && e.data["appointment_id"] == id.0);
        mine.map(|e| e.data["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(one.id), ["waiting", "reaching", "reaching", "done"]);
    assert_eq!(of(two.id), ["waiting", "reaching", "failed"]);
    let figures = store.campaign_progress(T, task.id).await.unwrap().appointments;
    assert_eq!(figures, [("done".to_owned(), 1), ("failed".to_owned(), 1)].into());
}

async fn what_is_too_late_is_missed_and_never_claimed(store: Store) {
    let mut task = task(&store).await;
    let (one, two) = (book(&store, &task, wish(1, at(0))).await, book(&store, &task, wish(2, at(100))).await);
    assert_eq!(store.end_bookings(at(119)).await.unwrap(), 0);
    let claimed: Vec<_> = claim(&store, &task, at(120)).await.into_iter().map(|l| Some(l.id)).collect();
    assert_eq!(claimed, [two.lead_id], "two hours after its time it is not made any more");
    assert_eq!(store.end_bookings(at(120)).await.unwrap(), 1);
    assert_eq!(state(&store, &one).await, (BookingState::Missed, 0, Some("late".into())));
    assert_eq!(store.lead(T, one.lead_id.unwrap()).await.unwrap().unwrap().state, LeadState::Expired);
    // A shorter limit holds for those that wait.
    store.release_leads(task.id, &[two.lead_id.unwrap()], at(120)).await.unwrap();
    task.booking.late_max_min = 10;
    store.update_campaign(&task, at(120)).await.unwrap();
    assert!(claim(&store, &task, at(121)).await.is_empty());
    store.end_bookings(at(121)).await.unwrap();
    assert_eq!(state(&store, &two).await.0, BookingState::Missed);
}

async fn a_rule_that_says_no_refuses_it_or_lets_it_wait(store: Store) {
    let task = task(&store).await;
    let one = book(&store, &task, wish(1, at(0))).await;
    call(&store, &task, 1, at(1), (Disposition::Blocked, LeadState::Retry, at(30))).await;
    assert_eq!(
        state(&store, &one).await,
        (BookingState::Waiting, 0, Some("exempt".into())),
        "nothing was sent: it waits, and its limit runs"
    );
    assert!(claim(&store, &task, at(29)).await.is_empty());
    call(&store, &task, 2, at(31), (Disposition::Blocked, LeadState::Excluded, at(31))).await;
    assert_eq!(state(&store, &one).await, (BookingState::Refused, 0, Some("exempt".into())));
}

async fn a_message_is_queued_once_with_the_appointment(store: Store) {
    let task = task(&store).await;
    let sms = book(&store, &task, NewBooking { medium: Medium::Sms, ..wish(1, at(5)) }).await;
    let mail = NewBooking { medium: Medium::Mail, phone: String::new(), mail: "a@example.com".into(), ..wish(2, at(5)) };
    let mail = book(&store, &task, mail).await;
    assert_eq!(mail.lead_id, None);
    assert!(store.take_due_bookings(at(4), at(6), 10).await.unwrap().is_empty());
    assert!(claim(&store, &task, at(6)).await.is_empty(), "the floor has nothing to do with messages");
    let taken = store.take_due_bookings(at(5), at(7), 10).await.unwrap();
    assert_eq!(taken.iter().map(|b| b.id).collect::<Vec<_>>(), [sms.id, mail.id]);
    assert!(store.take_due_bookings(at(6), at(8), 10).await.unwrap().is_empty(), "under a lease");
    let again = store.take_due_bookings(at(7), at(9), 10).await.unwrap();
    assert_eq!(again.len(), 2, "its holder was killed");
    let text = Outgoing::Sms { text: "您好".into() };
    assert_eq!(store.send_booking(&task, &taken[0], &text, at(7)).await.unwrap(), Sent::Gone, "the first holder comes back");
    assert!(matches!(store.send_booking(&task, &again[0], &text, at(7)).await.unwrap(), Sent::Queued(_)));
    assert_eq!(store.send_booking(&task, &again[0], &text, at(7)).await.unwrap(), Sent::Gone);
    let to = MailAddress::parse("a@example.com").unwrap();
    let letter = Outgoing::Mail { to, subject: "提醒".into(), text: "您好".into() };
    let Sent::Queued(done) = store.send_booking(&task, &again[1], &letter, at(7)).await.unwrap() else { panic!("not sent") };
    assert!(done.mail_id.is_some() && done.state == BookingState::Done);
    let queued = store.take_due_sms(at(8), at(9), 10).await.unwrap();
    assert_eq!(queued.iter().map(|s| (s.campaign_id, s.lead_id)).collect::<Vec<_>>(), [(Some(task.id), sms.lead_id)]);
    assert_eq!(store.take_due_mail(at(8), at(9), 10).await.unwrap().len(), 1);
    let told = store.events_after(T, 0, 1_000).await.unwrap();
    assert_eq!(told.iter().filter(|e| e.kind == SMS_CHANGED).count(), 1);
    // Whoever came on a list since is sent nothing; a task that is paused sends nothing.
    let late = book(&store, &task, NewBooking { medium: Medium::Sms, ..wish(3, at(10)) }).await;
    let entry = store::NewListEntry { phone: late.phone.clone(), reason: "退订".into(), expires_at: None };
    store.add_to_list(&Place::of(T, ListKind::Exempt), &[entry], at(9)).await.unwrap();
    let taken = store.take_due_bookings(at(10), at(11), 10).await.unwrap();
    assert!(matches!(store.send_booking(&task, &taken[0], &text, at(10)).await.unwrap(), Sent::Refused(_)));
    assert_eq!(state(&store, &late).await, (BookingState::Refused, 0, Some("exempt".into())));
    book(&store, &task, NewBooking { medium: Medium::Sms, ..wish(4, at(10)) }).await;
    let paused = store::StatusChange { from: &[CampaignStatus::Running], to: CampaignStatus::Paused, by: None, note: None };
    store.set_campaign_status(T, task.id, paused, at(10)).await.unwrap();
    assert!(store.take_due_bookings(at(20), at(21), 10).await.unwrap().is_empty());
}

async fn nobody_learns_by_the_form_who_is_on_a_list(store: Store) {
    let task = task(&store).await;
    let entry = store::NewListEntry { phone: new_lead(1).phone, reason: "退订".into(), expires_at: None };
    store.add_to_list(&Place::of(T, ListKind::Exempt), &[entry], NOW).await.unwrap();
    let loud = store.book(&task, &[wish(1, at(5))], &BookingRules::default(), NOW).await.unwrap();
    assert_eq!(loud, [Booked::Refused("exempt".into())]);
    let ask = |n: u64, due: At, reference: &str| {
        let rules =
            BookingRules { quietly: true, consent: Some("我同意".into()), reference: Some(reference.into()), slot: None };
        let (store, task, new) = (store.clone(), task.clone(), NewBooking { origin: BookingOrigin::Web, ..wish(n, due) });
        async move { store.book(&task, &[new], &rules, NOW).await.unwrap().remove(0) }
    };
    let (exempt, free) = (ask(1, at(5), "r1").await, ask(2, at(5), "r2").await);
    let states = [&exempt, &free].map(|b| if let Booked::New(b) = b { b.state } else { panic!("{b:?}") });
    assert_eq!(states, [BookingState::Refused, BookingState::Waiting], "both are told that it stands");
    assert_eq!([ask(1, at(5), "r3").await, ask(2, at(5), "r4").await], [Booked::Twice, Booked::Twice]);
    let consents = store.consents(T, None, store::PageQuery::default()).await.unwrap().items;
    assert_eq!(consents.len(), 1, "who is exempt stays so, whoever ticks a box for them");
    assert_eq!((consents[0].phone.clone(), consents[0].source), (new_lead(2).phone, ConsentSource::Web));
    for reference in ["r1", "r2"] {
        let found = store.booking_by_reference(task.id, reference).await.unwrap().unwrap();
        store.cancel_booking(T, found.id, "called_off", true, at(1)).await.unwrap();
    }
    assert!(
        matches!([ask(1, at(5), "r5").await, ask(2, at(5), "r6").await], [Booked::New(_), Booked::New(_)]),
        "and booked anew"
    );
    assert_eq!(store.web_bookings(task.id, &new_lead(1).phone, "", NOW).await.unwrap(), 2);
}

async fn a_slot_holds_no_more_than_it_may(store: Store) {
    let task = task(&store).await;
    let asks = (1..=8).map(|n| {
        let (store, task) = (store.clone(), task.clone());
        let rules = BookingRules { slot: Some((at(30), at(60))), ..BookingRules::default() };
        tokio::spawn(async move { store.book(&task, &[wish(n, at(30))], &rules, NOW).await.unwrap().remove(0) })
    });
    let mut got = Vec::new();
    for ask in asks.collect::<Vec<_>>() {
        got.push(ask.await.unwrap());
    }
    let full = got.iter().filter(|b| **b == Booked::Full).count();
    assert_eq!((got.len() - full, full), (2, 6), "of eight at once");
    assert_eq!(store.booked_times(task.id, at(0), at(90)).await.unwrap(), [(at(30), 2)].into());
}

async fn the_source_asks_twice_and_gets_one(store: Store) {
    let task = task(&store).await;
    let new = NewBooking { source_id: Some("CRM-1".into()), ..wish(1, at(5)) };
    let booking = book(&store, &task, new.clone()).await;
    let again = store.book(&task, &[NewBooking { due_at: at(9), ..new }], &BookingRules::default(), NOW).await.unwrap();
    assert_eq!(again, [Booked::Known(booking)]);
    let twice = store.book(&task, &[wish(1, at(5))], &BookingRules::default(), NOW).await.unwrap();
    assert_eq!(twice, [Booked::Twice], "the same person at the same time");
}

async fn called_off_between_the_claim_and_the_dial_nobody_rings(store: Store) {
    let task = task(&store).await;
    let one = book(&store, &task, wish(1, at(0))).await;
    let lead = claim(&store, &task, at(1)).await.remove(0);
    store.cancel_booking(T, one.id, "cancelled", false, at(1)).await.unwrap();
    let begun = put(&store, Entry::Begin(Box::new(begin(task.id, lead.id, 1, at(1))))).await;
    assert!(matches!(begun, Outcome::Failed(_)), "{begun:?}");
    let moved = book(&store, &task, wish(2, at(2))).await;
    let lead = claim(&store, &task, at(3)).await.remove(0);
    let patch = BookingPatch { due_at: Some(at(90)), ..BookingPatch::default() };
    store.change_booking(&task, moved.id, patch, at(3)).await.unwrap();
    let begun = put(&store, Entry::Begin(Box::new(begin(task.id, lead.id, 2, at(3))))).await;
    assert!(matches!(begun, Outcome::Failed(_)), "{begun:?}");
    let refused = store.cancel_booking(T, one.id, "cancelled", false, at(4)).await;
    assert!(matches!(refused, Err(store::StoreError::Conflict(_))), "it is over");
    let strange = store.cancel_booking(TenantId(2), moved.id, "x", false, at(4)).await;
    assert!(matches!(strange, Err(store::StoreError::NotFound(_))));
}

async fn a_killed_process_leaves_the_appointment_for_another_try(store: Store) {
    let task = task(&store).await;
    let one = book(&store, &task, wish(1, at(0))).await;
    let lead = claim(&store, &task, at(1)).await.remove(0);
    put(&store, Entry::Begin(Box::new(begin(task.id, lead.id, 1, at(1))))).await;
    store.recover(at(2)).await.unwrap();
    assert_eq!(state(&store, &one).await, (BookingState::Reaching, 1, Some("interrupted".into())));
    assert!(claim(&store, &task, at(3)).await.is_empty(), "not at once again");
    assert_eq!(claim(&store, &task, at(13)).await.len(), 1);
}

async fn a_lead_taken_out_takes_its_appointments_along(store: Store) {
    let task = task(&store).await;
    let one = book(&store, &task, wish(1, at(30))).await;
    let ids = store::LeadSelection::Ids(vec![one.lead_id.unwrap()]);
    store.exclude_leads(T, task.id, &ids, "removed").await.unwrap();
    assert_eq!(store.end_bookings(at(1)).await.unwrap(), 1);
    assert_eq!(state(&store, &one).await, (BookingState::Refused, 0, Some("removed".into())));
    let again = store.book(&task, &[wish(1, at(40))], &BookingRules::default(), at(1)).await.unwrap();
    assert_eq!(again, [Booked::Refused("excluded".into())]);
}
