//! Brings the rows in: read and normalised on the blocking pool, written in chunks, safe to run again after a crash.

use super::appointed::{Appointed, Appointing};
use super::guess::Column;
use super::preview::{Head, Options};
use super::row::Plan;
use super::sheet::{Next, Sheet};
use super::{file_of, load};
use crate::lead::ListWish;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{DialMode, FieldDef, Import, ImportState, ListFilter, ListOrigin, Permission};
use model::{At, ImportId, LeadListId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use store::{Booked, BookingRules, Dedupe, LeadFilter, NewBooking, NewLead, PageQuery, RejectedRow, Store};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const CHUNK: usize = 2000;
/// Screens are told no oftener.
const TELL_EVERY_MS: i64 = 700;
const REJECTED_CELLS_MAX: usize = 40;
const REJECTED_CELL_CHARS_MAX: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    pub column: usize,
    /// `phone`, `phone2` (further numbers, in order), `name`, `source_id`, `skip` or `field:<key>`; of a task in appointment mode also
    /// `due_at`, `medium` and `mail`.
    pub target: String,
    /// The field to be added to the campaign when it has none of this key.
    #[serde(default)]
    pub new_field: Option<FieldDef>,
}

impl Mapping {
    pub fn of_guess(column: &Column) -> Self {
        Self { column: column.index, target: column.guess.clone(), new_field: column.new_field.clone() }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    pub mapping: Vec<Mapping>,
    #[serde(flatten)]
    pub options: Options,
    /// None: the campaign's own list.
    #[serde(default)]
    pub list: Option<ListChoice>,
    #[serde(skip)]
    pub dedupe: Dedupe,
}

/// Where the leads go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListChoice {
    Known(LeadListId),
    /// A new one of this name.
    New(String),
}

/// A row of the sheet that became a lead.
struct Row {
    number: u64,
    cells: Vec<String>,
    appointment: Option<Appointed>,
}

/// What the reader hands to the writer.
struct Chunk {
    leads: Vec<NewLead>,
    /// Where each lead comes from, for those the campaign turns out to have already.
    rows: Vec<Row>,
    rejected: Vec<RejectedRow>,
    duplicates: u64,
    rows_read: u64,
}

/// Runs to the end; long. An import that failed or was cut off may be run again and goes on where it was.
///
/// # Errors
/// No right, a wrong mapping, an import that is running or done; trouble with the file or the store is also noted in the
/// import's record.
pub async fn commit(store: &Store, actor: &Actor, id: ImportId, commit: Commit, cancel: CancellationToken) -> Result<Import> {
    actor.require(Permission::LeadWrite)?;
    let mut import = load(store, actor, id).await?;
    let taken = || DeskError::conflict("import_state", "这次导入正在进行或已经完成", "this import is running or done");
    if matches!(import.state, ImportState::Done | ImportState::Running) {
        return Err(taken());
    }
    let fields = fields_of(store, actor, &import, &commit.mapping).await?;
    let plan = Plan::new(&commit.mapping, &fields, &commit.options.default_area, id)?;
    crate::lead::check_dedupe(&commit.dedupe)?;
    let plan = plan.on(list_of(store, actor, &import, commit.list).await?);
    let plan = plan.appointing(appointing(store, actor, &import).await?)?;
    let again = Again::of(store, actor, &import).await?;
    if !store.begin_import(&import).await? {
        return Err(taken());
    }
    import = Import {
        state: ImportState::Running,
        rows_read: 0,
        accepted: again.phones.len() as u64,
        duplicates: 0,
        rejected: 0,
        error: None,
        finished_at: None,
        ..import
    };
    store.update_import(&import, now()).await?;
    let dedupe = commit.dedupe;
    let outcome =
        Run { store, actor, import: &mut import, again, dedupe, told_at: now() }.run(plan, commit.options, cancel).await;
    import.finished_at = Some(now());
    match outcome {
        Ok(()) => {
            import.state = ImportState::Done;
            import.rows_total = import.rows_read;
            store.update_import(&import, now()).await?;
            // Personal data no longer needed. What cannot be removed now is removed with the data directory.
            let _ = tokio::fs::remove_file(file_of(store, id)).await;
            let detail = json!({"campaign": import.campaign_id, "accepted": import.accepted, "duplicates": import.duplicates, "rejected": import.rejected});
            audit(store, actor, "import.commit", &format!("import:{id}"), detail).await?;
            Ok(import)
        }
        Err(e) => {
            import.state = ImportState::Failed;
            import.error = Some(e.zh.clone());
            store.update_import(&import, now()).await?;
            Err(e)
        }
    }
}

/// A task in appointment mode takes the times of a sheet, too.
async fn appointing(store: &Store, actor: &Actor, import: &Import) -> Result<Option<Appointing>> {
    let campaign =
        store.campaign(actor.tenant, import.campaign_id).await?.ok_or_else(|| DeskError::not_found("外呼任务", "campaign"))?;
    if campaign.mode != DialMode::Appointment {
        return Ok(None);
    }
    Ok(Some(Appointing { settings: store.settings(actor.tenant).await?, campaign, now: now() }))
}

/// One made by an earlier run of the same import is taken again.
async fn list_of(store: &Store, actor: &Actor, import: &Import, choice: Option<ListChoice>) -> Result<Option<LeadListId>> {
    let lists = store.lead_lists(actor.tenant, import.campaign_id).await?;
    let name = match choice {
        None => return Ok(None),
        Some(ListChoice::Known(id)) if lists.iter().any(|l| l.id == id) => return Ok(Some(id)),
        Some(ListChoice::Known(_)) => {
            let (zh, en) = ("这个名单已被删除，请另选一个", "the list was removed; choose another");
            return Err(DeskError::invalid("list_unknown", "list_id", zh, en));
        }
        Some(ListChoice::New(name)) => name,
    };
    if let Some(made) = lists.iter().find(|l| l.name == name.trim() && l.origin_note == import.file_name) {
        return Ok(Some(made.id));
    }
    let wish = ListWish { name, weight: 10, priority: 0, enabled: true, filter: ListFilter::default() };
    let origin = (ListOrigin::Import, import.file_name.as_str());
    Ok(Some(crate::lead::create(store, actor, import.campaign_id, wish, origin).await?.id))
}

/// The campaign's fields with those the mapping adds, which are stored first.
async fn fields_of(store: &Store, actor: &Actor, import: &Import, mapping: &[Mapping]) -> Result<Vec<FieldDef>> {
    let mut campaign =
        store.campaign(actor.tenant, import.campaign_id).await?.ok_or_else(|| DeskError::not_found("外呼任务", "campaign"))?;
    let before = campaign.fields.len();
    for m in mapping {
        let Some(new) = &m.new_field else { continue };
        if m.target != format!("field:{}", new.key) || campaign.fields.iter().any(|f| f.key == new.key) {
            continue;
        }
        if !crate::campaign::key_is_valid(&new.key) || new.label.trim().is_empty() || campaign.fields.len() >= 100 {
            return Err(DeskError::invalid(
                "field_invalid",
                "mapping",
                format!("新字段“{}”的名称不合规", new.label),
                format!("`{}` is not a valid field", new.key),
            ));
        }
        campaign.fields.push(new.clone());
    }
    if campaign.fields.len() > before {
        campaign = store.update_campaign(&campaign, now()).await?;
    }
    Ok(campaign.fields)
}

/// What an earlier run of the same import left behind.
struct Again {
    phones: HashSet<u64>,
    rejected: HashSet<u64>,
}

impl Again {
    async fn of(store: &Store, actor: &Actor, import: &Import) -> Result<Self> {
        let mut again = Self { phones: HashSet::new(), rejected: HashSet::new() };
        if import.state == ImportState::Uploaded {
            return Ok(again);
        }
        let filter = LeadFilter { import_id: Some(import.id), ..LeadFilter::default() };
        let mut after = None;
        loop {
            let page =
                store.leads(actor.tenant, import.campaign_id, &filter, PageQuery { after, limit: 5000, count: false }).await?;
            again.phones.extend(page.items.iter().map(|l| digits_of(&l.phone)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut after = 0;
        loop {
            let rows = store.rejected_rows(actor.tenant, import.id, after, 5000).await?;
            let Some(last) = rows.last() else { break };
            after = last.row;
            again.rejected.extend(rows.iter().map(|r| r.row));
        }
        Ok(again)
    }
}

/// An E.164 number has at most fifteen digits.
fn digits_of(phone: &str) -> u64 {
    phone.trim_start_matches('+').parse().unwrap_or(0)
}

struct Run<'a> {
    store: &'a Store,
    actor: &'a Actor,
    import: &'a mut Import,
    again: Again,
    dedupe: Dedupe,
    told_at: At,
}

impl Run<'_> {
    async fn run(mut self, plan: Plan, options: Options, cancel: CancellationToken) -> Result<()> {
        let path = file_of(self.store, self.import.id);
        let (tell, mut chunks) = mpsc::channel(3);
        let turn = super::turn(&super::BRINGING_IN).await?;
        let reader = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            read(path, &options, &plan, &tell)
        });
        while let Some(chunk) = chunks.recv().await {
            if cancel.is_cancelled() {
                drop(chunks);
                let _ = reader.await;
                return Err(DeskError::conflict(
                    "import_cancelled",
                    "导入被中断，已导入的号码保留；可以重新执行，不会重复",
                    "the import was cut off; what was brought in stays, and it may be run again",
                ));
            }
            self.write(chunk).await?;
        }
        reader.await.map_err(|e| DeskError::internal(&e))?
    }

    async fn write(&mut self, chunk: Chunk) -> Result<()> {
        let Chunk { mut leads, mut rows, mut rejected, duplicates, rows_read } = chunk;
        self.import.duplicates += duplicates;
        self.import.rejected += (rejected.len() as u64).saturating_sub(duplicates);
        self.keep_out(&mut leads, &mut rows, &mut rejected).await?;
        let ids = self.store.insert_leads(self.actor.tenant, self.import.campaign_id, &leads, now()).await?;
        let times = self.appoint(&leads, &rows).await?;
        for (((lead, row), id), time) in leads.iter().zip(rows).zip(ids).zip(times) {
            let why = match (id, time) {
                // An earlier run brought it in.
                (None, Some(Booked::Known(_))) => continue,
                (_, Some(Booked::Refused(_))) => "号码在免呼名单、黑名单中或被任务排除，没有预约",
                (None, Some(Booked::Twice | Booked::Full)) => "这个号码在同一时间已有预约",
                (Some(_), _) | (None, Some(Booked::New(_))) => {
                    self.import.accepted += 1;
                    continue;
                }
                (None, None) if self.again.phones.contains(&digits_of(&lead.phone)) => continue,
                (None, None) => "任务里已有这个号码",
            };
            self.import.duplicates += 1;
            rejected.push(RejectedRow { row: row.number, reason: why.into(), cells: row.cells });
        }
        self.import.rows_read = rows_read;
        rejected.retain(|r| !self.again.rejected.contains(&r.row));
        rejected.sort_by_key(|r| r.row);
        if !rejected.is_empty() {
            self.store.add_rejected_rows(self.actor.tenant, self.import.id, &rejected).await?;
        }
        let at = now();
        if at.since_ms(self.told_at) >= TELL_EVERY_MS {
            self.told_at = at;
            self.store.update_import(self.import, at).await?;
        }
        Ok(())
    }
}

impl Run<'_> {
    /// What came of the appointment of each row; none where it has none.
    async fn appoint(&self, leads: &[NewLead], rows: &[Row]) -> Result<Vec<Option<Booked>>> {
        let (id, by) = (self.import.id, &self.actor.name);
        let of = |(lead, row): (&NewLead, &Row)| row.appointment.clone().map(|a| a.of(id, row.number, lead, by));
        let wanted: Vec<Option<NewBooking>> = leads.iter().zip(rows).map(of).collect();
        let new: Vec<NewBooking> = wanted.iter().flatten().cloned().collect();
        if new.is_empty() {
            return Ok(vec![None; leads.len()]);
        }
        let tenant = self.actor.tenant;
        let campaign = self.store.campaign(tenant, self.import.campaign_id).await?;
        let campaign = campaign.ok_or_else(|| DeskError::not_found("外呼任务", "campaign"))?;
        let mut booked = self.store.book(&campaign, &new, &BookingRules::default(), now()).await?.into_iter();
        Ok(wanted.into_iter().map(|wish| wish.and_then(|_| booked.next())).collect())
    }

    /// Those whom the rule against repeats keeps out are refused with their reason.
    async fn keep_out(&mut self, leads: &mut Vec<NewLead>, rows: &mut Vec<Row>, rejected: &mut Vec<RejectedRow>) -> Result<()> {
        if self.dedupe.is_empty() {
            return Ok(());
        }
        let phones: Vec<String> = leads.iter().map(|lead| lead.phone.clone()).collect();
        let (tenant, campaign) = (self.actor.tenant, self.import.campaign_id);
        let repeats = self.store.repeats(tenant, campaign, &phones, &self.dedupe, now()).await?;
        for (lead, row) in std::mem::take(leads).into_iter().zip(std::mem::take(rows)) {
            match repeats.get(&lead.phone) {
                Some(repeat) if !self.again.phones.contains(&digits_of(&lead.phone)) => {
                    self.import.duplicates += 1;
                    let reason = crate::lead::why(repeat, str::to_owned).0;
                    rejected.push(RejectedRow { row: row.number, reason, cells: row.cells });
                }
                _ => {
                    leads.push(lead);
                    rows.push(row);
                }
            }
        }
        Ok(())
    }
}

/// Reads and normalises all rows; blocking. Ends quietly when nobody listens any more.
fn read(path: PathBuf, options: &Options, plan: &Plan, tell: &mpsc::Sender<Chunk>) -> Result<()> {
    let mut sheet = Sheet::open(&path, options.sheet.as_deref(), options.encoding.as_deref())?;
    let head = Head::read(&mut sheet)?;
    let empty = || Chunk {
        leads: Vec::with_capacity(CHUNK),
        rows: Vec::with_capacity(CHUNK),
        rejected: Vec::new(),
        duplicates: 0,
        rows_read: 0,
    };
    let mut first_row: HashMap<(u64, Option<At>), u64> = HashMap::new();
    let mut chunk = empty();
    let mut rows_read = 0;
    sheet.rows(&mut |row| {
        if row.number <= head.last_title_row {
            return Ok(Next::More);
        }
        rows_read += 1;
        let read = plan.lead(&row.cells).and_then(|lead| Ok((plan.appointment(&row.cells, &lead.phone)?, lead)));
        match read {
            Err(refusal) => chunk.rejected.push(rejected(row.number, refusal.zh, row.cells)),
            // One person may have several appointments.
            Ok((time, lead)) => match first_row.entry((digits_of(&lead.phone), time.as_ref().map(|t| t.due_at))) {
                std::collections::hash_map::Entry::Occupied(first) => {
                    chunk.duplicates += 1;
                    chunk.rejected.push(rejected(row.number, format!("与第 {} 行号码相同", first.get()), row.cells));
                }
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(row.number);
                    chunk.leads.push(lead);
                    chunk.rows.push(Row { number: row.number, cells: kept(row.cells), appointment: time });
                }
            },
        }
        chunk.rows_read = rows_read;
        if chunk.leads.len() + chunk.rejected.len() >= CHUNK
            && tell.blocking_send(std::mem::replace(&mut chunk, empty())).is_err()
        {
            return Ok(Next::Stop);
        }
        Ok(Next::More)
    })?;
    chunk.rows_read = rows_read;
    // Nobody listening means that the import was given up, which the other side reports.
    let _ = tell.blocking_send(chunk);
    Ok(())
}

fn rejected(row: u64, reason: String, cells: Vec<String>) -> RejectedRow {
    RejectedRow { row, reason, cells: kept(cells) }
}

fn kept(cells: Vec<String>) -> Vec<String> {
    cells
        .into_iter()
        .take(REJECTED_CELLS_MAX)
        .map(|c| if c.len() > REJECTED_CELL_CHARS_MAX { c.chars().take(REJECTED_CELL_CHARS_MAX).collect() } else { c })
        .collect()
}
