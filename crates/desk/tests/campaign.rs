//! A campaign's life and who may move it on.

mod books;

use desk::campaign::{self, CampaignDraft};
use desk::{Actor, DeskError};
use model::record::{CampaignStatus as S, Role};
use model::{At, CampaignId, FlowId};
use store::{NewLead, Store};

fn lead(phone: &str) -> NewLead {
    NewLead {
        list_id: None,
        source_id: None,
        phones: Vec::new(),
        expires_at: None,
        agent_id: None,
        phone: phone.into(),
        phone_raw: phone.into(),
        name: String::new(),
        region: String::new(),
        carrier: model::Carrier::Unknown,
        variables: model::Vars::new(),
        priority: 0,
        import_id: None,
        next_at: None,
    }
}

async fn add_lead(store: &Store, actor: &Actor, id: CampaignId) {
    store.insert_leads(actor.tenant, id, &[lead("+8613800138000")], desk::now()).await.unwrap();
}

fn fields(e: &DeskError) -> Vec<&str> {
    e.issues.iter().map(|i| i.field.as_str()).collect()
}

#[tokio::test]
async fn approval_by_another_person_start_pause_resume_stop() {
    let b = books::open().await;
    let c = b.campaign().await;
    let (manager, approver) = (b.person("manager", Role::Manager).await, b.person("approver", Role::Approver).await);
    assert_eq!(campaign::start(&b.store, &manager, c.id).await.unwrap_err().code, "approval_missing");
    assert_eq!(campaign::submit(&b.store, &b.admin, c.id).await.unwrap().status, S::Pending);
    assert_eq!(campaign::approve(&b.store, &manager, c.id).await.unwrap_err().code, "forbidden");
    assert_eq!(campaign::approve(&b.store, &b.admin, c.id).await.unwrap_err().code, "approval_by_other");
    let anonymous = Actor { user: None, ..b.admin.clone() };
    assert_eq!(campaign::approve(&b.store, &anonymous, c.id).await.unwrap_err().code, "approval_by_other");
    let rejected = campaign::reject(&b.store, &approver, c.id, "时间不对").await.unwrap();
    assert_eq!((rejected.status, rejected.review_note.as_deref()), (S::Draft, Some("时间不对")));
    campaign::submit(&b.store, &manager, c.id).await.unwrap();
    let approved = campaign::approve(&b.store, &approver, c.id).await.unwrap();
    assert_eq!((approved.status, approved.approved_by), (S::Approved, approver.user));
    let empty = campaign::start(&b.store, &manager, c.id).await.unwrap_err();
    assert_eq!(fields(&empty), ["leads"]);
    add_lead(&b.store, &manager, c.id).await;
    assert_eq!(campaign::start(&b.store, &manager, c.id).await.unwrap().status, S::Running);
    assert_eq!(campaign::start(&b.store, &manager, c.id).await.unwrap_err().code, "campaign_state");
    assert_eq!(campaign::pause(&b.store, &manager, c.id).await.unwrap().status, S::Paused);
    assert_eq!(campaign::resume(&b.store, &manager, c.id).await.unwrap().status, S::Running);
    assert_eq!(campaign::stop(&b.store, &manager, c.id).await.unwrap().status, S::Stopped);
    assert_eq!(campaign::resume(&b.store, &manager, c.id).await.unwrap_err().code, "campaign_state");
    let copy = campaign::copy(&b.store, &manager, c.id, "").await.unwrap();
    assert_eq!((copy.status, copy.name.as_str(), copy.results.len()), (S::Draft, "评标通知 副本", c.results.len()));
    let filter = store::AuditFilter { target: Some(format!("campaign:{}", c.id)), ..Default::default() };
    let log = b.store.audit_page(b.tenant(), &filter, store::PageQuery { after: None, limit: 100, count: false }).await.unwrap();
    let actions: Vec<String> = log.items.into_iter().map(|e| e.action).rev().collect();
    assert_eq!(
        actions,
        [
            "campaign.create",
            "campaign.submit",
            "campaign.reject",
            "campaign.submit",
            "campaign.approve",
            "campaign.start",
            "campaign.pause",
            "campaign.resume",
            "campaign.stop"
        ]
    );
}

#[tokio::test]
async fn without_approval_a_draft_starts_at_once() {
    let b = books::open().await;
    let mut settings = b.store.settings(b.tenant()).await.unwrap();
    settings.compliance.approval_required = false;
    b.store.save_settings(b.tenant(), &settings, desk::now()).await.unwrap();
    let c = b.campaign().await;
    add_lead(&b.store, &b.admin, c.id).await;
    assert_eq!(campaign::start(&b.store, &b.admin, c.id).await.unwrap().status, S::Running);
}

#[tokio::test]
async fn drafts_are_checked_field_by_field() {
    let b = books::open().await;
    let wrong =
        CampaignDraft { flow_id: FlowId(404), caller_ids: vec!["01088886666".into()], ..CampaignDraft::of(&b.campaign().await) };
    let told = campaign::create(&b.store, &b.admin, wrong.clone()).await.unwrap_err();
    assert_eq!(fields(&told), ["flow_id", "caller_ids.0"]);
    assert!(told.zh.contains("外显号码"), "{}", told.zh);
    let shape = CampaignDraft { name: " ".into(), concurrency_max: 0, ring_ms_max: 1, ..wrong };
    assert_eq!(
        fields(&campaign::create(&b.store, &b.admin, shape).await.unwrap_err()),
        ["name", "concurrency_max", "ring_ms_max"]
    );
    let viewer = b.person("viewer", Role::Viewer).await;
    assert_eq!(campaign::create(&b.store, &viewer, CampaignDraft::default()).await.unwrap_err().code, "forbidden");
}

#[tokio::test]
async fn results_of_the_flow_must_be_the_campaign_s_and_the_flow_published() {
    let b = books::open().await;
    let c = b.campaign().await;
    let none = CampaignDraft { results: vec![], ..CampaignDraft::of(&c) };
    let c = campaign::update(&b.store, &b.admin, c.id, c.revision, none).await.unwrap();
    let missing = campaign::submit(&b.store, &b.admin, c.id).await.unwrap_err();
    assert!(fields(&missing).contains(&"results"), "{missing:?}");
    let doc = b.store.flow_version(b.tenant(), c.flow_id, 1).await.unwrap().unwrap().doc;
    let unpublished = b.store.insert_flow(b.tenant(), "新流程", "", &doc, desk::now()).await.unwrap();
    let draft = CampaignDraft { flow_id: unpublished.id, callback_flow_id: None, name: "x".into(), ..CampaignDraft::of(&c) };
    let x = campaign::create(&b.store, &b.admin, draft).await.unwrap();
    assert_eq!(fields(&campaign::submit(&b.store, &b.admin, x.id).await.unwrap_err()), ["flow_id"]);
}

#[tokio::test]
async fn what_was_approved_stays_and_old_revisions_are_refused() {
    let b = books::open().await;
    let c = b.campaign().await;
    let edit = CampaignDraft { description: "改".into(), ..CampaignDraft::of(&c) };
    let c2 = campaign::update(&b.store, &b.admin, c.id, c.revision, edit.clone()).await.unwrap();
    assert!(c2.revision > c.revision);
    assert_eq!(campaign::update(&b.store, &b.admin, c.id, c.revision, edit).await.unwrap_err().code, "conflict");
    campaign::submit(&b.store, &b.admin, c.id).await.unwrap();
    let pending = campaign::update(&b.store, &b.admin, c.id, c2.revision, CampaignDraft::of(&c2)).await.unwrap_err();
    assert_eq!(pending.code, "campaign_pending");
    campaign::approve(&b.store, &b.person("approver", Role::Approver).await, c.id).await.unwrap();
    let now = b.store.campaign(b.tenant(), c.id).await.unwrap().unwrap();
    let faster = CampaignDraft { concurrency_max: 99, ..CampaignDraft::of(&now) };
    let now = campaign::update(&b.store, &b.admin, c.id, now.revision, faster).await.unwrap();
    assert_eq!(now.concurrency_max, 99);
    let other_words = CampaignDraft { purpose: model::record::Purpose::Marketing, ..CampaignDraft::of(&now) };
    let refused = campaign::update(&b.store, &b.admin, c.id, now.revision, other_words).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), ("campaign_approved", Some("purpose")));
}

#[tokio::test]
async fn every_template_makes_a_campaign_that_may_be_submitted() {
    let b = books::open().await;
    let all = campaign::templates();
    assert!(all.len() >= 4 && all.iter().all(|t| !t.code.contains("callback")));
    for t in all {
        let c = campaign::create_from_template(&b.store, &b.admin, t.code, "", model::Vars::new()).await.unwrap();
        assert_eq!(campaign::submit(&b.store, &b.admin, c.id).await.unwrap().status, S::Pending, "{}", t.code);
        assert!(c.created_at > At(0));
    }
    let again = campaign::create_from_template(&b.store, &b.admin, "bid_expert_notice", "", model::Vars::new()).await.unwrap();
    assert!(again.callback_flow_id.is_some());
}
