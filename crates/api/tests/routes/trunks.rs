use crate::app::App;
use crate::fixture::id;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn a_password_is_written_and_never_read() {
    let (app, admin) = App::with_admin().await;
    let body = json!({"name": "线路", "address": "sip.example.com", "register": true, "username": "u", "password": "geheim"});
    let trunk = admin.post("/api/v1/trunks", body).await.expect(201);
    assert_eq!((trunk["state"]["state"].as_str(), trunk.get("password")), (Some("starting"), None));
    let path = format!("/api/v1/trunks/{}", id(&trunk));
    let mut change = trunk.clone();
    change["calls_max"] = json!(60);
    let stored = admin.put(&path, change.clone()).await.expect(200);
    assert_eq!(stored["calls_max"], 60);
    let kept = app.store.trunks(model::TenantId(1)).await.unwrap();
    assert_eq!(kept[0].password.as_deref(), Some("geheim"));
    let lost = admin.put(&path, change).await.expect(409);
    assert_eq!((lost["code"].as_str(), lost["current"]["calls_max"].as_u64()), (Some("revision_conflict"), Some(60)));
    admin.call(Method::DELETE, &path, None).await.expect(204);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let (_app, admin) = App::with_admin().await;
    let body = json!({"name": "", "address": "10.0.0.256", "calls_max": 0, "codecs": [], "inbound_from": ["10.0.0.0/40"], "register": true});
    let refused = admin.post("/api/v1/trunks", body).await.expect(422);
    let fields: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "address", "username", "password", "codecs", "calls_max", "inbound_from.0"]);
}

/// A campaign that goes on needs its line, its number and its flow; a slip of the mouse must not take them.
#[tokio::test]
async fn what_a_campaign_under_way_needs_stays() {
    let (app, admin) = App::with_admin().await;
    let rows = crate::fixture::fill(&app, &admin).await;
    let path = format!("/api/v1/campaigns/{}", rows.id("campaigns"));
    let mut change = admin.get(&path).await.expect(200);
    change["caller_ids"] = json!(["01088886666"]);
    admin.put(&path, change).await.expect(200);
    admin.post(&format!("{path}/submit"), json!({})).await.expect(200);
    let approver = app.person(model::record::Role::Approver).await;
    approver.post(&format!("{path}/approve"), json!({})).await.expect(200);
    let delete = |noun: &str, code: &'static str| {
        let (path, admin) = (format!("/api/v1/{noun}/{}", rows.id(noun)), &admin);
        async move {
            let refused = admin.call(Method::DELETE, &path, None).await.expect(409);
            assert_eq!(refused["code"], code, "{refused}");
        }
    };
    delete("trunks", "trunk_in_use").await;
    delete("numbers", "number_in_use").await;
    delete("flows", "flow_in_use").await;
    admin.post(&format!("{path}/stop"), json!({})).await.expect(200);
    for noun in ["numbers", "trunks"] {
        admin.call(Method::DELETE, &format!("/api/v1/{noun}/{}", rows.id(noun)), None).await.expect(204);
    }
}

#[tokio::test]
async fn rules_of_a_trunk_are_kept_and_checked() {
    let (_app, admin) = App::with_admin().await;
    let rule = json!({"prefix": "0531", "length": 12, "strip": 4, "prepend": ""});
    let rules = json!({"identity": "remote_party_id", "digits": "info", "refer": true, "called_out": [rule], "redirects_max": 2, "redirect_to": ["10.0.0.0/8"]});
    let trunk = admin.post("/api/v1/trunks", json!({"name": "线路", "address": "10.0.0.1", "rules": rules})).await.expect(201);
    assert_eq!((trunk["rules"]["called_out"][0]["strip"].as_u64(), trunk["rules"]["digits"].as_str()), (Some(4), Some("info")));
    let bad = json!({"redirects_max": 9, "redirect_to": ["somewhere"], "caller_ids": ["x"], "called_in": [{"prefix": "a"}], "calling_out": [{"strip": 21}]});
    let refused = admin.post("/api/v1/trunks", json!({"name": "另一条", "address": "10.0.0.2", "rules": bad})).await.expect(422);
    let fields: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    let want = [
        "rules.redirects_max",
        "rules.redirect_to.0",
        "rules.caller_ids.0",
        "rules.calling_out.0.strip",
        "rules.called_in.0.prefix",
    ];
    assert_eq!(fields, want);
}

#[tokio::test]
async fn a_rate_table_is_looked_at_imported_and_tried_out() {
    let (_app, admin) = App::with_admin().await;
    let mut ids = Vec::new();
    for name in ["便宜", "备用"] {
        let body = json!({"name": name, "address": "10.0.0.1", "options_interval_s": 0});
        ids.push(id(&admin.post("/api/v1/trunks", body).await.expect(201)));
    }
    let text = "线路,号码前缀,每分钟费用,计费步长\n便宜,138,0.06,6\n备用,,0.09,60\n便宜,,0.2,60\n没有这条,,1,60\n";
    let sheet = |commit: bool| json!({"text": text, "replace": true, "commit": commit});
    let preview = admin.post("/api/v1/routes/import", sheet(false)).await.expect(200);
    assert_eq!((preview["accepted"].as_u64(), preview["rejected"].as_u64()), (Some(3), Some(1)));
    assert!(preview["lines"][0]["zh"].as_str().unwrap().contains("没有这条"), "what is wrong comes first: {preview}");
    assert!(admin.get("/api/v1/routes").await.expect(200)["items"].as_array().unwrap().is_empty(), "a look writes nothing");
    admin.post("/api/v1/routes/import", sheet(true)).await.expect(200);
    admin.post("/api/v1/routes/import", sheet(true)).await.expect(200);
    assert_eq!(admin.get("/api/v1/routes").await.expect(200)["items"].as_array().unwrap().len(), 3, "replaced, not doubled");
    let order = async |number: &str| {
        let quote = admin.get(&format!("/api/v1/routes/quote?number={number}")).await.expect(200);
        let line = |l: &serde_json::Value| (l["name"].as_str().unwrap().to_owned(), l["route"]["cost"].as_i64().unwrap());
        quote["lines"].as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(order("13800138000").await, [("便宜".to_owned(), 60), ("备用".to_owned(), 90)]);
    assert_eq!(order("13900139000").await, [("备用".to_owned(), 90), ("便宜".to_owned(), 200)], "the long prefix does not fit");
    admin.call(Method::DELETE, &format!("/api/v1/trunks/{}", ids[1]), None).await.expect(204);
    assert_eq!(order("13900139000").await.len(), 1);
    for (number, word) in [("1380013q000", "q"), ("", "号码"), ("8888666", "区号"), ("13800138000%2C13900139000", "一")] {
        let refused = admin.get(&format!("/api/v1/routes/quote?number={number}")).await.expect(422);
        let detail = refused["detail"].as_str().unwrap();
        assert_eq!(refused["field"], "number");
        assert!(detail.contains(word), "{number}: {detail}");
        assert!(!["单元格", "行", "列", "导入"].iter().any(|w| detail.contains(w)), "words of an import: {detail}");
    }
    let headless = json!({"text": "前缀\n138", "commit": false});
    assert_eq!(admin.post("/api/v1/routes/import", headless).await.expect(422)["field"], "text");
}

#[tokio::test]
async fn a_prefix_is_stored_as_calls_are_compared_with_it() {
    let (_app, admin) = App::with_admin().await;
    let trunk = id(&admin.post("/api/v1/trunks", json!({"name": "线路", "address": "10.0.0.1"})).await.expect(201));
    let body = |prefix: &str| json!({"trunk_id": trunk, "number_prefix": prefix, "cost": 60});
    let route = admin.post("/api/v1/routes", body("138")).await.expect(201);
    assert_eq!(route["number_prefix"], "+86138");
    let quote = admin.get("/api/v1/routes/quote?number=13800138000").await.expect(200);
    assert_eq!((&quote["lines"][0]["rank"], &quote["lines"][0]["route"]["id"]), (&json!(1), &route["id"]));
    let path = format!("/api/v1/routes/{}", id(&route));
    for (written, stored) in
        [("010", "+8610"), ("8610", "+8610"), ("+8610", "+8610"), ("0081", "+81"), ("1 39", "+86139"), ("", "")]
    {
        assert_eq!(admin.put(&path, body(written)).await.expect(200)["number_prefix"], stored, "{written}");
    }
    for bad in ["1a", "++86", "1234567890123456"] {
        assert_eq!(admin.put(&path, body(bad)).await.expect(422)["field"], "number_prefix", "{bad}");
    }
}

#[tokio::test]
async fn an_ims_account_has_its_domain() {
    let (_app, admin) = App::with_admin().await;
    let body = |username: &str| json!({"name": username, "address": "10.0.0.1", "register": true, "username": username, "password": "geheim"});
    let account = "+8653188886666@sd.ims.example.com";
    assert_eq!(admin.post("/api/v1/trunks", body(account)).await.expect(201)["username"], account);
    for bad in ["u@", "@ims.example.com", "u@a@b", "a b"] {
        assert_eq!(admin.post("/api/v1/trunks", body(bad)).await.expect(422)["field"], "username", "{bad}");
    }
}

#[tokio::test]
async fn nothing_where_a_value_is_needed_names_the_field() {
    let (_app, admin) = App::with_admin().await;
    let trunk = admin.post("/api/v1/trunks", json!({"name": "线路", "address": "10.0.0.1"})).await.expect(201);
    let path = format!("/api/v1/trunks/{}", id(&trunk));
    let changed = |pointer: &str, value: serde_json::Value| {
        let mut body = trunk.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let english = admin.clone().with("accept-language", "en");
    for (pointer, field) in [
        ("/calls_max", "calls_max"),
        ("/revision", "revision"),
        ("/rules/redirects_max", "rules.redirects_max"),
        ("/name", "name"),
    ] {
        // A domain may be nothing: it is not the one to name.
        assert!(trunk["domain"].is_null());
        let refused = admin.put(&path, changed(pointer, json!(null))).await.expect(422);
        let said = (refused["field"].as_str(), refused["detail"].as_str().unwrap().to_owned());
        assert_eq!(said, (Some(field), format!("{field} 不能为空")));
        let refused = english.put(&path, changed(pointer, json!(null))).await.expect(422);
        assert_eq!(refused["detail"], format!("{field} must not be empty"));
    }
    let refused = admin.post("/api/v1/trunks", json!({"name": "二", "address": "10.0.0.1", "calls_max": null})).await.expect(422);
    assert_eq!((&refused["field"], &refused["detail"]), (&json!("calls_max"), &json!("calls_max 不能为空")));
    for (pointer, value) in [("/calls_max", json!("many")), ("/codecs", json!(7)), ("/transport", json!("pigeon"))] {
        let refused = admin.put(&path, changed(pointer, value)).await.expect(422);
        assert_eq!(refused["field"].as_str(), Some(&pointer[1..]), "{refused}");
    }
}
