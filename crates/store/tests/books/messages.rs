//! SMS and webhooks on their way out.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T};
use model::event::{SMS_CHANGED, SMS_RECEIVED};
use model::fact::SmsDraft;
use model::record::*;
use model::*;
use serde_json::json;
use std::collections::BTreeSet;
use store::{DeliveryFilter, PageQuery, SmsFilter, Store, StoreError};

on_both_engines!(
    a_message_goes_out_and_is_reported,
    a_dead_sender_s_messages_are_due_again,
    senders_never_share_a_message,
    events_become_deliveries_once,
    dead_letters_are_replayed,
);

fn draft(n: i64) -> SmsDraft {
    SmsDraft {
        phone: format!("+86138{n:08}"),
        text: "会议 9:00 开始".into(),
        campaign: Some(CampaignId(1)),
        lead: Some(LeadId(n)),
        attempt: None,
        call: CallId(n),
        at: NOW,
    }
}

async fn a_message_goes_out_and_is_reported(store: Store) {
    let queued = store.queue_sms(T, &draft(1), NOW).await.unwrap();
    store.queue_sms(T, &draft(2), NOW.plus_ms(60_000)).await.unwrap();
    let taken = store.take_due_sms(NOW, NOW.plus_ms(30_000), 10).await.unwrap();
    assert_eq!(taken.iter().map(|s| (s.id, s.state, s.tries)).collect::<Vec<_>>(), [(queued.id, SmsState::Sending, 1)]);
    let again = store.sms_failed(queued.id, "503", Some(NOW.plus_ms(5_000)), NOW).await.unwrap();
    assert_eq!((again.state, again.next_at), (SmsState::Queued, NOW.plus_ms(5_000)));
    assert_eq!(store.take_due_sms(NOW.plus_ms(5_000), NOW.plus_ms(30_000), 10).await.unwrap()[0].tries, 2);
    let sent = store.sms_sent(queued.id, Some("ref-1"), NOW).await.unwrap();
    assert_eq!((sent.state, sent.sent_at, sent.error), (SmsState::Sent, Some(NOW), None));
    let delivered = store.sms_delivered(T, "ref-1", true, None, NOW).await.unwrap().unwrap();
    assert_eq!(delivered.state, SmsState::Delivered);
    assert!(store.sms_delivered(T, "ref-9", true, None, NOW).await.unwrap().is_none());
    let other =
        store.sms_page(T, &SmsFilter { lead_id: Some(LeadId(2)), ..SmsFilter::default() }, PageQuery::default()).await.unwrap();
    let failed = store.sms_failed(other.items[0].id, "号码无效", None, NOW).await.unwrap();
    assert_eq!(failed.state, SmsState::Failed);
    assert!(matches!(store.sms_retry(T, queued.id, NOW).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.sms_retry(T, failed.id, NOW).await.unwrap().state, SmsState::Queued);
    let inbound = store.receive_sms(T, "+8613800000001", "TD", None, NOW).await.unwrap();
    assert_eq!(inbound.direction, Direction::Inbound);
    let kinds: Vec<_> = store.events_after(T, 0, 100).await.unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds.iter().filter(|k| *k == SMS_CHANGED).count(), 7);
    assert_eq!(kinds.last().unwrap(), SMS_RECEIVED);
}

async fn a_dead_sender_s_messages_are_due_again(store: Store) {
    store.queue_texts(T, &[("+861".into(), "a".into()), ("+862".into(), "b".into())], NOW, NOW).await.unwrap();
    assert_eq!(store.take_due_sms(NOW, NOW.plus_ms(1_000), 10).await.unwrap().len(), 2);
    assert!(store.take_due_sms(NOW.plus_ms(999), NOW.plus_ms(2_000), 10).await.unwrap().is_empty());
    assert_eq!(store.take_due_sms(NOW.plus_ms(1_000), NOW.plus_ms(2_000), 10).await.unwrap().len(), 2);
}

async fn senders_never_share_a_message(store: Store) {
    let texts: Vec<_> = (0..200).map(|n| (format!("+86{n}"), "x".to_string())).collect();
    store.queue_texts(T, &texts, NOW, NOW).await.unwrap();
    let senders: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.take_due_sms(NOW, NOW.plus_ms(9_000), 25).await.unwrap() })
        })
        .collect();
    let mut taken = Vec::new();
    for sender in senders {
        taken.extend(sender.await.unwrap().into_iter().map(|s| s.id));
    }
    taken.extend(store.take_due_sms(NOW, NOW.plus_ms(9_000), 200).await.unwrap().into_iter().map(|s| s.id));
    assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (200, 200));
}

fn hook(id: i64, events: &[&str]) -> Webhook {
    Webhook {
        id: WebhookId(id),
        tenant_id: T,
        name: format!("erp{id}"),
        url: "http://127.0.0.1:9/hook".into(),
        secret: Some("whsec_x".into()),
        events: events.iter().map(ToString::to_string).collect(),
        campaign_ids: Vec::new(),
        results: Vec::new(),
        enabled: true,
        created_at: NOW,
    }
}

async fn events_become_deliveries_once(store: Store) {
    store.insert_webhook(&hook(1, &[])).await.unwrap();
    store.insert_webhook(&hook(2, &["lead.result"])).await.unwrap();
    store.insert_webhook(&Webhook { enabled: false, ..hook(3, &[]) }).await.unwrap();
    store.insert_webhook(&Webhook { tenant_id: TenantId(2), ..hook(4, &[]) }).await.unwrap();
    store.emit(T, "alarm", json!({"code": "disk"}), NOW).await.unwrap();
    store.emit(T, "lead.result", json!({"result": "attend"}), NOW).await.unwrap();
    let fans: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.fan_out(100, NOW).await.unwrap() })
        })
        .collect();
    let mut looked = 0;
    for fan in fans {
        looked += fan.await.unwrap();
    }
    assert_eq!(looked, 2, "four at once look at each event once");
    let due = store.take_due_deliveries(NOW, NOW.plus_ms(30_000), 10).await.unwrap();
    assert_eq!(
        due.iter().map(|d| (d.webhook.id.0, d.event.kind.as_str(), d.delivery.tries)).collect::<Vec<_>>(),
        [(1, "alarm", 1), (1, "lead.result", 1), (2, "lead.result", 1)]
    );
    assert_eq!((due[0].webhook.secret.as_deref(), due[0].event.data["code"].as_str()), (Some("whsec_x"), Some("disk")));
    assert!(store.take_due_deliveries(NOW, NOW.plus_ms(30_000), 10).await.unwrap().is_empty());
    let shown = Webhook { secret: None, name: "新".into(), ..hook(1, &[]) };
    store.update_webhook(&shown).await.unwrap();
    assert_eq!(store.webhook(T, WebhookId(1)).await.unwrap().unwrap().secret.as_deref(), Some("whsec_x"));
    store.delete_webhook(T, WebhookId(1)).await.unwrap();
    assert_eq!(store.deliveries(T, &DeliveryFilter::default(), PageQuery::default()).await.unwrap().items.len(), 1);
    assert_eq!(store.webhooks(T).await.unwrap().len(), 2);
}

async fn dead_letters_are_replayed(store: Store) {
    store.insert_webhook(&hook(1, &[])).await.unwrap();
    store.emit(T, "alarm", json!({}), NOW).await.unwrap();
    store.fan_out(100, NOW).await.unwrap();
    let take = async |at: At| store.take_due_deliveries(at, at.plus_ms(1_000), 10).await.unwrap();
    let id = take(NOW).await[0].delivery.id;
    store.delivery_failed(id, Some(500), "boom", Some(NOW.plus_ms(60_000))).await.unwrap();
    assert!(take(NOW.plus_ms(59_999)).await.is_empty());
    assert_eq!(take(NOW.plus_ms(60_000)).await[0].delivery.tries, 2);
    store.delivery_failed(id, None, "timeout", None).await.unwrap();
    let dead = DeliveryFilter { state: Some(DeliveryState::Dead), ..DeliveryFilter::default() };
    let page = store.deliveries(T, &dead, PageQuery::default()).await.unwrap();
    assert_eq!((page.items[0].id, page.items[0].last_error.as_deref()), (id, Some("timeout")));
    assert!(take(NOW.plus_ms(600_000)).await.is_empty());
    assert_eq!(store.replay_dead(T, WebhookId(1), NOW).await.unwrap(), 1);
    assert_eq!(take(NOW).await[0].delivery.tries, 1);
    store.delivery_done(id, 204, NOW).await.unwrap();
    assert!(take(NOW.plus_ms(600_000)).await.is_empty());
    let replayed = store.replay_delivery(T, id, NOW).await.unwrap();
    assert_eq!(replayed.state, DeliveryState::Pending);
    assert!(matches!(store.replay_delivery(TenantId(2), id, NOW).await, Err(StoreError::NotFound(_))));
}
