use crate::app::App;
use std::path::Path;

#[test]
fn the_committed_description_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let now = format!("{}\n", api::openapi().to_pretty_json().unwrap());
    assert!(
        committed == now,
        "web/openapi.json is stale; run: cargo run -p api --example openapi && npm --prefix web run client"
    );
}

#[tokio::test]
async fn it_is_served_and_every_operation_has_an_id_of_its_own() {
    let app = App::new().await;
    let doc = app.client().get("/api/v1/openapi.json").await.expect(200);
    assert_eq!(doc["openapi"], "3.1.0");
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in doc["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            assert!(ids.insert(operation["operationId"].to_string()), "{path}: operationId twice");
            assert!(operation["responses"]["default"].is_object(), "{path}: no problem response");
            for name in path.split('/').filter_map(|p| p.strip_prefix('{')?.split('}').next()) {
                let all = operation["parameters"].as_array().unwrap();
                assert!(all.iter().any(|p| p["name"] == name && p["in"] == "path"), "{path}: {name} is not described");
            }
        }
    }
    assert!(ids.len() > 100);
}
