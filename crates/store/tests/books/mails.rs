//! The journal of mail.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T};
use model::event::MAIL_CHANGED;
use model::fact::MailDraft;
use model::record::*;
use model::*;
use std::collections::BTreeSet;
use store::{MailFilter, PageQuery, Store, StoreError};

on_both_engines!(
    a_mail_goes_out_after_a_second_try,
    a_mail_that_cannot_be_tried_keeps_its_tries,
    a_dead_sender_s_mail_is_due_again,
    senders_never_share_a_mail,
    the_journal_is_searched_within_the_tenant,
);

fn draft(n: i64) -> MailDraft {
    MailDraft {
        to: MailAddress::parse(&format!("Zhang{n}@Example.com")).unwrap(),
        subject: "预约提醒\r\nBcc: x@example.com".into(),
        text: "您好，\n会议 9:00 开始。".into(),
        campaign: Some(CampaignId(1)),
        lead: Some(LeadId(n)),
        at: NOW,
    }
}

async fn a_mail_goes_out_after_a_second_try(store: Store) {
    let queued = store.queue_mail(T, &draft(1), NOW).await.unwrap();
    assert_eq!((queued.to.as_str(), queued.subject.as_str()), ("Zhang1@example.com", "预约提醒 Bcc: x@example.com"));
    store.queue_mail(T, &draft(2), NOW.plus_ms(60_000)).await.unwrap();
    let taken = store.take_due_mail(NOW, NOW.plus_ms(30_000), 10).await.unwrap();
    assert_eq!(taken.iter().map(|m| (m.id, m.state, m.tries)).collect::<Vec<_>>(), [(queued.id, MailState::Sending, 1)]);
    assert_eq!(taken[0].text, "您好，\n会议 9:00 开始。");
    let again = store.mail_failed(queued.id, "450 稍后再试", Some(NOW.plus_ms(5_000)), NOW).await.unwrap();
    assert_eq!(
        (again.state, again.next_at, again.error.as_deref()),
        (MailState::Queued, NOW.plus_ms(5_000), Some("450 稍后再试"))
    );
    assert_eq!(store.take_due_mail(NOW.plus_ms(5_000), NOW.plus_ms(30_000), 10).await.unwrap()[0].tries, 2);
    let sent = store.mail_sent(queued.id, NOW).await.unwrap();
    assert_eq!((sent.state, sent.sent_at, sent.error), (MailState::Sent, Some(NOW), None));
    assert!(matches!(store.mail_retry(T, queued.id, NOW).await, Err(StoreError::Conflict(_))));
    let kinds: Vec<_> = store.events_after(T, 0, 100).await.unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [MAIL_CHANGED; 4]);
}

async fn a_mail_that_cannot_be_tried_keeps_its_tries(store: Store) {
    let mail = store.queue_mail(T, &draft(1), NOW).await.unwrap();
    for n in 0..3 {
        let at = NOW.plus_ms(n * 60_000);
        assert_eq!(store.take_due_mail(at, at.plus_ms(30_000), 10).await.unwrap()[0].tries, 1);
        let held = store.mail_held(mail.id, "没有配置", at.plus_ms(60_000), at).await.unwrap();
        assert_eq!((held.state, held.tries, held.error.as_deref()), (MailState::Queued, 0, Some("没有配置")));
    }
    let failed = store.mail_failed(mail.id, "550 没有这个用户", None, NOW).await.unwrap();
    assert_eq!(failed.state, MailState::Failed);
    let again = store.mail_retry(T, mail.id, NOW.plus_ms(9)).await.unwrap();
    assert_eq!((again.state, again.tries, again.next_at), (MailState::Queued, 0, NOW.plus_ms(9)));
    assert!(matches!(store.mail_retry(TenantId(2), mail.id, NOW).await, Err(StoreError::NotFound(_))));
}

async fn a_dead_sender_s_mail_is_due_again(store: Store) {
    store.queue_mail(T, &draft(1), NOW).await.unwrap();
    assert_eq!(store.take_due_mail(NOW, NOW.plus_ms(1_000), 10).await.unwrap().len(), 1);
    assert!(store.take_due_mail(NOW.plus_ms(999), NOW.plus_ms(2_000), 10).await.unwrap().is_empty());
    assert_eq!(store.take_due_mail(NOW.plus_ms(1_000), NOW.plus_ms(2_000), 10).await.unwrap().len(), 1);
}

async fn senders_never_share_a_mail(store: Store) {
    for n in 0..40 {
        store.queue_mail(T, &draft(n), NOW).await.unwrap();
    }
    let senders: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.take_due_mail(NOW, NOW.plus_ms(9_000), 5).await.unwrap() })
        })
        .collect();
    let mut taken = Vec::new();
    for sender in senders {
        taken.extend(sender.await.unwrap().into_iter().map(|m| m.id));
    }
    taken.extend(store.take_due_mail(NOW, NOW.plus_ms(9_000), 40).await.unwrap().into_iter().map(|m| m.id));
    assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (40, 40));
}

async fn the_journal_is_searched_within_the_tenant(store: Store) {
    for n in 1..=3 {
        store.queue_mail(T, &draft(n), NOW.plus_ms(n)).await.unwrap();
    }
    store.queue_mail(TenantId(2), &draft(4), NOW).await.unwrap();
    let ids = async |filter: MailFilter| {
        let page = store.mail_page(T, &filter, PageQuery::default()).await.unwrap();
        page.items.into_iter().map(|m| m.lead_id.unwrap().0).collect::<Vec<_>>()
    };
    assert_eq!(ids(MailFilter::default()).await, [3, 2, 1]);
    assert_eq!(ids(MailFilter { text: "ZHANG2@".into(), ..MailFilter::default() }).await, [2]);
    let whole = |text: &str| MailFilter { text: text.into(), whole_address: true, ..MailFilter::default() };
    assert!(ids(whole("zhang2@")).await.is_empty());
    assert_eq!(ids(whole("Zhang2@example.com")).await, [2]);
    assert_eq!(ids(MailFilter { text: "提醒".into(), ..MailFilter::default() }).await, [3, 2, 1]);
    assert_eq!(ids(MailFilter { lead_id: Some(LeadId(1)), ..MailFilter::default() }).await, [1]);
    assert!(ids(MailFilter { campaign_id: Some(CampaignId(9)), ..MailFilter::default() }).await.is_empty());
    assert!(ids(MailFilter { from: Some(NOW.plus_ms(1)), ..MailFilter::default() }).await.is_empty());
    store.take_due_mail(NOW.plus_ms(1), NOW.plus_ms(9), 10).await.unwrap();
    assert_eq!(ids(MailFilter { states: vec![MailState::Sending], ..MailFilter::default() }).await, [1]);
}
