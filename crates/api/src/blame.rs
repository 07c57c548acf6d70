//! Which field of a JSON body does not fit, where the deserializer cannot say: below `#[serde(flatten)]` the fields have been
//! collected before they are read, and the way to them is lost.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Fields tried of one body: each costs reading it again, and nobody need be signed in to send one. Forms are smaller.
const FIELDS_MAX: usize = 100;
const BODY_BYTES_MAX: usize = 32 << 10;

/// The path of a field that does not fit, like `rules.called_out.0.strip`, and what is wrong with it: without this field the
/// fault is another, or gone.
pub fn find<T: DeserializeOwned>(body: &[u8]) -> Option<(String, String)> {
    if body.len() > BODY_BYTES_MAX {
        return None;
    }
    let mut body: Value = serde_json::from_slice(body).ok()?;
    let fault = T::deserialize(&body).err()?.to_string();
    let mut paths = Vec::new();
    suspects(&body, &fault, &mut Vec::new(), &mut paths);
    let mut needed = None;
    // From the last to the first: the places before one in a list stay what they are.
    for path in paths.into_iter().rev().take(FIELDS_MAX) {
        let mut without = body.clone();
        remove(&mut without, &path);
        let now = T::deserialize(&without).err().map(|e| e.to_string());
        if now.as_ref() == Some(&fault) {
            body = without;
        } else if now.is_some_and(|now| path.last().is_some_and(|key| now == format!("missing field `{key}`"))) {
            // That it is needed does not prove it wrong: another may hold the same value.
            needed = Some(path.join("."));
        } else {
            return Some((path.join("."), fault));
        }
    }
    needed.map(|path| (path, fault))
}

/// `… at line 1 column 20` says nothing to somebody who filled in a form.
pub fn without_place(fault: &str) -> &str {
    fault.rsplit_once(" at line ").map_or(fault, |(fault, _)| fault)
}

/// Every value that the fault may be about, by its kind or its very words.
fn suspects(value: &Value, fault: &str, at: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
    let named = match value {
        Value::Null => fault.contains("null"),
        Value::Bool(_) => fault.contains("boolean"),
        Value::Number(n) => fault.contains(&n.to_string()),
        Value::String(text) => fault.contains(text.as_str()),
        Value::Array(_) => fault.contains("sequence"),
        Value::Object(_) => fault.contains("map"),
    };
    if named && !at.is_empty() {
        out.push(at.clone());
    }
    let mut below = |key: String, value: &Value| {
        at.push(key);
        suspects(value, fault, at, out);
        at.pop();
    };
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(i, v)| below(i.to_string(), v)),
        Value::Object(fields) => fields.iter().for_each(|(k, v)| below(k.clone(), v)),
        _ => {}
    }
}

fn remove(body: &mut Value, path: &[String]) {
    let Some((last, way)) = path.split_last() else { return };
    let parent = way.iter().try_fold(body, |v, key| match v {
        Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        Value::Object(fields) => fields.get_mut(key),
        _ => None,
    });
    match parent {
        Some(Value::Array(items)) => {
            if let Some(i) = last.parse::<usize>().ok().filter(|i| *i < items.len()) {
                items.remove(i);
            }
        }
        Some(Value::Object(fields)) => {
            fields.remove(last);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read from JSON")]
    struct Inner {
        a: u32,
        note: Option<String>,
        list: Vec<u8>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read from JSON")]
    struct Outer {
        revision: i64,
        #[serde(flatten)]
        inner: Inner,
    }

    #[test]
    fn the_field_below_flatten() {
        let cases = [
            (r#"{"note": null, "revision": 1, "a": null, "list": []}"#, Some("a")),
            (r#"{"a": 1, "list": null, "note": null, "revision": 1}"#, Some("list")),
            (r#"{"a": 1, "list": [1, null, 2], "note": null, "revision": 1}"#, Some("list.1")),
            (r#"{"a": "x", "list": [], "note": "x", "revision": 1}"#, Some("a")),
            (r#"{"a": 1, "list": [300], "revision": 300}"#, Some("list.0")),
            (r#"{"a": null, "list": null, "revision": 1}"#, Some("a")),
            (r#"{"zz": null, "list": null, "a": "x", "revision": 1}"#, Some("list")),
            (r#"{"list": [], "revision": 1}"#, None),
        ];
        for (body, want) in cases {
            let found = find::<Outer>(body.as_bytes());
            assert_eq!(found.as_ref().map(|(field, _)| field.as_str()), want, "{body}: {found:?}");
        }
        let large = format!(r#"{{"a": null, "list": [], "revision": 1, "x": [{}0]}}"#, "null,".repeat(BODY_BYTES_MAX / 5));
        assert_eq!(find::<Outer>(large.as_bytes()), None, "not worth the work");
    }
}
