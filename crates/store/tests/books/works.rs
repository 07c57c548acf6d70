//! 话术与表单: what agents wrote about a campaign's calls, and what follows for the lead.

use crate::agents::agent;
use crate::engines::on_both_engines;
use crate::sample::{NOW, T, dial, end, fact, with_leads};
use model::event::{LEAD_RESULT, SUMMARY_CHANGED};
use model::fact::{Begin, Fact};
use model::record::*;
use model::*;
use serde_json::json;
use store::{NewListEntry, Store, TakenDown, WorkSave};

on_both_engines!(
    an_outcome_after_the_call_settles_the_lead_once,
    an_outcome_during_the_call_comes_before_the_rules,
    a_draft_takes_nothing_back_and_a_mistake_can_be_mended,
    a_refusal_takes_the_number_out,
    an_appointment_is_the_agent_s_until_it_is_kept,
    a_campaign_goes_on_when_its_last_lead_is_to_be_called_again,
);

const MINUTE: i64 = 60_000;

fn work(begin: &Begin, outcome: &str, at: At) -> CallWork {
    CallWork {
        id: WorkId(at.ms() + begin.attempt.0),
        tenant_id: T,
        campaign_id: begin.campaign,
        lead_id: begin.lead,
        call_id: begin.call,
        agent_id: AgentId(1),
        path: vec!["p1".into()],
        answers: crate::sample::vars(json!({"why": ["贵", "远"]})),
        form: Vars::new(),
        outcome: outcome.into(),
        outcome_label: outcome.into(),
        confirmed: false,
        callback_at: None,
        callback_mine: false,
        refusal: None,
        result: None,
        lead_state: None,
        lead_note: None,
        next_at: None,
        final_at: Some(at),
        updated_at: at,
    }
}

fn settled(begin: &Begin, at: At) -> CallWork {
    CallWork { result: Some("attend".into()), lead_state: Some(LeadState::Done), ..work(begin, "yes", at) }
}

fn retry(begin: &Begin, at: At, next_at: At) -> CallWork {
    CallWork { lead_state: Some(LeadState::Retry), next_at: Some(next_at), ..work(begin, "later", at) }
}

fn answer(value: &str) -> TakenDown {
    TakenDown { key: "why".into(), label: "为什么".into(), kind: "multiple".into(), value: value.into() }
}

fn of(work: CallWork) -> WorkSave {
    let at = work.updated_at;
    let summary = Summary {
        id: SummaryId(at.ms()),
        tenant_id: T,
        call_id: work.call_id,
        agent_id: work.agent_id,
        customer_id: None,
        disposition: work.outcome.clone(),
        label: work.outcome_label.clone(),
        note: "好的".into(),
        next_contact_at: None,
        created_at: at,
        updated_at: at,
    };
    let answers = vec![answer("贵"), answer("远")];
    WorkSave { work, answers, summary: Some(summary), appointment: None, exempt: None, reopen: false }
}

fn appointment(work: &CallWork, mine: bool, due_at: At) -> Appointment {
    Appointment {
        id: AppointmentId(work.updated_at.ms()),
        tenant_id: T,
        campaign_id: Some(work.campaign_id),
        lead_id: Some(work.lead_id),
        customer_id: None,
        call_id: work.call_id,
        agent_id: work.agent_id,
        mine,
        phone: "+8613800138000".into(),
        name: "王".into(),
        note: String::new(),
        due_at,
        state: AppointmentState::Due,
        dialled_at: None,
        done_at: None,
        created_at: work.updated_at,
    }
}

async fn lead(store: &Store, id: LeadId) -> Lead {
    store.lead(T, id).await.unwrap().unwrap()
}

async fn told(store: &Store, kind: &str) -> Vec<serde_json::Value> {
    let all = store.events_after(T, 0, 500).await.unwrap();
    all.into_iter().filter(|e| e.kind == kind).map(|e| e.data).collect()
}

/// A campaign with one lead whose call an agent took; it ended without a result.
async fn talked(store: &Store) -> Begin {
    store.create_agent(&agent(1)).await.unwrap();
    let campaign = with_leads(store, 1, 1).await;
    let (begin, _) = dial(store, campaign.id, 1, NOW).await;
    end(store, &begin, Disposition::Human, LeadState::Retry, NOW.plus_ms(MINUTE)).await;
    begin
}

async fn an_outcome_after_the_call_settles_the_lead_once(store: Store) {
    let begin = talked(&store).await;
    let at = NOW.plus_ms(2 * MINUTE);
    let save = of(settled(&begin, at));
    let stored = store.save_work(&save).await.unwrap();
    assert_eq!(stored, save.work);
    let after = lead(&store, begin.lead).await;
    assert_eq!((after.state, after.result.as_deref(), after.result_at), (LeadState::Done, Some("attend"), Some(at)));
    let attempt = store.lead_attempts(T, begin.lead).await.unwrap().remove(0);
    assert_eq!(attempt.result.as_deref(), Some("attend"));
    let values: Vec<String> = store.taken_down(T, begin.call).await.unwrap().into_iter().map(|a| a.value).collect();
    assert_eq!(values, ["贵", "远"]);
    let summary = store.summaries(T, begin.call).await.unwrap().remove(0);
    assert_eq!((summary.disposition.as_str(), summary.label.as_str()), ("yes", "yes"));
    let results = told(&store, LEAD_RESULT).await;
    assert_eq!((results.len(), &results[0]["result"], &results[0]["attempt_id"]), (1, &json!("attend"), &json!(1)));
    assert_eq!(told(&store, SUMMARY_CHANGED).await[0]["answers"], json!({"why": ["贵", "远"]}));
    // The page asked again after a cut: the lead has its result once, by its first time.
    let again = of(settled(&begin, at.plus_ms(5_000)));
    assert_eq!(store.save_work(&again).await.unwrap(), save.work);
    assert_eq!(told(&store, LEAD_RESULT).await.len(), 1);
    assert_eq!(store.taken_down(T, begin.call).await.unwrap().len(), 2);
    let stranger = WorkSave { work: CallWork { tenant_id: TenantId(2), ..save.work.clone() }, ..save };
    assert!(matches!(store.save_work(&stranger).await, Err(store::StoreError::NotFound("lead"))));
    assert_eq!(store.call_work(TenantId(2), begin.call, AgentId(1)).await.unwrap(), None);
}

async fn an_outcome_during_the_call_comes_before_the_rules(store: Store) {
    store.create_agent(&agent(1)).await.unwrap();
    let campaign = with_leads(&store, 1, 1).await;
    let (begin, _) = dial(&store, campaign.id, 1, NOW).await;
    let due = NOW.plus_ms(90 * MINUTE);
    store.save_work(&of(retry(&begin, NOW.plus_ms(10_000), due))).await.unwrap();
    assert_eq!(lead(&store, begin.lead).await.state, LeadState::Dialing, "the call is up");
    end(&store, &begin, Disposition::Human, LeadState::Done, NOW.plus_ms(MINUTE)).await;
    let after = lead(&store, begin.lead).await;
    assert_eq!((after.state, after.next_at), (LeadState::Retry, due));
    // Another try ends by the rules again: what was chosen before it has been done.
    let (second, _) = dial(&store, campaign.id, 2, due).await;
    end(&store, &second, Disposition::Busy, LeadState::Exhausted, due.plus_ms(MINUTE)).await;
    assert_eq!(lead(&store, begin.lead).await.state, LeadState::Exhausted);
}

async fn a_draft_takes_nothing_back_and_a_mistake_can_be_mended(store: Store) {
    let begin = talked(&store).await;
    let at = NOW.plus_ms(2 * MINUTE);
    let draft = CallWork { final_at: None, ..work(&begin, "", at) };
    let only = |work: CallWork| WorkSave { work, answers: vec![], summary: None, appointment: None, exempt: None, reopen: false };
    store.save_work(&only(draft.clone())).await.unwrap();
    assert_eq!(lead(&store, begin.lead).await.state, LeadState::Retry);
    store.save_work(&of(settled(&begin, at))).await.unwrap();
    let kept = store.save_work(&only(CallWork { path: vec![], ..draft })).await.unwrap();
    assert!(kept.final_at.is_some() && kept.outcome == "yes", "a draft that comes late");
    let due = at.plus_ms(30 * MINUTE);
    store.save_work(&of(retry(&begin, at.plus_ms(MINUTE), due))).await.unwrap();
    let after = lead(&store, begin.lead).await;
    assert_eq!((after.state, after.next_at, after.result), (LeadState::Retry, due, None));
    assert_eq!(store.lead_works(T, begin.lead).await.unwrap().len(), 1, "one a call and agent");
}

async fn a_refusal_takes_the_number_out(store: Store) {
    let begin = talked(&store).await;
    let at = NOW.plus_ms(2 * MINUTE);
    let refused = CallWork {
        refusal: Some(Refusal::All),
        lead_state: Some(LeadState::Excluded),
        lead_note: Some("refused".into()),
        ..work(&begin, "no", at)
    };
    let phone = lead(&store, begin.lead).await.phone;
    let exempt = NewListEntry { phone: phone.clone(), reason: "拒绝".into(), expires_at: None };
    store.save_work(&WorkSave { exempt: Some(exempt), ..of(refused) }).await.unwrap();
    let after = lead(&store, begin.lead).await;
    assert_eq!((after.state, after.note.as_deref()), (LeadState::Excluded, Some("refused")));
    assert_eq!(store.lists_of(T, &phone, at).await.unwrap(), [ListKind::Exempt]);
    // Chosen by mistake.
    store.save_work(&of(settled(&begin, at.plus_ms(1)))).await.unwrap();
    let after = lead(&store, begin.lead).await;
    assert_eq!((after.state, after.note), (LeadState::Done, None));
    // Whom somebody took out of the list stays out, whatever an agent chooses.
    let sql = store::LeadSelection::Ids(vec![begin.lead]);
    store.restore_leads(T, begin.campaign, &sql, at).await.unwrap();
    store.remove_leads(T, begin.campaign, &sql).await.unwrap();
    store.save_work(&of(retry(&begin, at.plus_ms(2), at.plus_ms(MINUTE)))).await.unwrap();
    let after = lead(&store, begin.lead).await;
    assert_eq!((after.state, after.note.as_deref()), (LeadState::Excluded, Some("removed")));
}

async fn an_appointment_is_the_agent_s_until_it_is_kept(store: Store) {
    let begin = talked(&store).await;
    let (at, due) = (NOW.plus_ms(2 * MINUTE), NOW.plus_ms(60 * MINUTE));
    let later = retry(&begin, at, due.plus_ms(30 * MINUTE));
    let save = WorkSave { appointment: Some(appointment(&later, true, due)), ..of(later) };
    store.save_work(&save).await.unwrap();
    let mine = store.appointments(T, AgentId(1)).await.unwrap();
    assert_eq!((mine.len(), mine[0].due_at), (1, due));
    assert!(store.appointments(T, AgentId(2)).await.unwrap().is_empty());
    assert!(store.appointments(TenantId(2), AgentId(1)).await.unwrap().is_empty());
    let moved = Appointment { due_at: due.plus_ms(MINUTE), dialled_at: Some(due), ..mine[0].clone() };
    store.update_appointment(&moved, Some(due.plus_ms(31 * MINUTE))).await.unwrap();
    assert_eq!(lead(&store, begin.lead).await.next_at, due.plus_ms(31 * MINUTE));
    let dialled = store.dialled_appointment(T, AgentId(1), &moved.phone, due).await.unwrap();
    assert_eq!(dialled.map(|a| a.id), Some(moved.id));
    assert_eq!(store.dialled_appointment(T, AgentId(1), &moved.phone, due.plus_ms(1)).await.unwrap(), None);
    // The next call with the lead is written up: the promise has been kept.
    let second = CallWork { id: WorkId(77), call_id: CallId(77), ..settled(&begin, due.plus_ms(2 * MINUTE)) };
    store.save_work(&of(second)).await.unwrap();
    assert!(store.appointments(T, AgentId(1)).await.unwrap().is_empty());
    let kept = store.appointment(T, moved.id).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.done_at), (AppointmentState::Done, Some(due.plus_ms(2 * MINUTE))));
    without_a_campaign(&store, due).await;
}

/// Arranged in a call that no campaign began.
async fn without_a_campaign(store: &Store, due: At) {
    let (tenant, agent, phone) = (T, AgentId(1), "+8613800138000");
    let made = |call: i64, due_at: At| Appointment {
        id: AppointmentId(call),
        campaign_id: None,
        lead_id: None,
        call_id: CallId(call),
        due_at,
        ..appointment(&settled(&crate::sample::begin(CampaignId(1), LeadId(1), 9, due), due), true, due)
    };
    let first = made(91, due.plus_ms(MINUTE));
    store.arrange((tenant, CallId(91), agent), phone, Some(&first), due).await.unwrap();
    let moved = made(91, due.plus_ms(5 * MINUTE));
    store.arrange((tenant, CallId(91), agent), phone, Some(&moved), due).await.unwrap();
    let ahead = due.plus_ms(2 * MINUTE);
    store.arrange((tenant, CallId(92), agent), phone, None, ahead).await.unwrap();
    let list = store.appointments(tenant, agent).await.unwrap();
    assert_eq!((list.len(), list[0].due_at), (1, moved.due_at), "one that lies ahead was meant for then");
    store.arrange((tenant, CallId(93), agent), phone, None, due.plus_ms(6 * MINUTE)).await.unwrap();
    assert!(store.appointments(tenant, agent).await.unwrap().is_empty());
}

async fn a_campaign_goes_on_when_its_last_lead_is_to_be_called_again(store: Store) {
    use CampaignStatus as S;
    store.create_agent(&agent(1)).await.unwrap();
    let campaign = with_leads(&store, 1, 1).await;
    for (from, to) in [(S::Draft, S::Pending), (S::Pending, S::Approved), (S::Approved, S::Running)] {
        let change = store::StatusChange { from: &[from], to, by: None, note: None };
        store.set_campaign_status(T, campaign.id, change, NOW).await.unwrap();
    }
    let (begin, _) = dial(&store, campaign.id, 1, NOW).await;
    let at = NOW.plus_ms(MINUTE);
    end(&store, &begin, Disposition::Human, LeadState::Done, at).await;
    fact(&store, Fact::CampaignFinished { campaign: campaign.id, at }).await;
    let again = WorkSave { reopen: true, ..of(retry(&begin, at.plus_ms(1), at.plus_ms(30 * MINUTE))) };
    store.save_work(&again).await.unwrap();
    let now = store.campaign(T, campaign.id).await.unwrap().unwrap();
    assert_eq!((now.status, now.finished_at), (S::Running, None));
    assert_eq!(lead(&store, begin.lead).await.state, LeadState::Retry);
}
