//! Path, query and body extractors whose refusals are problem documents.

use crate::blame;
use crate::problem::{Problem, Text};
use axum::body::{Body, Bytes};
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A JSON body, in or out.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(req: Request, state: &S) -> Result<Self, Problem> {
        let (head, body) = req.into_parts();
        let whole = Request::from_parts(head.clone(), body);
        let bytes =
            Bytes::from_request(whole, state).await.map_err(|e| json_problem::<T>(&JsonRejection::BytesRejection(e), &[]))?;
        let again = Request::from_parts(head, Body::from(bytes.clone()));
        match axum::Json::<T>::from_request(again, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(json_problem::<T>(&rejection, &bytes)),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn json_problem<T: DeserializeOwned>(rejection: &JsonRejection, body: &[u8]) -> Problem {
    let text = rejection.body_text();
    match rejection.status() {
        StatusCode::UNPROCESSABLE_ENTITY => {
            // axum says: "Failed to deserialize the JSON body into the target type: <path>: <why> at line …"
            misfit::<T>(text.split_once("target type: ").map_or(text.as_str(), |(_, w)| w), body)
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            Text::new("请求需要 Content-Type: application/json", "send Content-Type: application/json"),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", Text::new("请求内容过大", "the body is too large"))
        }
        _ => Problem::bad_request("bad_json", Text::new(format!("JSON 格式有误：{text}"), text)),
    }
}

/// JSON that is no `T`.
fn misfit<T: DeserializeOwned>(why: &str, body: &[u8]) -> Problem {
    let told = why.split_once(": ").filter(|(path, _)| !path.contains(' '));
    let told = told.map(|(field, fault)| (field.to_owned(), fault.to_owned())).or_else(|| blame::find::<T>(body));
    let Some((field, fault)) = told else {
        let text = Text::new(format!("请求内容不符合要求：{why}"), format!("the body does not fit: {why}"));
        return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", text);
    };
    // With the field named nobody looks for a line.
    let fault = blame::without_place(&fault);
    let text = if fault.starts_with("invalid type: null") {
        Text::new(format!("{field} 不能为空"), format!("{field} must not be empty"))
    } else {
        Text::new(format!("请求内容不符合要求：{field}：{fault}"), format!("the body does not fit: {field}: {fault}"))
    };
    Problem::invalid(field, text)
}

#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            // An id that is no number names nothing that exists.
            Err(PathRejection::FailedToDeserializePathParams(_)) => Err(Problem::not_found()),
            Err(other) => Err(Problem::internal(&other)),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(QueryRejection::FailedToDeserializeQueryString(e)) => {
                let why = e.body_text();
                let why = why.split_once(": ").map_or(why.as_str(), |(_, w)| w).to_owned();
                Err(Problem::bad_request("bad_query", Text::new(format!("查询参数有误：{why}"), format!("bad query: {why}"))))
            }
            Err(other) => Err(Problem::internal(&other)),
        }
    }
}
