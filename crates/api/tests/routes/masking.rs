//! Numbers for those who may not see them, wherever they come out.

use crate::app::App;
use crate::fixture::fill;
use model::TenantId;
use model::record::{Permission as P, Role, SipMessage, SipTrace};

#[tokio::test]
async fn an_operator_never_sees_a_whole_number() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let operator = app.person(Role::Operator).await;
    let (campaign, lead, call) = (rows.id("campaigns"), rows.id("leads"), rows.id("calls"));
    for path in [
        format!("/api/v1/campaigns/{campaign}/leads"),
        format!("/api/v1/leads/{lead}"),
        "/api/v1/calls".into(),
        format!("/api/v1/calls/{call}"),
        "/api/v1/list-entries".into(),
        "/api/v1/consents".into(),
        "/api/v1/sms".into(),
        "/api/v1/events".into(),
        "/api/v1/orders".into(),
    ] {
        let whole = admin.get(&path).await.text();
        assert!(
            ["3800138000", "3900139000", "3600136000"].iter().any(|n| whole.contains(n)),
            "{path}: the administrator sees {whole}"
        );
        let masked = operator.get(&path).await;
        assert_eq!(masked.status, 200, "{path}");
        for number in ["3800138000", "3900139000", "3600136000"] {
            assert!(!masked.text().contains(number), "{path} shows {}", masked.text());
        }
        assert!(masked.text().contains("****"), "{path}: {}", masked.text());
    }
}

#[tokio::test]
async fn a_number_cannot_be_found_out_by_searching() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let operator = app.person(Role::Operator).await;
    let path = format!("/api/v1/campaigns/{}/leads", rows.id("campaigns"));
    assert_eq!(operator.get(&format!("{path}?q=1380013")).await.expect(422)["field"], "q");
    let whole = operator.get(&format!("{path}?q=13800138000")).await.expect(200);
    assert_eq!(whole["items"].as_array().unwrap().len(), 1);
    assert_eq!(admin.get(&format!("{path}?q=1380013")).await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn exports_are_masked_like_lists() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let clerk = app.key(TenantId(1), &[P::ResultExport, P::CallRead, P::CampaignRead, P::LeadRead]).await;
    let results = format!("/api/v1/campaigns/{}/results.csv", rows.id("campaigns"));
    for path in [results.as_str(), "/api/v1/calls/export?format=csv"] {
        assert!(admin.get(path).await.text().contains("3800138000"), "{path}");
        let masked = clerk.get(path).await;
        assert_eq!(masked.status, 200, "{path}: {}", masked.text());
        assert!(!masked.text().contains("3800138000") && masked.text().contains("****"), "{path}: {}", masked.text());
    }
}

#[tokio::test]
async fn sip_messages_of_a_call_are_masked_and_belong_to_its_tenant() {
    let (app, admin) = App::with_admin().await;
    let call = fill(&app, &admin).await.id("calls");
    let path = format!("/api/v1/calls/{call}/sip-trace");
    let before = admin.get(&path).await.expect(200);
    assert!(before[0]["trace"].is_null(), "nothing was kept: {before}");
    let message = SipMessage {
        at_us: 1_700_000_000_000_000,
        sent: true,
        transport: "UDP".into(),
        local: "192.0.2.9:5060".into(),
        remote: "192.0.2.1:5060".into(),
        text: "INVITE sip:13800138000@192.0.2.1 SIP/2.0\r\nCall-ID: 1\r\n\r\n".into(),
    };
    let leg_id = model::LegId(before[0]["leg_id"].as_i64().unwrap());
    let trace = SipTrace { leg_id, tenant_id: TenantId(1), at: model::At(0), messages: vec![message], left_out: 0 };
    app.store.save_sip_traces(&[trace]).await.unwrap();
    let whole = admin.get(&path).await.expect(200);
    assert!(whole[0]["trace"]["messages"][0]["text"].as_str().unwrap().contains("sip:13800138000@"));
    let operator = app.person(Role::Operator).await;
    let masked = operator.get(&path).await;
    assert_eq!(masked.status, 200);
    assert!(!masked.text().contains("3800138000") && masked.text().contains("sip:138****8000@192.0.2.1"), "{}", masked.text());
}

#[tokio::test]
async fn a_sheet_shows_its_numbers_to_the_one_who_brought_it_and_to_those_who_may_see_all() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let campaign = rows.id("campaigns");
    let scopes = [P::LeadWrite, P::LeadRead, P::CampaignRead];
    let (bringer, other) = (app.key(TenantId(1), &scopes).await, app.person(Role::Operator).await);
    let sheet = "姓名,手机,金额\n王,13800138001,x\n李,13800138001,1\n赵,13800138002,13900139009\n";
    let path = format!("/api/v1/campaigns/{campaign}/imports");
    let uploaded = bringer.upload(&path, &[], "a.csv", sheet.as_bytes()).await;
    assert!(uploaded.text().contains("13800138001"), "{}", uploaded.text());
    let import = crate::fixture::id(&uploaded.expect(201)["import"]);
    let see = |client: crate::app::Client, what: &'static str| async move {
        let reply = client.get(&format!("/api/v1/imports/{import}/{what}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.text()
    };
    let whole = |text: &str| ["3800138001", "3800138002", "3900139009"].iter().any(|n| text.contains(n));
    assert!(whole(&see(bringer.clone(), "preview").await) && whole(&see(admin.clone(), "preview").await));
    let masked = see(other.clone(), "preview").await;
    assert!(!whole(&masked) && masked.contains("****"), "{masked}");
    let mapping = serde_json::json!({"mapping": [{"column": 0, "target": "name"}, {"column": 1, "target": "phone"}, {
        "column": 2, "target": "field:n", "new_field": {"key": "n", "label": "金额", "kind": "number"}}]});
    bringer.post(&format!("/api/v1/imports/{import}/commit"), mapping).await.expect(202);
    for _ in 0..2_000 {
        if bringer.get(&format!("/api/v1/imports/{import}")).await.expect(200)["state"] == "done" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(whole(&see(bringer, "rejected.csv").await) && whole(&see(admin, "rejected.csv").await));
    let masked = see(other, "rejected.csv").await;
    assert!(!whole(&masked) && masked.contains("****") && masked.contains("王"), "{masked}");
}
