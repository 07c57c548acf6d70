//! Templates and expressions: minijinja, locked down.
//!
//! A text of a flow is written by a customer and rendered on a live call, so nothing in it may run long or grow large:
//! - only `{{ … }}`, `if` and `for`: no macros, no assignments, no includes;
//! - no `*` (it would repeat texts a hundred million times); numbers are multiplied by `|times(n)`;
//! - only the filters of [`filter`], each with a bounded result;
//! - fuel, a recursion limit, and an output limit that breaks off the rendering.

mod filter;
mod plain;
mod scan;
mod value;

pub(crate) use filter::text_of;
pub(crate) use scan::Flaw;
pub(crate) use value::{from_json, to_json};

use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};
use plain::Plain;
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, LazyLock};

/// Instructions of one rendering.
const FUEL: u64 = 20_000;
const RECURSION_MAX: usize = 50;
/// Bytes of a rendered text.
pub(crate) const OUTPUT_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a template, and of an expression.
pub(crate) const SOURCE_BYTES_MAX: usize = 8 * 1024;
/// The names a script may begin with.
pub(crate) const ROOTS: [&str; 4] = ["lead", "campaign", "call", "var"];

/// Saying a name that is absent fails; the run then renders again in lenient mode and counts the error.
static STRICT: LazyLock<Environment<'static>> = LazyLock::new(|| environment(false));
/// Names that are absent are empty, values that cannot be read are said as they are.
static LENIENT: LazyLock<Environment<'static>> = LazyLock::new(|| environment(true));

/// What tells the filters in which of the two they run.
const LENIENCE: &str = "lenient";

fn environment(lenient: bool) -> Environment<'static> {
    let mut env = Environment::empty();
    // Even in strict mode, so that `lead.a.b|default('-')` and conditions may ask for what is not there.
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    env.add_global(LENIENCE, lenient);
    env.set_formatter(move |out, _, value| {
        if value.is_undefined() && !lenient {
            return Err(ErrorKind::UndefinedError.into());
        }
        out.write_str(&text_of(value)).map_err(|_| ErrorKind::WriteFailure.into())
    });
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(RECURSION_MAX);
    filter::install(&mut env);
    env
}

/// What a script sees.
#[derive(Clone, Debug)]
pub(crate) struct Context(pub Value);

/// A result, and what went wrong on the way to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome<T> {
    pub value: T,
    /// For the trail; none when all was well.
    pub error: Option<String>,
}

/// The names a script reads: `lead.name`, `var.x`.
pub(crate) type Names = BTreeSet<String>;

/// Text with variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    source: Arc<str>,
    plain: Option<Plain>,
    names: Arc<Names>,
}

/// A condition or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expr {
    source: Arc<str>,
    names: Arc<Names>,
}

impl Template {
    /// # Errors
    /// What is wrong with the source.
    pub fn new(source: &str) -> Result<Self, Flaw> {
        scan::template(source)?;
        let template = STRICT.template_from_str(source).map_err(|e| Flaw::Syntax(message(&e)))?;
        let names = checked(template.undeclared_variables(true))?;
        Ok(Self { source: source.into(), plain: Plain::of(source), names: Arc::new(names) })
    }

    pub fn names(&self) -> &Names {
        &self.names
    }

    pub fn render(&self, context: &Context) -> Outcome<String> {
        if let Some(value) = self.plain.as_ref().and_then(|p| p.render(context)) {
            return Outcome { value, error: None };
        }
        let first = match render(&STRICT, &self.source, context) {
            Ok(value) => return Outcome { value, error: None },
            Err(e) => e,
        };
        if is_limit(&first) {
            return Outcome { value: String::new(), error: Some(message(&first)) };
        }
        let error = Some(explain(&first, &self.names, context));
        Outcome { value: render(&LENIENT, &self.source, context).unwrap_or_default(), error }
    }
}

impl Expr {
    /// # Errors
    /// What is wrong with the source.
    pub fn new(source: &str) -> Result<Self, Flaw> {
        scan::expression(source)?;
        let expression = STRICT.compile_expression(source).map_err(|e| Flaw::Syntax(message(&e)))?;
        let names = checked(expression.undeclared_variables(true))?;
        Ok(Self { source: source.into(), names: Arc::new(names) })
    }

    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The value; undefined when it cannot be had.
    pub fn eval(&self, context: &Context) -> Outcome<Value> {
        let strict = STRICT.compile_expression(&self.source).and_then(|e| e.eval(context.0.clone()));
        match strict {
            Ok(value) if !value.is_undefined() => Outcome { value, error: None },
            Ok(value) => Outcome { value, error: Some(absent(&self.names, context)) },
            Err(e) => Outcome { value: Value::UNDEFINED, error: Some(explain(&e, &self.names, context)) },
        }
    }

    /// Whether the condition holds. One that cannot be decided does not hold; names that are absent are merely false.
    pub fn holds(&self, context: &Context) -> Outcome<bool> {
        match STRICT.compile_expression(&self.source).and_then(|e| e.eval(context.0.clone())) {
            Ok(value) => Outcome { value: value.is_true(), error: None },
            Err(e) if e.kind() == ErrorKind::UndefinedError => Outcome { value: false, error: None },
            Err(e) => Outcome { value: false, error: Some(explain(&e, &self.names, context)) },
        }
    }
}

fn render(env: &'static Environment<'static>, source: &str, context: &Context) -> Result<String, minijinja::Error> {
    let mut sink = Sink::default();
    env.template_from_str(source)?.render_captured_to(context.0.clone(), &mut sink)?;
    Ok(String::from_utf8_lossy(&sink.bytes).into_owned())
}

/// Breaks off a rendering that grows too large.
#[derive(Default)]
struct Sink {
    bytes: Vec<u8>,
}

impl io::Write for Sink {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + buf.len() > OUTPUT_BYTES_MAX {
            return Err(io::Error::other("the text is too long"));
        }
        self.bytes.extend_from_slice(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_limit(e: &minijinja::Error) -> bool {
    matches!(e.kind(), ErrorKind::OutOfFuel | ErrorKind::WriteFailure)
}

/// Every name must begin with one of the roots.
fn checked(names: std::collections::HashSet<String>) -> Result<Names, Flaw> {
    let names: Names = names.into_iter().collect();
    for name in &names {
        let root = name.split('.').next().unwrap_or_default();
        if !ROOTS.contains(&root) {
            return Err(Flaw::Name(name.clone()));
        }
    }
    Ok(names)
}

fn message(e: &minijinja::Error) -> String {
    match (e.kind(), e.detail()) {
        (ErrorKind::OutOfFuel, _) => "the template runs too long".into(),
        (ErrorKind::WriteFailure, _) => "the text is too long".into(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    }
}

fn explain(e: &minijinja::Error, names: &Names, context: &Context) -> String {
    if e.kind() == ErrorKind::UndefinedError { absent(names, context) } else { message(e) }
}

/// Which of the names are not there.
fn absent(names: &Names, context: &Context) -> String {
    let missing: Vec<&str> = names.iter().map(String::as_str).filter(|name| !is_there(name, context)).collect();
    if missing.is_empty() { "undefined value".into() } else { format!("undefined: {}", missing.join(", ")) }
}

fn is_there(name: &str, context: &Context) -> bool {
    let mut value = context.0.clone();
    for field in name.split('.') {
        match value.get_attr(field) {
            Ok(inner) if !inner.is_undefined() => value = inner,
            _ => return false,
        }
    }
    true
}
