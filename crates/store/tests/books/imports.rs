//! Imports: progress, rejected rows, interruption.

use crate::engines::on_both_engines;
use crate::sample::{NOW, T, campaign};
use model::event::IMPORT_CHANGED;
use model::record::*;
use model::*;
use serde_json::json;
use store::{RejectedRow, Store, StoreError};

on_both_engines!(an_import_is_followed, a_killed_import_is_failed);

fn import(state: ImportState) -> Import {
    Import {
        id: ImportId(1),
        tenant_id: T,
        campaign_id: CampaignId(1),
        file_name: "专家.xlsx".into(),
        state,
        rows_total: 10,
        rows_read: 0,
        accepted: 0,
        duplicates: 0,
        rejected: 0,
        error: None,
        created_by: "anna".into(),
        created_at: NOW,
        finished_at: None,
    }
}

async fn an_import_is_followed(store: Store) {
    store.insert_campaign(&campaign(1)).await.unwrap();
    let mut import = import(ImportState::Uploaded);
    let head = json!({"columns": ["姓名", "电话"], "rows": [["张三", "138"]]});
    store.insert_import(&import, &head).await.unwrap();
    assert_eq!(store.import_head(T, import.id).await.unwrap().unwrap(), head);
    (import.state, import.rows_read, import.accepted, import.rejected) = (ImportState::Done, 10, 8, 2);
    store.update_import(&import, NOW).await.unwrap();
    assert_eq!(store.import(T, import.id).await.unwrap().unwrap(), import);
    let row = |row| RejectedRow { row, reason: "电话不是号码".into(), cells: vec!["李四".into(), "12".into()] };
    store.add_rejected_rows(T, import.id, &[row(3), row(9)]).await.unwrap();
    store.add_rejected_rows(T, import.id, &[row(9)]).await.unwrap();
    assert_eq!(store.rejected_rows(T, import.id, 0, 100).await.unwrap(), [row(3), row(9)]);
    assert_eq!(store.rejected_rows(T, import.id, 3, 100).await.unwrap(), [row(9)]);
    assert!(matches!(store.rejected_rows(TenantId(2), import.id, 0, 100).await, Err(StoreError::NotFound(_))));
    let told: Vec<_> = store.events_after(T, 0, 10).await.unwrap().into_iter().filter(|e| e.kind == IMPORT_CHANGED).collect();
    assert_eq!(told.iter().map(|e| e.data["state"].as_str().unwrap()).collect::<Vec<_>>(), ["uploaded", "done"]);
    assert_eq!(store.imports(T, CampaignId(1)).await.unwrap().len(), 1);
}

async fn a_killed_import_is_failed(store: Store) {
    store.insert_campaign(&campaign(1)).await.unwrap();
    store.insert_import(&Import { rows_read: 4, ..import(ImportState::Running) }, &json!({})).await.unwrap();
    assert_eq!(store.fail_interrupted_imports(NOW).await.unwrap(), 1);
    let failed = store.import(T, ImportId(1)).await.unwrap().unwrap();
    assert_eq!((failed.state, failed.finished_at), (ImportState::Failed, Some(NOW)));
    assert!(failed.error.unwrap().contains("第 4 行"));
    assert_eq!(store.fail_interrupted_imports(NOW).await.unwrap(), 0);
}
