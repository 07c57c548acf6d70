//! The published schema agrees with the interpreter: it takes what is taken and refuses what is refused.
//!
//! The validator below knows exactly the keywords the schema uses and fails on any other, so that no keyword is there for show.

use crate::documents::{broken, everything, rejected};
use flow::{Flow, Problem, schema, templates};
use serde_json::Value;

struct Validator {
    root: Value,
}

impl Validator {
    /// The first thing wrong; none when the value fits.
    fn check(&self, schema: &Value, value: &Value, at: &str) -> Option<String> {
        let keywords = schema.as_object().unwrap_or_else(|| panic!("a schema is an object: {schema}"));
        keywords.iter().find_map(|(keyword, rule)| {
            self.keyword(keyword, rule, schema, value, at)
                .map(|why| if why.contains(": ") { why } else { format!("{at}: {why}") })
        })
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        self.check(schema, value, "").is_none()
    }

    fn keyword(&self, keyword: &str, rule: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
        let wrong = |bad: bool| bad.then(|| format!("{keyword} {rule}"));
        let count = |rule: &Value| usize::try_from(rule.as_u64().unwrap()).unwrap();
        match keyword {
            "$schema" | "$id" | "$defs" | "title" | "description" | "default" => None,
            "$ref" => {
                let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                self.check(self.root.pointer(pointer).unwrap_or_else(|| panic!("no {rule}")), value, at)
            }
            "const" => wrong(value != rule),
            "enum" => wrong(!rule.as_array().unwrap().contains(value)),
            "type" => wrong(!is_type(value, rule.as_str().unwrap())),
            "required" => {
                let given = value.as_object()?;
                wrong(!rule.as_array().unwrap().iter().all(|k| given.contains_key(k.as_str().unwrap())))
            }
            "oneOf" => wrong(rule.as_array().unwrap().iter().filter(|s| self.fits(s, value)).count() != 1),
            "anyOf" => wrong(!rule.as_array().unwrap().iter().any(|s| self.fits(s, value))),
            "minLength" => wrong(value.as_str()?.chars().count() < count(rule)),
            "maxLength" => wrong(value.as_str()?.chars().count() > count(rule)),
            "minimum" => wrong(value.as_i64()? < rule.as_i64().unwrap()),
            "maximum" => wrong(value.as_i64()? > rule.as_i64().unwrap()),
            "minItems" => wrong(value.as_array()?.len() < count(rule)),
            "maxItems" => wrong(value.as_array()?.len() > count(rule)),
            "minProperties" => wrong(value.as_object()?.len() < count(rule)),
            "maxProperties" => wrong(value.as_object()?.len() > count(rule)),
            "pattern" => wrong(!matches(rule.as_str().unwrap(), value.as_str()?)),
            "items" => value.as_array()?.iter().enumerate().find_map(|(i, v)| self.check(rule, v, &format!("{at}/{i}"))),
            "properties" => value
                .as_object()?
                .iter()
                .find_map(|(k, v)| rule.get(k).and_then(|inner| self.check(inner, v, &format!("{at}/{k}")))),
            "propertyNames" => value.as_object()?.keys().find_map(|k| self.check(rule, &k.as_str().into(), &format!("{at}/{k}"))),
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                let others = value.as_object()?.iter().filter(|(k, _)| known.is_none_or(|p| !p.contains_key(*k)));
                others.map(|(k, v)| (format!("{at}/{k}"), v)).find_map(|(path, v)| match rule {
                    Value::Bool(allowed) => (!allowed).then(|| format!("{path}: not allowed")),
                    inner => self.check(inner, v, &path),
                })
            }
            other => panic!("the validator does not know {other}"),
        }
    }
}

fn is_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("the validator does not know the type {other}"),
    }
}

/// Digits of a number of up to 20, with blanks and dashes; none: something else.
fn number(text: &str) -> Option<usize> {
    let digits: String = text.chars().filter(|c| !" -".contains(*c)).collect();
    (digits.len() <= 20 && digits.chars().all(|c| c.is_ascii_digit())).then_some(digits.len())
}

/// The patterns of the schema, each spelt out.
fn matches(pattern: &str, text: &str) -> bool {
    let keys = |text: &str| text.chars().all(|c| "0123456789*#ABCD".contains(c));
    let length = text.chars().count();
    let first = text.chars().next();
    match pattern {
        r"^[\p{L}\p{N}_-]{1,64}$" => (1..=64).contains(&length) && text.chars().all(|c| c.is_alphanumeric() || "_-".contains(c)),
        r"^[\p{L}_][\p{L}\p{N}_]{0,63}$" => {
            length <= 64
                && first.is_some_and(|c| c.is_alphabetic() || c == '_')
                && text.chars().all(|c| c.is_alphanumeric() || c == '_')
        }
        "^[a-z][a-z0-9_]{0,63}$" => {
            let inner = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            length <= 64 && first.is_some_and(|c| c.is_ascii_lowercase()) && inner
        }
        "^[0-9*#A-D]{1,32}$" => (1..=32).contains(&length) && keys(text),
        "^[0-9*#A-D]{0,16}$" => length <= 16 && keys(text),
        "^[0-9*#A-D]?$" => length <= 1 && keys(text),
        r"\{|^([ -]*[0-9]){1,20}[ -]*$" => text.contains('{') || number(text).is_some_and(|n| n > 0),
        r"\{|^([ -]*[0-9]){0,20}[ -]*$" => text.contains('{') || number(text).is_some(),
        r"^(https?://|\{\{)" => ["http://", "https://", "{{"].iter().any(|p| text.starts_with(p)),
        "^[1-9][0-9]{0,17}$" => (1..=18).contains(&length) && first != Some('0') && text.chars().all(|c| c.is_ascii_digit()),
        "^[A-Za-z0-9_-]+$" => length > 0 && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)),
        "^[0-9]$" => length == 1 && text.chars().all(|c| c.is_ascii_digit()),
        "^([01]?[0-9]|2[0-3]):[0-5][0-9]$" => text.split_once(':').is_some_and(|(hour, minute)| {
            let plain = |t: &str| t.chars().all(|c| c.is_ascii_digit());
            (1..=2).contains(&hour.len())
                && minute.len() == 2
                && plain(hour)
                && plain(minute)
                && hour.parse::<u8>().is_ok_and(|h| h < 24)
                && minute < "60"
        }),
        "^(/.*)?$" => text.is_empty() || text.starts_with('/'),
        other => panic!("the validator does not know the pattern {other}"),
    }
}

fn verdict(document: &Value) -> Option<String> {
    let validator = Validator { root: schema() };
    validator.check(&validator.root, document, "")
}

#[test]
fn takes_every_template_and_every_node() {
    assert_eq!(verdict(&everything()), None);
    for template in templates() {
        assert_eq!(verdict(&template.doc), None, "{}", template.code);
    }
}

#[test]
fn refuses_what_the_interpreter_refuses() {
    for (pointer, value, _, _, code, _) in rejected() {
        let document = broken(pointer, &value);
        let verdict = verdict(&document);
        // References, scripts and contradictions between fields are beyond a schema.
        let beyond = matches!(code, Problem::Reference | Problem::Template | Problem::Conflict);
        assert!(beyond || verdict.is_some(), "{pointer} = {value} passes the schema");
        assert!(Flow::parse(&document).is_err());
    }
}

#[test]
fn every_kind_of_node_and_every_field_is_described() {
    let schema = schema();
    for (id, node) in everything()["nodes"].as_object().unwrap() {
        let kind = node["type"].as_str().unwrap();
        let described =
            schema["$defs"][kind]["properties"].as_object().unwrap_or_else(|| panic!("{kind} of {id} is not described"));
        // A field the schema knows and the reader does not would be refused as unknown.
        for field in described.keys() {
            let mut document = everything();
            document["nodes"][id][field] = Value::Array(vec![Value::Array(vec![])]);
            let errors = Flow::parse(&document).err().unwrap_or_default();
            assert!(!errors.iter().any(|e| e.code == Problem::Unknown), "{kind}.{field}: {errors:#?}");
        }
    }
}
