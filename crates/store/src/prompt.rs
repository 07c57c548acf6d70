#![allow(unused_variables, unused_imports, clippy::unused_async, reason = "bodies follow")]
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::DomainEvent;
use model::fact::*;
use model::record::*;
use model::settings::Settings;
use model::*;

impl Store {
    pub async fn prompts(&self, tenant: TenantId) -> Result<Vec<Prompt>> { Err(StoreError::Unbuilt("store")) }
    pub async fn all_prompts(&self) -> Result<Vec<Prompt>> { Err(StoreError::Unbuilt("store")) }
    pub async fn prompt(&self, tenant: TenantId, id: PromptId) -> Result<Option<Prompt>> { Err(StoreError::Unbuilt("store")) }
    pub async fn prompt_by_name(&self, tenant: TenantId, name: &str) -> Result<Option<Prompt>> { Err(StoreError::Unbuilt("store")) }
    pub async fn insert_prompt(&self, prompt: &Prompt) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn update_prompt(&self, prompt: &Prompt) -> Result<()> { Err(StoreError::Unbuilt("store")) }
    pub async fn delete_prompt(&self, tenant: TenantId, id: PromptId) -> Result<()> { Err(StoreError::Unbuilt("store")) }
}
