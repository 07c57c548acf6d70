use crate::app::{App, Client};
use crate::fixture::{fill, id};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// GBK, a duplicate, a number that is none.
fn sheet() -> Vec<u8> {
    let text = "姓名,手机,评标时间\n王老师,13800138001,9点\n李老师,13800138001,9点\n赵老师,12345,9点\n孙老师,010-88886666,10点\n";
    let mut gbk = Vec::new();
    // The few characters used, as GBK has them.
    for c in text.chars() {
        match c {
            '姓' => gbk.extend([0xD0, 0xD5]),
            '名' => gbk.extend([0xC3, 0xFB]),
            '手' => gbk.extend([0xCA, 0xD6]),
            '机' => gbk.extend([0xBB, 0xFA]),
            '评' => gbk.extend([0xC6, 0xC0]),
            '标' => gbk.extend([0xB1, 0xEA]),
            '时' => gbk.extend([0xCA, 0xB1]),
            '间' => gbk.extend([0xBC, 0xE4]),
            '王' => gbk.extend([0xCD, 0xF5]),
            '李' => gbk.extend([0xC0, 0xEE]),
            '赵' => gbk.extend([0xD5, 0xD4]),
            '孙' => gbk.extend([0xCB, 0xEF]),
            '老' => gbk.extend([0xC0, 0xCF]),
            '师' => gbk.extend([0xCA, 0xA6]),
            '点' => gbk.extend([0xB5, 0xE3]),
            ascii => gbk.push(u8::try_from(u32::from(ascii)).unwrap()),
        }
    }
    gbk
}

async fn finished(client: &Client, import: i64) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let now = client.get(&format!("/api/v1/imports/{import}")).await.expect(200);
        if matches!(now["state"].as_str(), Some("done" | "failed")) {
            return now;
        }
        assert!(Instant::now() < deadline, "the import does not end: {now}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn upload_look_commit_and_take_the_rejected_rows_home() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let campaign = rows.id("campaigns");
    let uploaded = admin.upload(&format!("/api/v1/campaigns/{campaign}/imports"), &[], "专家.csv", &sheet()).await.expect(201);
    let preview = &uploaded["preview"];
    assert_eq!(preview["encoding"].as_str().unwrap().to_lowercase(), "gbk");
    assert_eq!(
        (preview["columns"][0]["header"].as_str(), preview["columns"][1]["guess"].as_str()),
        (Some("姓名"), Some("phone"))
    );
    let verdicts: Vec<_> = preview["rows"].as_array().unwrap().iter().map(|r| r["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["ok", "duplicate", "rejected", "ok"]);
    let import = id(&uploaded["import"]);
    let mapping = json!({"mapping": [
        {"column": 0, "target": "name"}, {"column": 1, "target": "phone"},
        {"column": 2, "target": "field:time", "new_field": {"key": "time", "label": "评标时间", "kind": "text"}},
    ]});
    admin.post(&format!("/api/v1/imports/{import}/commit"), mapping.clone()).await.expect(202);
    let done = finished(&admin, import).await;
    assert_eq!(
        (done["accepted"].as_u64(), done["duplicates"].as_u64(), done["rejected"].as_u64()),
        (Some(2), Some(1), Some(1)),
        "{done}"
    );
    admin.post(&format!("/api/v1/imports/{import}/commit"), mapping).await.expect(409);
    let leads = admin.get(&format!("/api/v1/campaigns/{campaign}/leads?import_id={import}")).await.expect(200);
    let names: Vec<_> = leads["items"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["王老师", "孙老师"]);
    let rejected = admin.get(&format!("/api/v1/imports/{import}/rejected.csv")).await;
    assert!(rejected.header("content-disposition").starts_with("attachment"), "{:?}", rejected.headers);
    assert!(rejected.text().contains("赵老师"), "{}", rejected.text());
}

#[tokio::test]
async fn results_are_exported_and_the_export_is_logged() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let path = format!("/api/v1/campaigns/{}/results", rows.id("campaigns"));
    let csv = admin.get(&format!("{path}.csv")).await;
    assert_eq!(csv.status, 200);
    assert!(csv.text().contains(crate::fixture::MARK));
    let xlsx = admin.get(&format!("{path}.xlsx")).await;
    assert!(xlsx.body.starts_with(b"PK"));
    let log = admin.get("/api/v1/audit").await.expect(200).to_string();
    assert!(log.contains("export"), "{log}");
}
