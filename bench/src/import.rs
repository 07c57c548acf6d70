//! Rows per second from an uploaded sheet to stored leads.

use crate::gauge::figure;
use carrier::Plan;
use checks::{Scene, quick_campaign};
use serde_json::json;
use std::fmt::Write as _;
use std::time::Instant;

const ROWS: usize = 100_000;

pub async fn rows() {
    let scene = Scene::open(41_000, Plan::default(), "", None).await;
    let doc = json!({ "schema": "fengling.flow/1", "name": "bye", "entry": "bye", "nodes": { "bye": { "type": "hangup" } } });
    let campaign = quick_campaign(&scene, doc, &["13800138000".to_owned()], json!({})).await;
    let mut sheet = String::from("姓名,手机号码,单位\n");
    for i in 0..ROWS {
        let _ = writeln!(sheet, "专家{i},137{i:08},第{}设计院", i % 97);
    }
    let field = json!({ "key": "company", "label": "单位", "kind": "text" });
    let mapping = json!([{ "column": 0, "target": "name" }, { "column": 1, "target": "phone" },
                         { "column": 2, "target": "field:company", "new_field": field }]);
    let started = Instant::now();
    let import = scene.client.import(&campaign["id"], "rows.csv", sheet.into_bytes(), mapping).await;
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(import["accepted"], json!(ROWS), "{import}");
    #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
    figure("import of 100,000 rows, rows per second", ROWS as f64 / seconds, "1/s");
}
