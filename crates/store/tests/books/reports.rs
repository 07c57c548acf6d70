//! Reports: sums that agree with the facts.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, dial, end, fact, result, with_leads};
use model::record::*;
use model::*;
use serde_json::json;
use store::{ReportParams, Store, StoreError};

on_both_engines!(reports_agree_with_the_facts, a_report_names_what_it_lacks);

fn params() -> ReportParams {
    ReportParams { campaign_id: Some(CampaignId(1)), from: None, to: None, zone: "Asia/Shanghai".into() }
}

async fn reports_agree_with_the_facts(store: Store) {
    let campaign = with_leads(&store, 1, 5).await;
    // 22:13 and, three hours later, 01:13 of the next day in Shanghai.
    for attempt in 1..=4 {
        let at = if attempt <= 3 { NOW } else { NOW.plus_ms(3 * 3_600_000) };
        let (begun, _) = dial(&store, campaign.id, attempt, at).await;
        let disposition = if attempt == 2 { Disposition::Busy } else { Disposition::Human };
        if attempt == 1 {
            fact(&store, result(&begun, "attend", at.plus_ms(7_000))).await;
        }
        end(&store, &begun, disposition, LeadState::Done, at.plus_ms(10_000)).await;
    }
    let (refused, _) = dial(&store, campaign.id, 5, NOW).await;
    end(&store, &refused, Disposition::Blocked, LeadState::Done, NOW).await;
    let rows = async |code: &str| store.report(T, code, &params()).await.unwrap();

    let results = rows("campaign_results").await;
    assert_eq!(results.rows[0], [json!("attend"), json!("参加"), json!(1), json!(20.0)]);
    assert_eq!((results.rows.len(), &results.totals.unwrap()[2]), (4, &json!(5)));
    let days = rows("campaign_days").await;
    assert_eq!(
        days.rows,
        [
            vec![json!("2026-09-21"), json!(3), json!(2), json!(66.7), json!(1), json!(10_000), json!(5_000)],
            vec![json!("2026-09-22"), json!(1), json!(1), json!(100.0), json!(0), json!(5_000), json!(5_000)],
        ]
    );
    let hours = rows("campaign_hours").await;
    assert_eq!(
        hours.rows.iter().map(|r| (r[0].as_i64().unwrap(), r[1].as_i64().unwrap())).collect::<Vec<_>>(),
        [(1, 1), (22, 3)]
    );
    let dispositions = rows("campaign_dispositions").await;
    assert_eq!(dispositions.rows.iter().map(|r| r[0].as_str().unwrap()).collect::<Vec<_>>(), ["human", "busy", "blocked"]);
    let traffic = rows("traffic_hours").await;
    assert_eq!((traffic.rows.len(), &traffic.rows[22][1], &traffic.rows[22][2]), (24, &json!(3), &json!(2)));
    for info in store::report::all() {
        let table = rows(info.code).await;
        assert!(table.rows.iter().chain(&table.totals).all(|r| r.len() == info.columns.len()), "{}", info.code);
    }
    let early = ReportParams { to: Some(NOW), ..params() };
    assert!(store.report(T, "campaign_days", &early).await.unwrap().rows.is_empty());
    assert!(store.report(TenantId(2), "campaign_days", &params()).await.unwrap().rows.is_empty());
}

async fn a_report_names_what_it_lacks(store: Store) {
    let lost = ReportParams { zone: "Mars/Base".into(), ..params() };
    assert!(matches!(store.report(T, "campaign_days", &lost).await, Err(StoreError::Config(text)) if text.contains("Mars/Base")));
    let whole = ReportParams { campaign_id: None, ..params() };
    assert!(
        matches!(store.report(T, "campaign_results", &whole).await, Err(StoreError::Config(text)) if text.contains("campaign_id"))
    );
    assert!(matches!(store.report(T, "nothing", &params()).await, Err(StoreError::NotFound("report"))));
}
