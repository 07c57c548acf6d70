//! 产品: what is sold, and which of it a campaign offers.

use crate::error::Issues;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{Permission, Product};
use model::{CampaignId, ProductId, Vars};
use serde_json::json;
use std::collections::BTreeSet;
use store::Store;

/// Ten million yuan: dearer is a slip of the decimal point.
const PRICE_MAX: i64 = 1_000_000_000;
const ATTRIBUTES_MAX: usize = 30;
const OFFERED_MAX: usize = 200;

/// What a person writes of a product.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductWish {
    pub code: String,
    pub name: String,
    pub price_cents: i64,
    pub unit: String,
    pub attributes: Vars,
    pub enabled: bool,
}

fn checked(mut wish: ProductWish) -> Result<ProductWish> {
    let mut issues = Issues::default();
    for text in [&mut wish.code, &mut wish.name, &mut wish.unit] {
        *text = text.trim().to_owned();
    }
    let coded = (1..=40).contains(&wish.code.chars().count()) && !wish.code.contains(char::is_whitespace);
    issues.unless(coded, "code", "产品编码须为 1–40 个字符，不含空格", "a code has 1–40 characters and no blanks");
    issues.unless(
        (1..=100).contains(&wish.name.chars().count()),
        "name",
        "产品名称须为 1–100 个字",
        "a name has 1–100 characters",
    );
    issues.unless(
        (0..=PRICE_MAX).contains(&wish.price_cents),
        "price_cents",
        "单价须在 0 到 1000 万元之间",
        "a price lies between 0 and 10,000,000 yuan",
    );
    issues.unless(wish.unit.chars().count() <= 10, "unit", "单位不能超过 10 个字", "a unit has at most 10 characters");
    issues.unless(wish.attributes.len() <= ATTRIBUTES_MAX, "attributes", "产品属性最多 30 项", "at most 30 attributes");
    for (key, value) in &wish.attributes {
        let long = key.chars().count() > 30 || value.as_str().map_or(0, |text| text.chars().count()) > 500;
        if long || value.is_object() || value.is_array() {
            let field = format!("attributes.{key}");
            issues.add(
                field,
                "属性名不超过 30 字，内容须为文字且不超过 500 字",
                "a name of at most 30 and a text of at most 500 characters",
            );
        }
    }
    issues.done()?;
    Ok(wish)
}

/// # Errors
/// Every field that is wrong, a code that is taken, the right is missing.
pub async fn create(store: &Store, actor: &Actor, wish: ProductWish) -> Result<Product> {
    actor.require(Permission::ProductWrite)?;
    let wish = checked(wish)?;
    let at = now();
    let product = Product {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        code: wish.code,
        name: wish.name,
        price_cents: wish.price_cents,
        unit: wish.unit,
        attributes: wish.attributes,
        enabled: wish.enabled,
        created_at: at,
        updated_at: at,
        revision: 1,
    };
    store.create_product(&product).await.map_err(taken)?;
    let detail = json!({ "code": product.code, "name": product.name, "price_cents": product.price_cents });
    audit(store, actor, "product.create", &format!("product:{}", product.id), detail).await?;
    Ok(product)
}

/// Orders keep the price they were made with.
///
/// # Errors
/// As for a new one; `Conflict` when `revision` is not the newest.
pub async fn update(store: &Store, actor: &Actor, id: ProductId, revision: i64, wish: ProductWish) -> Result<Product> {
    actor.require(Permission::ProductWrite)?;
    let before = store.product(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("产品", "product"))?;
    let wish = checked(wish)?;
    let next = Product {
        code: wish.code,
        name: wish.name,
        price_cents: wish.price_cents,
        unit: wish.unit,
        attributes: wish.attributes,
        enabled: wish.enabled,
        revision,
        ..before.clone()
    };
    let stored = store.update_product(&next, now()).await.map_err(taken)?;
    let detail = json!({
        "code": stored.code, "name": stored.name, "enabled": stored.enabled,
        "price_cents": stored.price_cents, "price_cents_before": before.price_cents,
    });
    audit(store, actor, "product.update", &format!("product:{id}"), detail).await?;
    Ok(stored)
}

/// What a campaign offers, in this order; nothing: all there is.
///
/// # Errors
/// A product that is not the tenant's or stands there twice; the right is missing.
pub async fn offer(store: &Store, actor: &Actor, campaign: CampaignId, products: &[ProductId]) -> Result<()> {
    actor.require(Permission::CampaignWrite)?;
    let mut issues = Issues::default();
    let known: BTreeSet<ProductId> = store.products(actor.tenant).await?.iter().map(|p| p.id).collect();
    let once: BTreeSet<&ProductId> = products.iter().collect();
    issues.unless(
        products.len() <= OFFERED_MAX,
        "products",
        "一个任务最多选 200 个产品",
        "a campaign offers at most 200 products",
    );
    issues.unless(once.len() == products.len(), "products", "有产品重复，请去掉一个", "a product stands there twice; remove one");
    let all = products.iter().all(|id| known.contains(id));
    issues.unless(all, "products", "有产品不存在，请刷新后重新选择", "there is no such product; reload and choose again");
    issues.done()?;
    store.set_campaign_products(actor.tenant, campaign, products).await?;
    audit(store, actor, "campaign.products", &format!("campaign:{campaign}"), json!({ "products": products })).await
}

/// What may be sold in a campaign, or anywhere: enabled, in the campaign's order.
///
/// # Errors
/// The store's.
pub async fn offered(store: &Store, actor: &Actor, campaign: Option<CampaignId>) -> Result<Vec<Product>> {
    let enabled: Vec<Product> = store.products(actor.tenant).await?.into_iter().filter(|p| p.enabled).collect();
    let chosen = match campaign {
        Some(id) => store.campaign_products(actor.tenant, id).await?,
        None => Vec::new(),
    };
    if chosen.is_empty() {
        return Ok(enabled);
    }
    Ok(chosen.iter().filter_map(|id| enabled.iter().find(|p| p.id == *id).cloned()).collect())
}

fn taken(error: store::StoreError) -> DeskError {
    match error {
        store::StoreError::Duplicate { field } if field == "code" => DeskError {
            field: Some(field),
            ..DeskError::conflict("duplicate", "这个产品编码已被使用，请换一个", "this product code is taken; choose another")
        },
        other => other.into(),
    }
}
