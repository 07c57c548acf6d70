//! What a claim of a hundred leads costs among a million (SQLite) and five million (PostgreSQL, where `FENGLING_TEST_POSTGRES` names one).
//!
//! The leads stand on four lists: two of one priority, weighed 70 to 30, one below them, and one that is disabled; each tenth lead is
//! kept back by its list's filter, each twentieth waits for tomorrow, each fiftieth belongs to an agent. The filters, the waiting and
//! the agents' leads stand first in the order of priority, where a claim that walked over them would be slow.

use crate::gauge::figure;
use model::record::*;
use model::*;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use std::time::{Duration, Instant};
use store::{NewLead, Store, StoreConfig};

const T: TenantId = TenantId(1);
const NOW: At = At(1_790_000_000_000);
const BASE: u64 = 50_000;
const CLAIMS: usize = 600;
const N: u32 = 100;

pub async fn measure() {
    let dir = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite://{}", dir.path().join("claims.db").display());
    one("SQLite, 1,000,000", &url, dir.path(), 1_000_000 / BASE).await;
    let Ok(admin) = std::env::var("FENGLING_TEST_POSTGRES") else {
        checks::say("PostgreSQL: run through scripts/with-postgres to measure it");
        return;
    };
    let db = Database::connect(admin.clone()).await.expect("PostgreSQL");
    db.execute_unprepared("DROP DATABASE IF EXISTS claims WITH (FORCE)").await.expect("dropped");
    db.execute_unprepared("CREATE DATABASE claims").await.expect("created");
    let (path, query) = admin.split_once('?').map_or((admin.as_str(), ""), |(path, query)| (path, query));
    let url = format!("{}/claims?{query}", path.rsplit_once('/').map_or(path, |(server, _)| server));
    one("PostgreSQL, 5,000,000", &url, dir.path(), 5_000_000 / BASE).await;
    db.execute_unprepared("DROP DATABASE claims WITH (FORCE)").await.expect("dropped");
}

async fn one(name: &str, url: &str, dir: &std::path::Path, times: u64) {
    let store = Store::open(StoreConfig::new(url, dir)).await.expect("a store");
    let started = Instant::now();
    fill(&store, url, times).await;
    #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
    figure(&format!("{name} leads: filled, rows per second"), (BASE * times) as f64 / started.elapsed().as_secs_f64(), "1/s");
    let mut took = Vec::with_capacity(CLAIMS);
    let mut lists = std::collections::BTreeMap::<LeadListId, u32>::new();
    for round in 0..CLAIMS {
        let now = NOW.plus_ms(i64::try_from(round).unwrap_or(0) * 1_000);
        let started = Instant::now();
        let claim = store.claim_leads(CampaignId(1), N, now, now.plus_ms(60_000)).await.expect("a claim");
        took.push(started.elapsed());
        assert_eq!(claim.leads.len(), N as usize, "claim {round}");
        if let Some(lead) = claim.leads.first() {
            let list = store.lead(T, lead.id).await.expect("a read").expect("the lead").list_id;
            *lists.entry(list).or_default() += 1;
        }
        // As in life: what was claimed ends, so that the table is written to all the time.
        let ids: Vec<LeadId> = claim.leads.iter().skip(50).map(|lead| lead.id).collect();
        store.release_leads(CampaignId(1), &ids, now).await.expect("released");
    }
    assert!(lists.keys().all(|list| [2, 3].contains(&list.0)), "only the lists of the highest priority: {lists:?}");
    took.sort_unstable();
    let ms = |at: usize| took.get(at).copied().unwrap_or(Duration::MAX).as_secs_f64() * 1_000.0;
    figure(&format!("{name} leads: claim of 100, median"), ms(CLAIMS / 2), "ms");
    figure(&format!("{name} leads: claim of 100, 99th percentile"), ms(CLAIMS * 99 / 100), "ms");
    store.close().await.expect("closed");
}

async fn fill(store: &Store, url: &str, times: u64) {
    let db = Database::connect(url.to_owned()).await.expect("a connection");
    campaign(&db).await;
    let filter = ListFilter { regions: vec!["山东省".into()], ..ListFilter::default() };
    for (id, weight, priority, enabled) in [(2, 70, 5, true), (3, 30, 5, true), (4, 100, 0, true), (5, 100, 9, false)] {
        let list = LeadList {
            id: LeadListId(id),
            tenant_id: T,
            campaign_id: CampaignId(1),
            name: format!("名单{id}"),
            weight,
            priority,
            enabled,
            filter: filter.clone(),
            applied: true,
            origin: ListOrigin::Hand,
            origin_note: String::new(),
            created_by: String::new(),
            created_at: NOW,
            updated_at: NOW,
            revision: 1,
        };
        store.insert_lead_list(&list).await.expect("a list");
    }
    let leads: Vec<NewLead> = (0..BASE).map(lead).collect();
    store.insert_leads(T, CampaignId(1), &leads, NOW).await.expect("leads");
    // The rest are copies of these, made by the database itself.
    const COLUMNS: &str = "tenant_id, campaign_id, list_id, import_id, source_id, phone_raw, phones, phone_at, phones_spent, name, region, carrier, \
                           variables, state, priority, attempts, next_at, hold, expires_at, agent_id, lease_until, last_disposition, last_attempt_at, \
                           result, result_at, note, created_at";
    for k in 1..times {
        let (ids, numbers) = (k * 1_000_000, k * BASE);
        let sql = format!(
            "INSERT INTO leads (id, phone, {COLUMNS}) SELECT id + {ids}, '+861' || CAST(CAST(substr(phone, 5) AS BIGINT) + {numbers} AS TEXT), \
             {COLUMNS} FROM leads WHERE campaign_id = 1 AND id <= (SELECT MIN(id) FROM leads) + {}",
            4 * BASE + 4_096
        );
        db.execute_unprepared(&sql).await.expect("copies");
    }
    // So much at once is followed by a tidying that would fall into the measurement.
    let tidy = match url.starts_with("sqlite") {
        true => ["ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"],
        false => ["VACUUM (ANALYZE) leads", "CHECKPOINT"],
    };
    for sql in tidy {
        db.execute_unprepared(sql).await.expect("tidied");
    }
    db.close().await.expect("closed");
}

/// Of a campaign only what a claim looks at: the row that its leads and lists belong to.
async fn campaign(db: &DatabaseConnection) {
    let sql = "INSERT INTO campaigns (id, tenant_id, name, description, status, mode, purpose, flow_id, caller_ids, trunk_ids, schedule, \
               concurrency_max, calls_per_second_max, ring_ms_max, retry, record, variables, fields, results, created_by, created_at, updated_at, \
               revision) VALUES (1, 1, 'claims', '', 'running', 'ivr', 'notice', 1, '[]', '[]', '{\"windows\":[]}', 100, 50, 30000, \
               '{\"attempts_max\":3,\"rules\":{},\"no_result\":null}', TRUE, '{}', '[]', '[]', 1, 1, 1, 1)";
    db.execute_unprepared(sql).await.expect("a campaign");
}

fn lead(n: u64) -> NewLead {
    let held = n.is_multiple_of(10);
    NewLead {
        list_id: Some(LeadListId(i64::try_from(n % 4).unwrap_or(0) + 2)),
        source_id: None,
        phone: format!("+861{:010}", 3_000_000_000 + n),
        phone_raw: format!("1{:010}", 3_000_000_000 + n),
        phones: Vec::new(),
        name: format!("客户{n}"),
        region: if held { "北京市" } else { "山东省济南市" }.into(),
        carrier: Carrier::Mobile,
        variables: serde_json::json!({"单位": format!("第{}设计院", n % 97), "欠费": n % 1_000})
            .as_object()
            .cloned()
            .unwrap_or_default(),
        priority: if held || n % 20 == 1 || n % 50 == 3 { 9 } else { i32::try_from(n % 3).unwrap_or(0) },
        import_id: None,
        next_at: (n % 20 == 1).then(|| NOW.plus_ms(86_400_000)),
        expires_at: None,
        agent_id: (n % 50 == 3).then_some(AgentId(1)),
    }
}
