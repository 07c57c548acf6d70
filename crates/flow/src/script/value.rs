//! JSON into minijinja's values and back, with a bounded depth.

use minijinja::Value;
use minijinja::value::ValueKind;
use serde_json::{Map, Value as Json};

const DEPTH_MAX: usize = 16;

pub(crate) fn from_json(json: &Json) -> Value {
    inward(json, 0)
}

fn inward(json: &Json, depth: usize) -> Value {
    if depth > DEPTH_MAX {
        return Value::from(());
    }
    match json {
        Json::Null => Value::from(()),
        Json::Bool(b) => Value::from(*b),
        Json::Number(n) => n
            .as_i64()
            .map(Value::from)
            .or_else(|| n.as_u64().map(Value::from))
            .or_else(|| n.as_f64().map(Value::from))
            .unwrap_or_else(|| Value::from(())),
        Json::String(s) => Value::from(s.as_str()),
        Json::Array(items) => Value::from(items.iter().map(|i| inward(i, depth + 1)).collect::<Vec<_>>()),
        Json::Object(fields) => Value::from_pairs(fields.iter().map(|(k, v)| (k.clone(), inward(v, depth + 1)))),
    }
}

pub(crate) fn to_json(value: &Value) -> Json {
    outward(value, 0)
}

fn outward(value: &Value, depth: usize) -> Json {
    if depth > DEPTH_MAX {
        return Json::Null;
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Json::Null,
        ValueKind::Bool => Json::Bool(value.is_true()),
        ValueKind::Number => number(value),
        ValueKind::Seq | ValueKind::Iterable => {
            Json::Array(value.try_iter().map(|items| items.map(|i| outward(&i, depth + 1)).collect()).unwrap_or_default())
        }
        ValueKind::Map => {
            let mut out = Map::new();
            for key in value.try_iter().into_iter().flatten() {
                let inner = value.get_item(&key).unwrap_or(Value::UNDEFINED);
                out.insert(key.to_string(), outward(&inner, depth + 1));
            }
            Json::Object(out)
        }
        _ => Json::String(value.to_string()),
    }
}

fn number(value: &Value) -> Json {
    if value.is_integer()
        && let Some(n) = value.as_i64()
    {
        return Json::from(n);
    }
    f64::try_from(value.clone()).ok().and_then(serde_json::Number::from_f64).map_or(Json::Null, Json::Number)
}
