//! The filters a flow may use. Each gives back a bounded value.

use crate::reading::{As, Manner, read};
use crate::{Language, fields};
use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};

/// Bytes of one filter's result.
const RESULT_BYTES_MAX: usize = 16 * 1024;

/// Every filter, readings included.
pub(super) const NAMES: [&str; 27] = [
    "abs",
    "date",
    "datetime",
    "default",
    "digits",
    "first",
    "float",
    "int",
    "join",
    "last",
    "length",
    "lower",
    "money",
    "number",
    "ordinal",
    "percent",
    "phone",
    "replace",
    "round",
    "string",
    "time",
    "times",
    "tojson",
    "trim",
    "upper",
    "urlencode",
    "weekday",
];

pub(super) fn install(env: &mut Environment<'static>) {
    for what in As::ALL {
        env.add_filter(what.code(), move |state: &State<'_, '_>, value: &Value, kwargs: Kwargs| {
            spoken(state, value, what, &kwargs)
        });
    }
    env.add_filter("upper", |s: &State<'_, '_>, v: &Value| text(s, v).and_then(|t| bounded(t.to_uppercase())));
    env.add_filter("lower", |s: &State<'_, '_>, v: &Value| text(s, v).and_then(|t| bounded(t.to_lowercase())));
    env.add_filter("trim", |s: &State<'_, '_>, v: &Value| text(s, v).map(|t| t.trim().to_owned()));
    env.add_filter("string", text);
    env.add_filter("urlencode", |s: &State<'_, '_>, v: &Value| text(s, v).and_then(|t| bounded(urlencoded(&t))));
    env.add_filter("default", default);
    env.add_filter("length", |v: &Value| {
        if v.is_undefined() { Some(0) } else { v.len() }.ok_or_else(|| refused("has no length"))
    });
    env.add_filter("replace", |s: &State<'_, '_>, v: &Value, from: String, to: String| {
        kept(s, v, replace(&text(s, v)?, &from, &to))
    });
    env.add_filter("int", |s: &State<'_, '_>, v: &Value| kept(s, v, number(v).map(whole)));
    env.add_filter("float", |s: &State<'_, '_>, v: &Value| kept(s, v, number(v).map(Value::from)));
    env.add_filter("round", |s: &State<'_, '_>, v: &Value, args: Rest<Value>| kept(s, v, round(v, &args)));
    env.add_filter("abs", |s: &State<'_, '_>, v: &Value| kept(s, v, number(v).map(|n| tidy(n.abs()))));
    env.add_filter("times", |s: &State<'_, '_>, v: &Value, by: f64| kept(s, v, number(v).map(|n| tidy(n * by))));
    env.add_filter("join", |s: &State<'_, '_>, v: &Value, args: Rest<Value>| kept(s, v, join(v, &args)));
    env.add_filter("first", |s: &State<'_, '_>, v: &Value| kept(s, v, v.try_iter().map(|mut i| i.next().unwrap_or_default())));
    env.add_filter("last", |s: &State<'_, '_>, v: &Value| kept(s, v, v.try_iter().map(|i| i.last().unwrap_or_default())));
    env.add_filter("tojson", |v: &Value| bounded(super::to_json(v).to_string()));
    tests(env);
}

fn tests(env: &mut Environment<'static>) {
    use minijinja::tests as t;
    env.add_test("defined", |v: &Value| !v.is_undefined());
    env.add_test("undefined", |v: &Value| v.is_undefined());
    env.add_test("none", |v: &Value| v.is_none());
    env.add_test("number", |v: &Value| v.is_number());
    env.add_test("string", |v: &Value| v.as_str().is_some());
    env.add_test("odd", t::is_odd);
    env.add_test("even", t::is_even);
    env.add_test("in", t::is_in);
    env.add_test("startingwith", t::is_startingwith);
    env.add_test("endingwith", t::is_endingwith);
}

fn refused(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, text)
}

fn bounded(text: String) -> Result<String, Error> {
    if text.len() > RESULT_BYTES_MAX { Err(refused("the text is too long")) } else { Ok(text) }
}

/// Reads a value aloud; in lenient mode one that cannot be read is said as it is.
fn spoken(state: &State<'_, '_>, value: &Value, what: As, kwargs: &Kwargs) -> Result<String, Error> {
    let weekday: Option<bool> = kwargs.get("weekday")?;
    let language: Option<String> = kwargs.get("language")?;
    kwargs.assert_all_used()?;
    let lenient = is_lenient(state);
    if value.is_undefined() {
        return if lenient { Ok(String::new()) } else { Err(Error::from(ErrorKind::UndefinedError)) };
    }
    let language = language.or_else(|| state.lookup("language").map(|l| l.to_string()));
    let manner = Manner {
        language: if language.as_deref() == Some("en") { Language::En } else { Language::Zh },
        zone: state.lookup("zone").map(|z| z.to_string()).unwrap_or_default(),
        weekday: weekday.unwrap_or_default(),
    };
    let text = text_of(value);
    match read(&text, what, &manner) {
        Ok(said) => Ok(said),
        Err(_) if lenient => bounded(text),
        Err(e) => Err(refused(e.to_string())),
    }
}

/// A value as text for people and for other systems: nothing for what is not there, no `.0` that a sheet adds.
pub(crate) fn text_of(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => String::new(),
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::Number => {
            let text = value.to_string();
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
        _ => value.to_string(),
    }
}

/// The text a filter works on; what is not there fails in strict mode.
fn text(state: &State<'_, '_>, value: &Value) -> Result<String, Error> {
    if value.is_undefined() && !is_lenient(state) { Err(ErrorKind::UndefinedError.into()) } else { bounded(text_of(value)) }
}

/// In lenient mode a value that a filter cannot take stays as it is: the rest of the sentence is still said.
fn kept(state: &State<'_, '_>, value: &Value, result: Result<Value, Error>) -> Result<Value, Error> {
    if is_lenient(state) { Ok(result.unwrap_or_else(|_| value.clone())) } else { result }
}

fn is_lenient(state: &State<'_, '_>) -> bool {
    state.lookup(super::LENIENCE).is_some_and(|l| l.is_true())
}

fn replace(text: &str, from: &str, to: &str) -> Result<Value, Error> {
    if from.is_empty() {
        return Err(refused("replace needs something to look for"));
    }
    let grown = text.matches(from).count().saturating_mul(to.len()).saturating_add(text.len());
    if grown > RESULT_BYTES_MAX { Err(refused("the text is too long")) } else { Ok(Value::from(text.replace(from, to))) }
}

fn default(value: &Value, args: Rest<Value>) -> Value {
    let blank = value.is_undefined() || value.is_none() || value.as_str().is_some_and(|s| s.trim().is_empty());
    if blank { args.first().cloned().unwrap_or_else(|| Value::from("")) } else { value.clone() }
}

fn number(value: &Value) -> Result<f64, Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let text = value.to_string();
    let n: Option<f64> = text.trim().replace(',', "").parse().ok();
    n.filter(|n| n.is_finite()).ok_or_else(|| refused(format!("`{}` is not a number", fields::clipped(&text, 40))))
}

/// Whole numbers stay whole, so that 300 is not read as 300.0.
fn tidy(n: f64) -> Value {
    // Ten decimals end what binary fractions drag along.
    let rounded = (n * 1e10).round() / 1e10;
    let n = if rounded.is_finite() { rounded } else { n };
    if n.fract() == 0.0 && n.abs() < 9e15 { whole(n) } else { Value::from(n) }
}

#[expect(clippy::cast_possible_truncation, reason = "saturates, which is what a caller hears of a number beyond reason")]
fn whole(n: f64) -> Value {
    Value::from(n as i64)
}

fn round(value: &Value, args: &[Value]) -> Result<Value, Error> {
    let places = args.first().and_then(Value::as_i64).unwrap_or(0).clamp(0, 9);
    let scale = 10f64.powi(i32::try_from(places).unwrap_or(0));
    number(value).map(|n| tidy((n * scale).round() / scale))
}

fn join(value: &Value, args: &[Value]) -> Result<Value, Error> {
    let between = args.first().map(ToString::to_string).unwrap_or_default();
    let mut out = String::new();
    for (i, item) in value.try_iter()?.enumerate() {
        if i > 0 {
            out.push_str(&between);
        }
        out.push_str(&item.to_string());
        if out.len() > RESULT_BYTES_MAX {
            return Err(refused("the text is too long"));
        }
    }
    Ok(Value::from(out))
}

fn urlencoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
