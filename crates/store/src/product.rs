//! 产品: what the tenant sells, and which of it a campaign offers.

use crate::db::{Insert, Runs as _, Sql, update};
use crate::row::{Cell as _, cells};
use crate::{Result, Store, StoreError};
use model::record::{Campaign, Product};
use model::{At, CampaignId, ProductId, TenantId};

impl Store {
    /// By code.
    pub async fn products(&self, tenant: TenantId) -> Result<Vec<Product>> {
        self.read().all(Sql::new("WHERE tenant_id = ? ORDER BY code", cells![tenant])).await
    }

    pub async fn product(&self, tenant: TenantId, id: ProductId) -> Result<Option<Product>> {
        self.read().by_id(tenant, id.0).await
    }

    /// # Errors
    /// `Duplicate` of `code`.
    pub async fn create_product(&self, product: &Product) -> Result<()> {
        self.write().insert(Insert::of(product)).await.map(|_| ())
    }

    /// # Errors
    /// `Duplicate` of `code`; `Conflict` when `product.revision` is not the stored one.
    pub async fn update_product(&self, product: &Product, now: At) -> Result<Product> {
        let next = Product { revision: product.revision + 1, updated_at: now, ..product.clone() };
        let tx = self.begin().await?;
        let mut sql = update(&next, &["created_at"]);
        sql.push(" WHERE id = ? AND tenant_id = ? AND revision = ?");
        sql.bind(&product.id).bind(&product.tenant_id).bind(&product.revision);
        let written = tx.exec(sql).await?;
        let stored: Product = tx.by_id(product.tenant_id, product.id.0).await?.ok_or(StoreError::NotFound("product"))?;
        if written == 0 {
            return Err(StoreError::Conflict("somebody else changed the product meanwhile; load it again"));
        }
        tx.commit().await?;
        Ok(stored)
    }

    /// What a campaign offers, in its order; empty: all that is enabled.
    pub async fn campaign_products(&self, tenant: TenantId, campaign: CampaignId) -> Result<Vec<ProductId>> {
        let db = self.read();
        db.must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        let sql = "SELECT product_id FROM campaign_products WHERE campaign_id = ? ORDER BY place, product_id";
        db.rows(Sql::new(sql, cells![campaign])).await?.iter().map(|row| ProductId::get(row, 0)).collect()
    }

    /// Writes the choice whole.
    ///
    /// # Errors
    /// `NotFound` of the campaign or of a product that is not the tenant's.
    pub async fn set_campaign_products(&self, tenant: TenantId, campaign: CampaignId, products: &[ProductId]) -> Result<()> {
        let tx = self.begin().await?;
        tx.must_own::<Campaign>(tenant, campaign.0, "campaign").await?;
        tx.exec(Sql::new("DELETE FROM campaign_products WHERE campaign_id = ?", cells![campaign])).await?;
        for (place, product) in (0_i64..).zip(products) {
            tx.must_own::<Product>(tenant, product.0, "product").await?;
            let sql = "INSERT INTO campaign_products (campaign_id, product_id, tenant_id, place) VALUES (?, ?, ?, ?) \
                       ON CONFLICT (campaign_id, product_id) DO NOTHING";
            tx.exec(Sql::new(sql, cells![campaign, *product, tenant, place])).await?;
        }
        tx.commit().await.map(|_| ())
    }
}
