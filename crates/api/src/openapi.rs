//! The description of the API, from the handlers.

use crate::prelude::*;
use crate::problem::ProblemDocument;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::openapi::{PathItem, Required, Schema};
use utoipa::{PartialSchema as _, ToSchema as _};

pub fn head() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Fengling 风铃")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Outbound call center. Errors are RFC 9457 problem documents, lists are paged by cursor, times are RFC 3339.",
        ))
        .build();
    let mut schemas: Vec<(String, RefOr<Schema>)> = vec![("Problem".into(), ProblemDocument::schema())];
    ProblemDocument::schemas(&mut schemas);
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        crate::principal::COOKIE,
        "From POST /session; send X-CSRF-Token with every change.",
    )));
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme("session", cookie)
        .security_scheme("key", bearer)
        .build();
    let either =
        [SecurityRequirement::new("session", Vec::<String>::new()), SecurityRequirement::new("key", Vec::<String>::new())];
    OpenApiBuilder::new().info(info).components(Some(components)).security(Some(either)).build()
}

/// Gives every operation of a noun its tag, an id that is unique, and the problem document as its other answer.
pub fn mount(tag: &str, mut router: OpenApiRouter<ApiState>) -> OpenApiRouter<ApiState> {
    for (path, item) in &mut router.get_openapi_mut().paths.paths {
        for operation in operations(item) {
            name_path(path, operation);
            let name = operation.operation_id.take().unwrap_or_default();
            operation.operation_id = Some(format!("{tag}_{name}"));
            operation.tags = Some(vec![tag.to_owned()]);
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            let problem = ResponseBuilder::new().description("problem").content("application/problem+json", content).build();
            operation.responses.responses.insert("default".into(), RefOr::T(problem));
        }
    }
    router
}

/// Typed ids in a path are not described by the macro: `{id}` is a number, everything else a word.
fn name_path(path: &str, operation: &mut Operation) {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.split_once('}')).map(|(name, _)| name);
    let parameters = operation.parameters.get_or_insert_default();
    for name in names {
        if parameters.iter().any(|p| matches!(p, RefOr::T(p) if p.name == name)) {
            continue;
        }
        let number = ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
        let schema = if name == "id" { number } else { ObjectBuilder::new().schema_type(Type::String) };
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        parameters.insert(0, RefOr::T(parameter.schema(Some(schema)).build()));
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().filter_map(Option::as_mut)
}
