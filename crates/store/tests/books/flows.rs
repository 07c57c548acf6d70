//! Flows by version, prompts.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, campaign};
use model::event::FLOW_PUBLISHED;
use model::record::*;
use model::*;
use serde_json::json;
use store::{Store, StoreError};

on_both_engines!(drafts_are_saved_and_published, a_used_flow_stays, prompts_are_named_once);

async fn drafts_are_saved_and_published(store: Store) {
    let (one, two) = (json!({"z": 1, "a": [1, 2]}), json!({"z": 2}));
    let flow = store.insert_flow(T, "通知", "", &one, NOW).await.unwrap();
    assert!(matches!(store.insert_flow(T, "通知", "", &one, NOW).await, Err(StoreError::Duplicate { field }) if field == "name"));
    let saved = store.save_flow_draft(T, flow.id, flow.revision, &two, NOW).await.unwrap();
    assert!(matches!(store.save_flow_draft(T, flow.id, flow.revision, &one, NOW).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.flow_draft(T, flow.id).await.unwrap(), Some(two.clone()));
    assert!(matches!(store.publish_flow(T, flow.id, flow.revision, "anna", "", NOW).await, Err(StoreError::Conflict(_))));
    assert!(store.published_flows().await.unwrap().is_empty());
    let first = store.publish_flow(T, flow.id, saved.revision, "anna", "首版", NOW).await.unwrap();
    assert_eq!((first.version, &first.doc), (1, &two));
    assert_eq!(store.flow_draft(T, flow.id).await.unwrap(), None);
    let head = store.flow(T, flow.id).await.unwrap().unwrap();
    assert!(
        matches!(store.publish_flow(T, flow.id, head.revision, "anna", "", NOW).await, Err(StoreError::Conflict(_))),
        "no draft"
    );
    let draft = store.save_flow_draft(T, flow.id, head.revision, &one, NOW).await.unwrap();
    assert!(draft.has_draft && draft.published_version == Some(1));
    store.publish_flow(T, flow.id, draft.revision, "anna", "", NOW).await.unwrap();
    let newest = store.published_flows().await.unwrap();
    assert_eq!((newest.len(), newest[0].version, &newest[0].doc), (1, 2, &one));
    assert_eq!(newest[0].doc.to_string(), one.to_string(), "keys keep their order");
    assert_eq!(store.flow_version(T, flow.id, 1).await.unwrap().unwrap(), first, "a published version never changes");
    assert_eq!(store.flow_versions(T, flow.id).await.unwrap().iter().map(|v| v.version).collect::<Vec<_>>(), [2, 1]);
    let told = store.events_after(T, 0, 10).await.unwrap();
    assert_eq!(
        told.iter().map(|e| (e.kind.as_str(), e.data["version"].as_i64())).collect::<Vec<_>>(),
        [(FLOW_PUBLISHED, Some(1)), (FLOW_PUBLISHED, Some(2))]
    );
    let renamed = store.rename_flow(T, flow.id, "新名", "说明", NOW).await.unwrap();
    assert_eq!(renamed.name, "新名");
    assert!(!store.discard_flow_draft(T, flow.id, NOW).await.unwrap().has_draft);
}

async fn a_used_flow_stays(store: Store) {
    let flow = store.insert_flow(T, "通知", "", &json!({}), NOW).await.unwrap();
    store.insert_campaign(&Campaign { flow_id: flow.id, ..campaign(1) }).await.unwrap();
    assert!(matches!(store.delete_flow(T, flow.id).await, Err(StoreError::Conflict(_))));
    store.delete_campaign(T, CampaignId(1)).await.unwrap();
    store.delete_flow(T, flow.id).await.unwrap();
    assert!(store.flows(T).await.unwrap().is_empty());
}

async fn prompts_are_named_once(store: Store) {
    let prompt = |id, name: &str| Prompt {
        id: PromptId(id),
        tenant_id: T,
        name: name.into(),
        source: PromptSource::Tts,
        text: "您好".into(),
        voice: None,
        duration_ms: 900,
        blob: "00".into(),
        created_at: NOW,
        updated_at: NOW,
    };
    store.insert_prompt(&prompt(1, "welcome")).await.unwrap();
    assert!(matches!(store.insert_prompt(&prompt(2, "welcome")).await, Err(StoreError::Duplicate { field }) if field == "name"));
    let changed = Prompt { text: "欢迎".into(), ..prompt(1, "welcome") };
    store.update_prompt(&changed).await.unwrap();
    assert_eq!(store.prompt_by_name(T, "welcome").await.unwrap().unwrap(), changed);
    store.delete_prompt(T, PromptId(1)).await.unwrap();
    assert!(store.prompt(T, PromptId(1)).await.unwrap().is_none());
}
