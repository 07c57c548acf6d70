//! What was said about legs over SIP: written once at their end, packed, read with the call.

use crate::db::{Runs as _, Sql};
use crate::row::{Cell as _, cells};
use crate::{Result, Store, StoreError};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use model::record::{SipMessage, SipTrace};
use model::{At, LegId, TenantId};
use std::io::{Read as _, Write as _};

/// Unpacked size of one trace at most; the switch keeps far less.
const BYTES_MAX: u64 = 4 << 20;

impl Store {
    /// All in one transaction. A leg that has a trace already keeps it.
    pub async fn save_sip_traces(&self, traces: &[SipTrace]) -> Result<()> {
        let tx = self.begin().await?;
        for t in traces {
            let sql = "INSERT INTO sip_traces (leg_id, tenant_id, at, left_out, messages) VALUES (?, ?, ?, ?, ?) \
                       ON CONFLICT (leg_id) DO NOTHING";
            tx.exec(Sql::new(sql, cells![t.leg_id, t.tenant_id, t.at, t.left_out, pack(&t.messages)?])).await?;
        }
        tx.commit().await.map(|_| ())
    }

    /// The traces of these legs, in their order, as far as they were kept.
    pub async fn sip_traces(&self, tenant: TenantId, legs: &[LegId]) -> Result<Vec<SipTrace>> {
        let mut found = Vec::with_capacity(legs.len());
        for leg in legs {
            let sql = "SELECT leg_id, tenant_id, at, left_out, messages FROM sip_traces WHERE tenant_id = ? AND leg_id = ?";
            if let Some(row) = self.read().rows(Sql::new(sql, cells![tenant, *leg])).await?.first() {
                found.push(SipTrace {
                    leg_id: LegId::get(row, 0)?,
                    tenant_id: TenantId::get(row, 1)?,
                    at: At::get(row, 2)?,
                    left_out: u32::get(row, 3)?,
                    messages: unpack(&Vec::<u8>::get(row, 4)?)?,
                });
            }
        }
        Ok(found)
    }

    /// Removes what is older; how many.
    pub async fn purge_sip_traces(&self, tenant: TenantId, before: At) -> Result<u64> {
        self.write().exec(Sql::new("DELETE FROM sip_traces WHERE tenant_id = ? AND at < ?", cells![tenant, before])).await
    }
}

fn corrupt(e: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt { column: "sip_traces.messages", text: e.to_string() }
}

fn pack(messages: &[SipMessage]) -> Result<Vec<u8>> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
    out.write_all(&serde_json::to_vec(messages).map_err(corrupt)?).map_err(corrupt)?;
    out.finish().map_err(corrupt)
}

fn unpack(packed: &[u8]) -> Result<Vec<SipMessage>> {
    let mut json = Vec::new();
    DeflateDecoder::new(packed).take(BYTES_MAX).read_to_end(&mut json).map_err(corrupt)?;
    serde_json::from_slice(&json).map_err(corrupt)
}
