//! 外呼任务.

mod agent_work;
mod approve;
mod calibration;
mod copy;
mod create;
mod delete;
mod from_template;
mod get;
mod ledger;
mod list;
mod overview;
mod pause;
mod progress;
mod refusals;
mod reject;
mod report;
mod results;
mod resume;
mod reuse;
mod rules;
mod start;
mod stop;
mod submit;
mod templates;
mod update;
mod uses;
mod view;
mod what_if;

use crate::prelude::*;

pub use uses::refuse_if_needed;
pub use view::{CampaignView, glance};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(templates::templates))
        .routes(routes!(list::list, create::create))
        .routes(routes!(from_template::create_from_template))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(agent_work::agent_work))
        .routes(routes!(submit::submit))
        .routes(routes!(approve::approve))
        .routes(routes!(reject::reject))
        .routes(routes!(start::start))
        .routes(routes!(pause::pause))
        .routes(routes!(resume::resume))
        .routes(routes!(stop::stop))
        .routes(routes!(copy::copy))
        .routes(routes!(reuse::reuse))
        .routes(routes!(progress::progress))
        .routes(routes!(calibration::calibration))
        .routes(routes!(overview::overview))
        .routes(routes!(what_if::ask::what_if, what_if::read::what_if_answer, what_if::cancel::what_if_cancel))
        .routes(routes!(refusals::refusals))
        .routes(routes!(rules::rules))
        .routes(routes!(ledger::ledger))
        .routes(routes!(report::report))
        .routes(routes!(report::report_file))
        .routes(routes!(results::results_xlsx))
        .routes(routes!(results::results_csv))
}
