//! What a campaign comes to: answers, orders, the figures of its page, and who is told.

use crate::agents::agent;
use crate::engines::on_both_engines;
use crate::sample::{NOW, T, attempt_end, call, dial, end, fact, result, vars, with_leads};
use model::event::ORDER_CHANGED;
use model::fact::{Begin, Fact};
use model::record::*;
use model::*;
use serde_json::{Value, json};
use store::report::Seen;
use store::{OrderFilter, PageQuery, ReportParams, StatusChange, Store, StoreError};

on_both_engines!(
    a_page_s_figures_agree_with_the_facts,
    nobody_skips_a_step_of_the_funnel,
    answers_are_kept_question_by_question,
    what_is_sold_is_the_tenant_s_own,
    an_order_is_written_once,
    sales_stand_beside_those_of_the_days_before,
    endpoints_choose_campaigns_and_results
);

fn params() -> ReportParams {
    ReportParams { campaign_id: Some(CampaignId(1)), zone: "Asia/Shanghai".into(), now: NOW, ..ReportParams::default() }
}

fn talk(agent: i64, from: At, ms: i64) -> AgentTalk {
    AgentTalk {
        agent_id: AgentId(agent),
        leg_id: LegId(agent),
        queue_id: None,
        rung_at: from,
        answered_at: Some(from),
        ended_at: from.plus_ms(ms),
        held_ms: 0,
    }
}

/// Ends `begin` as a human's call that one of ours talked in.
async fn talked(store: &Store, begin: &Begin, talks: Vec<AgentTalk>, cost: Option<i32>, ms: i64) {
    let (answered, over) = (begin.at.plus_ms(5_000), begin.at.plus_ms(5_000 + ms));
    let agent_id = talks.first().map(|t| t.agent_id);
    let call = Call { agent_id, talks, cost, ..call(begin, Some(answered), over, Disposition::Human) };
    let end = Box::new(attempt_end(begin, Disposition::Human, LeadState::Done, over));
    fact(store, Fact::AttemptEnded { end, call: Some(Box::new(call)), recordings: Vec::new() }).await;
}

async fn a_page_s_figures_agree_with_the_facts(store: Store) {
    let campaign = with_leads(&store, 1, 10).await;
    for id in [1, 2] {
        store.create_agent(&agent(id)).await.unwrap();
    }
    let (first, _) = dial(&store, campaign.id, 1, NOW).await;
    fact(&store, result(&first, "attend", NOW.plus_ms(20_000))).await;
    talked(&store, &first, vec![talk(1, NOW.plus_ms(6_000), 30_000)], Some(150), 40_000).await;
    let (busy, _) = dial(&store, campaign.id, 2, NOW).await;
    end(&store, &busy, Disposition::Busy, LeadState::Retry, NOW.plus_ms(2_000)).await;
    let (second, _) = dial(&store, campaign.id, 3, NOW).await;
    talked(&store, &second, vec![talk(2, NOW.plus_ms(6_000), 60_000), talk(1, NOW.plus_ms(66_000), 4_000)], None, 70_000).await;
    let (alone, _) = dial(&store, campaign.id, 4, NOW).await;
    fact(&store, result(&alone, "decline", NOW.plus_ms(6_000))).await;
    talked(&store, &alone, Vec::new(), None, 10_000).await;
    let (refused, _) = dial(&store, campaign.id, 5, NOW).await;
    end(&store, &refused, Disposition::Blocked, LeadState::Excluded, NOW).await;
    let settings = model::settings::Settings { costs: model::settings::Costs { per_minute: 120 }, ..Default::default() };
    store.save_settings(T, &settings, NOW).await.unwrap();
    let run = StatusChange { from: &[CampaignStatus::Draft], to: CampaignStatus::Running, by: None, note: None };
    store.set_campaign_status(T, campaign.id, run, NOW).await.unwrap();

    let later = ReportParams { now: NOW.plus_ms(600_000), ..params() };
    let page = store.campaign_overview(T, campaign.id, &later).await.unwrap();
    let funnel = Funnel { leads: 10, called: 4, answered: 3, human: 3, agent: 2, heard: 2, reached: 3, success: 1 };
    assert_eq!(page.funnel, funnel);
    let ended: Vec<_> = page.dispositions.iter().map(|d| (d.disposition, d.attempts)).collect();
    assert_eq!(ended[0], (Disposition::Human, 3));
    assert_eq!(ended.iter().map(|d| d.1).sum::<u64>(), 5, "what a rule refused is told as well");
    assert_eq!(page.hours, [HourCount { hour: 22, attempts: 4, answered: 3 }]);
    let agents: Vec<_> = page.agents.iter().map(|a| (a.number.as_str(), a.calls, a.talk_ms, a.success)).collect();
    assert_eq!(agents, [("8001", 2, 34_000, 1), ("8002", 1, 60_000, 0)]);
    assert_eq!(page.agents[0].results.get("attend"), Some(&1));
    assert_eq!(page.speed.last_hour.iter().sum::<u64>(), 4);
    assert_eq!((page.speed.per_minute_milli, page.speed.attempts_left), (400, 6));
    // Fifteen minutes of dialling, from nine o'clock on.
    assert_eq!(page.speed.ends_at, At::parse_rfc3339("2026-09-22T09:15:00+08:00").ok());
    assert_eq!(page.cost, CampaignCost { routed: 150, unrated_minutes: 3, unrated: 360 });

    let seen = Seen { agents: [AgentId(2)].into(), ..Seen::default() };
    let theirs = store.campaign_overview(T, campaign.id, &ReportParams { seen: Some(seen), ..later.clone() }).await.unwrap();
    assert_eq!((theirs.agents.len(), theirs.funnel.agent), (1, 2), "whom one does not see is not listed, their people count");
    let strange = store.campaign_overview(TenantId(2), campaign.id, &later).await;
    assert!(matches!(strange, Err(StoreError::NotFound("campaign"))));
}

fn answered(begin: &Begin, code: &str, variables: Value, at: At) -> Fact {
    let Fact::Result { tenant, campaign, lead, attempt, call, callback, .. } = result(begin, code, at) else { unreachable!() };
    Fact::Result { tenant, campaign, lead, attempt, call, code: code.into(), callback, variables: vars(variables), at }
}

async fn nobody_skips_a_step_of_the_funnel(store: Store) {
    let campaign = with_leads(&store, 1, 10).await;
    // One is on the line still and has pressed a key; one pressed a key, and was taken for a machine; one called back.
    let (live, _) = dial(&store, campaign.id, 1, NOW).await;
    fact(&store, result(&live, "decline", NOW.plus_ms(20_000))).await;
    let (machine, _) = dial(&store, campaign.id, 2, NOW).await;
    fact(&store, result(&machine, "attend", NOW.plus_ms(6_000))).await;
    end(&store, &machine, Disposition::Machine, LeadState::Done, NOW.plus_ms(9_000)).await;
    let (missed, _) = dial(&store, campaign.id, 3, NOW).await;
    end(&store, &missed, Disposition::NoAnswer, LeadState::Retry, NOW.plus_ms(9_000)).await;
    let back = Fact::Result {
        tenant: T,
        campaign: campaign.id,
        lead: missed.lead,
        attempt: None,
        call: CallId(77),
        code: "agent".into(),
        callback: true,
        variables: vars(json!({})),
        at: NOW.plus_ms(90_000),
    };
    fact(&store, back).await;
    let page = store.campaign_overview(T, campaign.id, &params()).await.unwrap();
    let all = Funnel { leads: 10, called: 3, answered: 3, human: 3, agent: 0, heard: 3, reached: 3, success: 1 };
    assert_eq!(page.funnel, all);
    // Which results are hoped for is the campaign's own to say.
    let mut draft = store.campaign(T, campaign.id).await.unwrap().unwrap();
    for result in draft.results.iter_mut().filter(|r| r.code != "attend") {
        result.success = true;
    }
    store.update_campaign(&draft, NOW).await.unwrap();
    let page = store.campaign_overview(T, campaign.id, &params()).await.unwrap();
    assert_eq!((page.funnel.success, page.funnel.heard), (2, 3));
    let table = store.report(T, "survey_summary", &params()).await.unwrap();
    assert_eq!(table.rows[2][1..3], [json!("成功（不参加、转人工）"), json!(2)]);
    // Nothing to hope for.
    let mut draft = store.campaign(T, campaign.id).await.unwrap().unwrap();
    draft.results.clear();
    store.update_campaign(&draft, NOW).await.unwrap();
    let page = store.campaign_overview(T, campaign.id, &params()).await.unwrap();
    assert_eq!((page.funnel.success, page.funnel.heard), (0, 3));
}

async fn answers_are_kept_question_by_question(store: Store) {
    let campaign = with_leads(&store, 1, 4).await;
    let given = [
        json!({"评分": "5", "意见": {"duration_ms": 9_000, "text": ""}}),
        json!({"评分": "4"}),
        json!({"评分": "5", "空": null}),
    ];
    for (n, variables) in (1_i64..).zip(given) {
        let at = NOW.plus_ms(n * 60_000);
        let (begun, _) = dial(&store, campaign.id, n, at).await;
        if n == 1 {
            // What was said before is said again, and more.
            fact(&store, answered(&begun, "agent", json!({"评分": "1"}), at)).await;
        }
        fact(&store, answered(&begun, if n == 2 { "decline" } else { "attend" }, variables, at.plus_ms(1_000))).await;
        end(&store, &begun, Disposition::Human, LeadState::Done, at.plus_ms(10_000)).await;
    }
    let (silent, _) = dial(&store, campaign.id, 4, NOW).await;
    end(&store, &silent, Disposition::NoAnswer, LeadState::Done, NOW.plus_ms(1_000)).await;
    assert_eq!(store.answers_of_call(T, CallId(1_000_001)).await.unwrap().len(), 2);

    let detail = store.report(T, "survey_detail", &params()).await.unwrap();
    assert_eq!(detail.extra, [("评分".into(), "评分".into()), ("意见".into(), "意见".into())]);
    assert_eq!(detail.rows.len(), 3, "one row a call, newest first");
    assert_eq!(detail.rows[0][0], json!(NOW.plus_ms(181_000)));
    assert_eq!(detail.rows[2][3..], [json!("参加"), json!(null), json!("5"), json!("录音 9 秒")]);
    assert_eq!(detail.rows[1][2..], [json!("专家1"), json!("不参加"), json!(null), json!("4"), json!(null)]);
    let summary = store.report(T, "survey_summary", &params()).await.unwrap();
    let expected = [
        [json!("总体"), json!("已呼"), json!(4), json!(100.0)],
        [json!("总体"), json!("接通"), json!(3), json!(75.0)],
        [json!("总体"), json!("成功（参加）"), json!(2), json!(50.0)],
        [json!("评分"), json!("5"), json!(2), json!(66.7)],
        [json!("评分"), json!("4"), json!(1), json!(33.3)],
        [json!("意见"), json!("录音 9 秒"), json!(1), json!(100.0)],
    ];
    assert_eq!(summary.rows, expected);
    let late = ReportParams { from: Some(NOW.plus_ms(100_000)), ..params() };
    assert_eq!(store.report(T, "survey_detail", &late).await.unwrap().rows.len(), 2);
    let none = store.report(TenantId(2), "survey_detail", &params()).await;
    assert!(matches!(none, Err(StoreError::NotFound("campaign"))));
}

fn product(id: i64, code: &str, cents: i64) -> Product {
    Product {
        id: ProductId(id),
        tenant_id: T,
        code: code.into(),
        name: format!("宽带 {code}"),
        price_cents: cents,
        unit: "年".into(),
        attributes: vars(json!({"速率": "500M", "赠送": "路由器"})),
        enabled: true,
        created_at: NOW,
        updated_at: NOW,
        revision: 1,
    }
}

async fn what_is_sold_is_the_tenant_s_own(store: Store) {
    with_leads(&store, 1, 0).await;
    let (fast, slow) = (product(1, "B500", 59_900), product(2, "A100", 29_900));
    store.create_product(&fast).await.unwrap();
    store.create_product(&slow).await.unwrap();
    let twin = store.create_product(&product(3, "B500", 1)).await;
    assert!(matches!(twin, Err(StoreError::Duplicate { field }) if field == "code"));
    store.create_product(&Product { tenant_id: TenantId(2), ..product(3, "B500", 1) }).await.unwrap();
    let codes = |all: Vec<Product>| all.into_iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!(codes(store.products(T).await.unwrap()), ["A100", "B500"]);
    assert_eq!(store.product(T, fast.id).await.unwrap(), Some(fast.clone()), "attributes in their order");
    let dearer = store.update_product(&Product { price_cents: 69_900, ..fast.clone() }, NOW.plus_ms(1)).await.unwrap();
    assert_eq!((dearer.price_cents, dearer.revision, dearer.updated_at), (69_900, 2, NOW.plus_ms(1)));
    assert!(matches!(store.update_product(&fast, NOW).await, Err(StoreError::Conflict(_))));
    let campaign = CampaignId(1);
    assert!(store.campaign_products(T, campaign).await.unwrap().is_empty());
    store.set_campaign_products(T, campaign, &[fast.id, slow.id]).await.unwrap();
    assert_eq!(store.campaign_products(T, campaign).await.unwrap(), [fast.id, slow.id]);
    let strange = store.set_campaign_products(T, campaign, &[ProductId(3)]).await;
    assert!(matches!(strange, Err(StoreError::NotFound("product"))));
    assert_eq!(store.campaign_products(T, campaign).await.unwrap().len(), 2, "a refusal changes nothing");
    assert!(matches!(store.campaign_products(TenantId(2), campaign).await, Err(StoreError::NotFound(_))));
}

fn order(id: i64, agent: i64, quantity: u32, price_cents: i64, at: At) -> Order {
    let line = OrderLine {
        product_id: ProductId(1),
        code: "B500".into(),
        name: "宽带 B500".into(),
        unit: "年".into(),
        price_cents,
        quantity,
    };
    Order {
        id: OrderId(id),
        tenant_id: T,
        state: OrderState::Confirmed,
        campaign_id: Some(CampaignId(1)),
        lead_id: None,
        call_id: Some(CallId(9)),
        agent_id: Some(AgentId(agent)),
        customer_id: None,
        customer_name: "王芳".into(),
        phone: "+8613800138000".into(),
        total_cents: line.cents(),
        lines: vec![line],
        confirmation: String::new(),
        note: String::new(),
        created_by: "user:8001".into(),
        created_at: at,
        updated_at: at,
        confirmed_at: Some(at),
        cancelled_at: None,
        cancel_reason: String::new(),
        revision: 1,
    }
}

async fn an_order_is_written_once(store: Store) {
    with_leads(&store, 1, 0).await;
    store.create_agent(&agent(1)).await.unwrap();
    store.create_agent(&agent(2)).await.unwrap();
    let draft = Order { state: OrderState::Draft, confirmed_at: None, ..order(1, 1, 2, 59_900, NOW) };
    store.create_order(&draft).await.unwrap();
    store.create_order(&order(2, 2, 1, 100, NOW.plus_ms(5))).await.unwrap();
    assert_eq!(store.order(T, draft.id).await.unwrap().as_ref(), Some(&draft));
    let done =
        Order { state: OrderState::Confirmed, confirmed_at: Some(NOW.plus_ms(9)), created_by: "x".into(), ..draft.clone() };
    let stored = store.update_order(&done, NOW.plus_ms(9)).await.unwrap();
    assert_eq!((stored.revision, stored.created_by.as_str(), stored.total_cents), (2, "user:8001", 119_800));
    assert!(matches!(store.update_order(&done, NOW).await, Err(StoreError::Conflict(_))));
    let strange = Order { id: OrderId(3), agent_id: Some(AgentId(77)), ..draft.clone() };
    assert!(matches!(store.create_order(&strange).await, Err(StoreError::NotFound("agent"))));
    let list = async |filter: OrderFilter| {
        let page = store.orders(T, &filter, PageQuery::default()).await.unwrap();
        page.items.into_iter().map(|o| o.id.0).collect::<Vec<_>>()
    };
    assert_eq!(list(OrderFilter::default()).await, [2, 1]);
    assert_eq!(list(OrderFilter { text: "B500".into(), agent_id: Some(AgentId(1)), ..OrderFilter::default() }).await, [1]);
    assert_eq!(list(OrderFilter { from: Some(NOW.plus_ms(1)), ..OrderFilter::default() }).await, [2]);
    assert_eq!(list(OrderFilter { states: vec![OrderState::Draft], ..OrderFilter::default() }).await, Vec::<i64>::new());
    let seen = |agents: &[i64]| Some(Seen { agents: agents.iter().map(|a| AgentId(*a)).collect(), ..Seen::default() });
    assert_eq!(list(OrderFilter { seen: seen(&[1]), ..OrderFilter::default() }).await, [1]);
    assert_eq!(list(OrderFilter { seen: seen(&[]), ..OrderFilter::default() }).await, Vec::<i64>::new());
    assert!(store.order(TenantId(2), draft.id).await.unwrap().is_none());
    let told = store.events_after(T, 0, 100).await.unwrap().into_iter().filter(|e| e.kind == ORDER_CHANGED);
    assert_eq!(told.map(|e| e.data["state"].as_str().map(str::to_owned)).collect::<Vec<_>>().len(), 3);
}

async fn sales_stand_beside_those_of_the_days_before(store: Store) {
    let campaign = with_leads(&store, 1, 3).await;
    for id in [1, 2] {
        store.create_agent(&agent(id)).await.unwrap();
    }
    for (attempt, seller, ms) in [(1, 1, 70_000), (2, 1, 10_000), (3, 2, 40_000)] {
        let (begun, _) = dial(&store, campaign.id, attempt, NOW).await;
        talked(&store, &begun, vec![talk(seller, NOW.plus_ms(6_000), ms)], None, ms + 1_000).await;
    }
    let yesterday = NOW.plus_ms(-86_400_000);
    store.create_order(&order(1, 1, 2, 10_000, NOW)).await.unwrap();
    store.create_order(&order(2, 1, 1, 5_000, NOW)).await.unwrap();
    store.create_order(&order(3, 1, 1, 10_000, yesterday)).await.unwrap();
    store.create_order(&order(4, 2, 1, 9_000, yesterday.plus_ms(-86_400_000))).await.unwrap();
    store.create_order(&Order { campaign_id: None, ..order(5, 2, 1, 3_000, NOW) }).await.unwrap();
    for (id, state) in [(6, OrderState::Draft), (7, OrderState::Cancelled)] {
        store.create_order(&Order { state, ..order(id, 1, 1, 99_999, NOW) }).await.unwrap();
    }
    let midnight = NOW.plus_ms(-80_000_000);
    let day = ReportParams { campaign_id: None, from: Some(midnight), to: Some(midnight.plus_ms(86_400_000)), ..params() };
    let agents = store.report(T, "sales_agents", &day).await.unwrap();
    let first = json!(["8001", "坐席1", 2, 1, 80_000, 2, 3, 25_000, 100.0, 10_000, 15_000, 150.0, 1]);
    let second = json!(["8002", "坐席2", 1, 1, 40_000, 1, 1, 3_000, 100.0, 0, 3_000, null, 0]);
    assert_eq!(json!(agents.rows), json!([first, second]));
    let total = json!(["合计", null, 3, 2, 120_000, 3, 4, 28_000, 100.0, 10_000, 18_000, 180.0, 1]);
    assert_eq!(json!(agents.totals), total);
    let campaigns = store.report(T, "sales_campaigns", &day).await.unwrap();
    let sold: Vec<_> = campaigns.rows.iter().map(|r| (r[0].clone(), r[6].clone())).collect();
    assert_eq!(sold, [(json!("评标专家通知 1"), json!(25_000)), (json!("无任务"), json!(3_000))]);
    let days = store.report(T, "sales_days", &day).await.unwrap();
    assert_eq!((days.rows.len(), &days.rows[0][0], &days.rows[0][8]), (1, &json!("2026-09-21"), &json!(10_000)));
    let quiet = ReportParams { from: day.to, to: day.to.map(|t| t.plus_ms(86_400_000)), ..day.clone() };
    let fallen = store.report(T, "sales_days", &quiet).await.unwrap();
    assert_eq!(fallen.rows[0][8..11], [json!(28_000), json!(-28_000), json!(-100.0)], "a fall is told as well");
    let seen = Seen { agents: [AgentId(2)].into(), ..Seen::default() };
    let theirs = store.report(T, "sales_agents", &ReportParams { seen: Some(seen), ..day.clone() }).await.unwrap();
    assert_eq!(theirs.rows.len(), 1);
    let open = store.report(T, "sales_agents", &ReportParams { from: None, to: None, ..day }).await.unwrap();
    assert_eq!(open.rows[0][9], json!(null), "without days nothing lies before");
    assert!(store.report(TenantId(2), "sales_agents", &params()).await.unwrap().rows.is_empty());
}

async fn endpoints_choose_campaigns_and_results(store: Store) {
    let hook = |id: i64, campaigns: &[i64], results: &[&str]| Webhook {
        id: WebhookId(id),
        tenant_id: T,
        name: format!("erp{id}"),
        url: "http://127.0.0.1:9/hook".into(),
        secret: None,
        events: Vec::new(),
        campaign_ids: campaigns.iter().map(|c| CampaignId(*c)).collect(),
        results: results.iter().map(ToString::to_string).collect(),
        enabled: true,
        created_at: NOW,
    };
    store.insert_webhook(&hook(1, &[7], &[])).await.unwrap();
    store.insert_webhook(&hook(2, &[], &["attend"])).await.unwrap();
    assert_eq!(store.webhook(T, WebhookId(1)).await.unwrap(), Some(hook(1, &[7], &[])));
    for (campaign, code) in [(7, "attend"), (7, "decline"), (8, "attend"), (8, "decline")] {
        store.emit(T, "lead.result", json!({"campaign_id": campaign, "result": code}), NOW).await.unwrap();
    }
    store.emit(T, "alarm", json!({"code": "disk"}), NOW).await.unwrap();
    store.fan_out(100, NOW).await.unwrap();
    let due = store.take_due_deliveries(NOW, NOW.plus_ms(30_000), 20).await.unwrap();
    let mut sent: Vec<_> = due
        .iter()
        .map(|d| (d.webhook.id.0, d.event.data["campaign_id"].as_i64(), d.event.data["result"].as_str().map(str::to_owned)))
        .collect();
    sent.sort();
    let (yes, no) = (Some("attend".to_owned()), Some("decline".to_owned()));
    let all = [
        (1, None, None),
        (1, Some(7), yes.clone()),
        (1, Some(7), no),
        (2, None, None),
        (2, Some(7), yes.clone()),
        (2, Some(8), yes),
    ];
    assert_eq!(sent, all);
}
