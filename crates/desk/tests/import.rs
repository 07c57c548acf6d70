//! Sheets as people send them, whole and broken, into the store and out again.

mod books;

use books::Books;
use calamine::Reader as _;
use desk::export::{self, Format};
use desk::import::{self, Commit, Mapping, Masks, Options, Preview};
use desk::{Actor, access};
use model::CampaignId;
use model::record::{FieldKind, Import, ImportState, Role};
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use store::{LeadFilter, PageQuery};
use tokio_util::sync::CancellationToken;

fn write(b: &Books, name: &str, bytes: &[u8]) -> PathBuf {
    let path = b.dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

async fn upload(b: &Books, c: CampaignId, path: &Path) -> desk::Result<(Import, Preview)> {
    import::upload(&b.store, &b.admin, c, path.file_name().unwrap().to_str().unwrap(), path).await
}

fn as_guessed(preview: &Preview) -> Commit {
    Commit { mapping: preview.columns.iter().map(Mapping::of_guess).collect(), options: Options::default(), ..Commit::default() }
}

async fn bring_in(b: &Books, c: CampaignId, path: &Path) -> Import {
    let (import, preview) = upload(b, c, path).await.unwrap();
    import::commit(&b.store, &b.admin, import.id, as_guessed(&preview), CancellationToken::new()).await.unwrap()
}

async fn leads(b: &Books, c: CampaignId) -> Vec<model::record::Lead> {
    b.store
        .leads(b.tenant(), c, &LeadFilter::default(), PageQuery { after: None, limit: 5000, count: false })
        .await
        .unwrap()
        .items
}

/// The administrator sees numbers.
const PLAIN: Masks = Masks { cell: |text| text.into(), sentence: |text| text.into() };

const SHEET: &str = "2026年评标专家名单,,,\n专家姓名,手机号码,开会时间,劳务费\n张伟,138 0013 8000,2026/11/22 9:00,\"1,200.50\"\n李娜,1.38001E+10,2026-11-22 09:00,800\n王芳,+86-13900139000,2026-11-22 09:00,x\n赵磊,13800138000,2026-11-22 09:00,1\n,,,\n孙丽,15800001234,2026-11-22 09:00,1\n";

#[tokio::test]
async fn a_csv_is_previewed_brought_in_and_its_refused_rows_can_be_fetched() {
    let b = books::open().await;
    let c = b.campaign().await;
    let (import, preview) = upload(&b, c.id, &write(&b, "名单.csv", SHEET.as_bytes())).await.unwrap();
    assert_eq!((preview.encoding.as_str(), preview.rows_total), ("utf-8", Some(6)));
    let guesses: Vec<&str> = preview.columns.iter().map(|c| c.guess.as_str()).collect();
    assert_eq!(guesses, ["name", "phone", "field:开会时间", "field:劳务费"]);
    assert_eq!(preview.columns[2].kind, FieldKind::DateTime);
    let verdicts: Vec<&str> = preview.rows.iter().map(|r| r.verdict.as_str()).collect();
    assert_eq!(verdicts, ["ok", "rejected", "ok", "duplicate", "ok"]);
    assert!(preview.rows[1].reason.as_ref().unwrap().contains("科学计数法"));

    let mut commit = as_guessed(&preview);
    commit.mapping[3].new_field.as_mut().unwrap().kind = FieldKind::Money;
    let done = import::commit(&b.store, &b.admin, import.id, commit, CancellationToken::new()).await.unwrap();
    assert_eq!((done.state, done.rows_read, done.accepted, done.duplicates, done.rejected), (ImportState::Done, 5, 2, 1, 2));
    let list = leads(&b, c.id).await;
    assert_eq!((list[0].phone.as_str(), list[0].name.as_str(), list[0].region.as_str()), ("+8613800138000", "张伟", "北京市"));
    assert_eq!(list[0].variables["劳务费"], 1200.5);
    assert_eq!(list[0].variables["开会时间"], "2026-11-22T09:00:00");
    let fields = b.store.campaign(b.tenant(), c.id).await.unwrap().unwrap().fields;
    assert_eq!(fields.iter().map(|f| f.key.as_str()).collect::<Vec<_>>(), ["开会时间", "劳务费"]);

    let file = import::rejected_csv(&b.store, &b.admin, import.id, PLAIN).await.unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(text.starts_with("\u{feff}行号,原因,专家姓名"), "{text}");
    assert!(
        text.contains("4,号码被表格改成了科学计数法")
            && text.contains("6,与第 3 行号码相同")
            && text.contains("“劳务费”应为数字"),
        "{text}"
    );
    let path = file.path().to_owned();
    drop(file);
    assert!(!path.exists(), "a download deletes itself");
    let again = import::commit(&b.store, &b.admin, import.id, Commit::default(), CancellationToken::new()).await.unwrap_err();
    assert_eq!(again.code, "import_state");
}

#[tokio::test]
async fn gbk_and_semicolons_and_a_campaign_that_has_the_number_already() {
    let b = books::open().await;
    let c = b.campaign().await;
    let (gbk, _, _) = encoding_rs::GBK.encode("客户姓名;联系电话\n张伟;13800138000\n李娜;0531-88886666转801\n");
    let first = bring_in(&b, c.id, &write(&b, "a.csv", &gbk)).await;
    assert_eq!((first.accepted, first.duplicates, first.rejected), (2, 0, 0));
    let list = leads(&b, c.id).await;
    assert_eq!(
        (list[1].name.as_str(), list[1].phone.as_str(), list[1].variables["extension"].as_str()),
        ("李娜", "+8653188886666", Some("801"))
    );
    let second = bring_in(&b, c.id, &write(&b, "b.csv", "电话\n13800138000\n13900139000\n13900139000\n".as_bytes())).await;
    assert_eq!((second.accepted, second.duplicates, second.rejected), (1, 2, 0));
    let text = std::fs::read_to_string(import::rejected_csv(&b.store, &b.admin, second.id, PLAIN).await.unwrap().path()).unwrap();
    assert!(text.contains("2,任务里已有这个号码") && text.contains("4,与第 3 行号码相同"), "{text}");
}

fn workbook(path: &Path) {
    let mut book = Workbook::new();
    let cover = book.add_worksheet().set_name("说明").unwrap();
    cover.write_string(0, 0, "请勿修改").unwrap();
    let sheet = book.add_worksheet().set_name("名单").unwrap();
    let date = CellFormat::new().set_num_format("yyyy-mm-dd hh:mm");
    for (i, title) in ["姓名", "手机", "时间", "金额"].iter().enumerate() {
        sheet.write_string(0, i as u16, *title).unwrap();
    }
    sheet.write_string(1, 0, "张伟").unwrap();
    sheet.write_number(1, 1, 13_800_138_000.0).unwrap();
    sheet.write_datetime_with_format(1, 2, ExcelDateTime::parse_from_str("2026-11-22T09:30:00").unwrap(), &date).unwrap();
    sheet.write_number(1, 3, 1200.5).unwrap();
    sheet.write_string(2, 0, "李娜").unwrap();
    sheet.write_string(2, 1, "1.38E+10").unwrap();
    sheet.write_string(4, 0, "王芳").unwrap();
    sheet.write_string(4, 1, "１５８００００１２３４").unwrap();
    book.save(path).unwrap();
}

#[tokio::test]
async fn an_excel_sheet_keeps_its_digits_and_dates() {
    let b = books::open().await;
    let c = b.campaign().await;
    let path = b.dir.path().join("名单.xlsx");
    workbook(&path);
    let (import, first) = upload(&b, c.id, &path).await.unwrap();
    assert_eq!((first.sheets.clone(), first.sheet.as_str()), (vec!["说明".to_owned(), "名单".to_owned()], "说明"));
    let options = Options { sheet: Some("名单".into()), ..Options::default() };
    let preview = import::preview(&b.store, &b.admin, import.id, &options).await.unwrap();
    assert_eq!(
        preview.columns.iter().map(|c| c.guess.as_str()).collect::<Vec<_>>(),
        ["name", "phone", "field:时间", "field:金额"]
    );
    let commit = Commit { options, ..as_guessed(&preview) };
    let done = import::commit(&b.store, &b.admin, import.id, commit, CancellationToken::new()).await.unwrap();
    assert_eq!((done.accepted, done.rejected), (2, 1));
    let list = leads(&b, c.id).await;
    assert_eq!((list[0].phone.as_str(), list[0].phone_raw.as_str()), ("+8613800138000", "13800138000"));
    assert_eq!(
        (list[0].variables["时间"].as_str(), list[0].variables["金额"].as_f64()),
        (Some("2026-11-22T09:30:00"), Some(1200.5))
    );
    assert_eq!(list[1].phone, "+8615800001234");
}

fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn broken_files_are_told_apart_and_leave_nothing_behind() {
    let b = books::open().await;
    let c = b.campaign().await;
    let whole = b.dir.path().join("whole.xlsx");
    workbook(&whole);
    let bytes = std::fs::read(&whole).unwrap();
    let bomb = zip_of(&[("xl/workbook.xml", b"<x/>"), ("xl/sharedStrings.xml", &vec![b' '; 220 << 20])]);
    assert!(bomb.len() < 1 << 20, "a bomb is small");
    // One cell of 20 MB, in a sheet that does not call itself XML: the reader would hold it in memory several times.
    let cell = ["<sheetData><c t=\"inlineStr\"><is><t>".as_bytes(), &vec![b'a'; 20 << 20], b"</t></is></c>"].concat();
    let disguised = zip_of(&[("xl/workbook.xml", b"<x/>"), ("xl/worksheets/sheet1.bin", &cell)]);
    let sheets = zip_of(&[("xl/workbook.xml", &b"<sheet/>".repeat(5 << 20))]);
    // 15 MB of XML, of which each five bytes would be a text of 24 in memory; and one that only says so.
    let texts = zip_of(&[("xl/workbook.xml", b"<x/>"), ("xl/sharedStrings.xml", &b"<si/>".repeat(3 << 20))]);
    let announced = zip_of(&[("xl/workbook.xml", b"<x/>"), ("xl/sharedStrings.xml", b"<sst uniqueCount=\"999999999999\"/>")]);
    let cases: [(&str, Vec<u8>, &str); 13] = [
        ("cell.xlsx", disguised, "file_bomb"),
        ("sheets.xlsx", sheets, "file_bomb"),
        ("half.xlsx", bytes[..bytes.len() / 2].to_vec(), "file_broken"),
        ("empty.csv", vec![], "file_empty"),
        ("blank.csv", b"\n\n,,\n".to_vec(), "file_empty"),
        ("old.xls", [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1][..], &[0; 600]].concat(), "file_old_excel"),
        ("x.pdf", b"%PDF-1.7 \x00\x01".to_vec(), "file_type"),
        ("x.zip", zip_of(&[("readme.txt", b"hello")]), "file_type"),
        ("bomb.xlsx", bomb, "file_texts"),
        ("texts.xlsx", texts, "file_texts"),
        ("announced.xlsx", announced, "file_texts"),
        ("commas.csv", [&b"a,b\n"[..], &vec![b','; 2 << 20]].concat(), "file_line_too_long"),
        ("noise.xlsx", zip_of(&[("xl/workbook.xml", b"<workbook><sheets><")]), "file_broken"),
    ];
    for (name, bytes, code) in cases {
        let e = upload(&b, c.id, &write(&b, name, &bytes)).await.expect_err(name);
        assert_eq!((e.code, e.field.as_deref()), (code, Some("file")), "{name}: {e:?}");
    }
    let big = b.dir.path().join("big.csv");
    std::fs::File::create(&big).unwrap().set_len((50 << 20) + 1).unwrap();
    assert_eq!(upload(&b, c.id, &big).await.unwrap_err().kind.status(), 413);
    let million = write(&b, "million.csv", "电话\n".repeat(1_048_578).as_bytes());
    assert_eq!(upload(&b, c.id, &million).await.unwrap_err().code, "file_too_many_rows");
    assert!(b.store.imports(b.tenant(), c.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_mapping_must_name_one_phone_and_known_fields() {
    let b = books::open().await;
    let c = b.campaign().await;
    let (import, preview) = upload(&b, c.id, &write(&b, "a.csv", b"a,b\n13800138000,x\n")).await.unwrap();
    let mut none = as_guessed(&preview);
    none.mapping.iter_mut().for_each(|m| m.target = "skip".into());
    assert_eq!(
        import::commit(&b.store, &b.admin, import.id, none, CancellationToken::new()).await.unwrap_err().code,
        "mapping_phone"
    );
    let mut unknown = as_guessed(&preview);
    unknown.mapping[1].target = "field:nobody".into();
    assert_eq!(
        import::commit(&b.store, &b.admin, import.id, unknown, CancellationToken::new()).await.unwrap_err().code,
        "mapping_unknown"
    );
    let viewer = b.person("viewer", Role::Viewer).await;
    assert_eq!(
        import::commit(&b.store, &viewer, import.id, as_guessed(&preview), CancellationToken::new()).await.unwrap_err().code,
        "forbidden"
    );
}

fn many(rows: u64) -> String {
    let mut text = String::from("姓名,手机号码,单位,金额\n");
    for i in 0..rows {
        text.push_str(&format!(
            "客户{i},1{},某某科技有限公司{},{}.5\n",
            3_000_000_000 + i * 61_997 % 6_999_999_999,
            i % 97,
            i % 1000
        ));
    }
    text
}

/// Whoever clicks twice imports once.
#[tokio::test]
async fn an_import_run_twice_at_once_runs_once() {
    let b = books::open().await;
    let c = b.campaign().await;
    let (import, _) = upload(&b, c.id, &write(&b, "a.csv", many(3000).as_bytes())).await.unwrap();
    let phones = Commit {
        mapping: vec![Mapping { column: 1, target: "phone".into(), new_field: None }],
        options: Options::default(),
        ..Commit::default()
    };
    let run = || import::commit(&b.store, &b.admin, import.id, phones.clone(), CancellationToken::new());
    let (one, two, three) = tokio::join!(run(), run(), run());
    let done: Vec<_> = [one, two, three].into_iter().map(|r| r.map(|i| i.accepted).map_err(|e| e.code)).collect();
    assert_eq!(done.iter().filter(|r| **r == Ok(3000)).count(), 1, "{done:?}");
    assert_eq!(done.iter().filter(|r| **r == Err("import_state")).count(), 2, "{done:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_cut_off_half_way_is_run_again_without_duplicates() {
    let b = books::open().await;
    let c = b.campaign().await;
    let text = format!("{}坏号码,abc,x,1\n", many(9_000));
    let (import, preview) = upload(&b, c.id, &write(&b, "a.csv", text.as_bytes())).await.unwrap();
    let cancel = CancellationToken::new();
    let running = {
        let (store, admin, cancel, commit, id) =
            (b.store.clone(), b.admin.clone(), cancel.clone(), as_guessed(&preview), import.id);
        tokio::spawn(async move { import::commit(&store, &admin, id, commit, cancel).await })
    };
    // Cut off once the first rows stand.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while leads(&b, c.id).await.is_empty() {
        assert!(std::time::Instant::now() < deadline, "nothing was written");
        tokio::task::yield_now().await;
    }
    cancel.cancel();
    let cut = running.await.unwrap();
    if let Err(e) = cut {
        assert_eq!(e.code, "import_cancelled");
        let stored = b.store.import(b.tenant(), import.id).await.unwrap().unwrap();
        assert_eq!(stored.state, ImportState::Failed);
        let done = import::commit(&b.store, &b.admin, import.id, as_guessed(&preview), CancellationToken::new()).await.unwrap();
        assert_eq!((done.accepted, done.duplicates, done.rejected), (9_000, 0, 1));
    }
    let progress = b.store.campaign_progress(b.tenant(), c.id).await.unwrap();
    assert_eq!(progress.leads, 9_000);
    assert_eq!(b.store.rejected_rows(b.tenant(), import.id, 0, 10).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_rows_take_less_than_ten_seconds() {
    let b = books::open().await;
    let c = b.campaign().await;
    let path = write(&b, "a.csv", many(100_000).as_bytes());
    let started = std::time::Instant::now();
    let done = bring_in(&b, c.id, &path).await;
    let took = started.elapsed();
    eprintln!("100,000 rows of CSV in {:.2} s, {:.0} rows/s", took.as_secs_f64(), 100_000.0 / took.as_secs_f64());
    assert_eq!((done.accepted, done.rejected, done.duplicates), (100_000, 0, 0));
    assert!(took.as_secs() < 10, "took {took:?}");

    let c = b.campaign().await;
    let path = b.dir.path().join("a.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0_u32..).zip(many(100_000).lines()) {
        for (column, cell) in (0_u16..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    book.save(&path).unwrap();
    let started = std::time::Instant::now();
    let done = bring_in(&b, c.id, &path).await;
    let took = started.elapsed();
    eprintln!("100,000 rows of XLSX in {:.2} s, {:.0} rows/s", took.as_secs_f64(), 100_000.0 / took.as_secs_f64());
    assert_eq!((done.accepted, done.rejected, done.duplicates), (100_000, 0, 0));
    assert!(took.as_secs() < 10, "took {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exports_stream_mask_and_disarm() {
    let b = books::open().await;
    let c = b.campaign().await;
    bring_in(
        &b,
        c.id,
        &write(&b, "a.csv", "姓名,电话,备注\n=HYPERLINK(\"http://evil\"),13800138000,+1\n李娜,13900139000,普通\n".as_bytes()),
    )
    .await;
    let csv = export::results(&b.store, &b.admin, c.id, &store::LeadFilter::default(), Format::Csv).await.unwrap();
    let text = std::fs::read_to_string(csv.path()).unwrap();
    assert!(
        text.starts_with("\u{feff}电话,姓名,归属地") && text.contains("13800138000,\"'=HYPERLINK") && text.contains(",'+1,"),
        "{text}"
    );
    assert_eq!(csv.file_name, "评标通知-结果.csv");
    let blind = Actor { permissions: [model::record::Permission::ResultExport].into(), ..b.admin.clone() };
    let xlsx = export::leads(&b.store, &blind, c.id, &LeadFilter::default(), Format::Xlsx).await.unwrap();
    let named = b.dir.path().join("out.xlsx");
    std::fs::copy(xlsx.path(), &named).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&named).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let cell = |r, c| range.get((r, c)).map(ToString::to_string).unwrap_or_default();
    assert_eq!(
        (cell(1, 0), cell(1, 1), cell(2, 0)),
        (access::mask("+8613800138000"), "=HYPERLINK(\"http://evil\")".into(), "139****9000".into())
    );
    assert!(book.worksheet_formula("Sheet1").unwrap().is_empty(), "no cell is a formula");
    let operator = b.person("operator", Role::Operator).await;
    assert_eq!(
        export::leads(&b.store, &operator, c.id, &LeadFilter::default(), Format::Csv).await.unwrap_err().code,
        "forbidden"
    );
    let zone = "Asia/Shanghai".into();
    let params = store::ReportParams { campaign_id: Some(c.id), zone, ..store::ReportParams::default() };
    for info in store::report::all() {
        let report = export::report(&b.store, &b.admin, info.code, &params, Format::Xlsx).await.unwrap();
        let _: calamine::Xlsx<_> = {
            std::fs::copy(report.path(), &named).unwrap();
            calamine::open_workbook(&named).unwrap()
        };
    }
    let calls = export::calls(&b.store, &b.admin, &store::CallFilter::default(), Format::Csv).await.unwrap();
    assert!(std::fs::read_to_string(calls.path()).unwrap().contains("通话编号"));
    let log = b
        .store
        .audit_page(
            b.tenant(),
            &store::AuditFilter { action: Some("result.export".into()), ..Default::default() },
            PageQuery { after: None, limit: 10, count: false },
        )
        .await
        .unwrap();
    assert_eq!(log.items.len(), 1);
}

#[tokio::test]
async fn sheets_go_with_their_campaign_and_old_ones_by_themselves() {
    let b = books::open().await;
    let (c, kept) = (b.campaign().await, b.campaign().await);
    let file = |id: model::ImportId| b.store.data_dir().join("imports").join(id.to_string());
    let (gone, _) = upload(&b, c.id, &write(&b, "a.csv", SHEET.as_bytes())).await.unwrap();
    let (left, _) = upload(&b, kept.id, &write(&b, "b.csv", SHEET.as_bytes())).await.unwrap();
    assert!(file(gone.id).exists() && file(left.id).exists());
    desk::campaign::delete(&b.store, &b.admin, c.id).await.unwrap();
    assert!(!file(gone.id).exists() && file(left.id).exists());

    let now = std::time::SystemTime::now();
    let days = |n: u64| std::time::Duration::from_secs(n * 86_400);
    assert_eq!(import::remove_old_sheets(&b.store, now + days(6)).unwrap(), 0);
    assert!(file(left.id).exists());
    assert_eq!(import::remove_old_sheets(&b.store, now + days(8)).unwrap(), 1);
    assert!(!file(left.id).exists());
    let late = import::preview(&b.store, &b.admin, left.id, &Options::default()).await.unwrap_err();
    assert_eq!(late.code, "file_gone");
}

#[tokio::test]
async fn a_column_is_the_time_of_an_appointment_and_a_run_again_books_nobody_twice() {
    use model::calendar::Window;
    use model::record::{BookingPlan, Campaign, DialMode, Medium};
    let b = books::open().await;
    let draft = b.campaign().await;
    let mut settings = b.store.settings(b.tenant()).await.unwrap();
    (settings.compliance.hours_from, settings.compliance.hours_to) = ("00:00".into(), "24:00".into());
    b.store.save_settings(b.tenant(), &settings, desk::now()).await.unwrap();
    let schedule = model::calendar::Schedule {
        windows: vec![Window { from: "00:00".into(), to: "24:00".into() }],
        ..draft.schedule.clone()
    };
    let booking = BookingPlan { media: vec![Medium::Phone, Medium::Sms], ..BookingPlan::default() };
    let task = Campaign { mode: DialMode::Appointment, schedule, booking, ..draft };
    let task = b.store.update_campaign(&task, desk::now()).await.unwrap();
    let day = desk::now().plus_ms(86_400_000).timestamp().in_tz("Asia/Shanghai").unwrap().strftime("%Y-%m-%d").to_string();
    let sheet = format!(
        "姓名,手机,时间,方式\n张伟,13800138000,{day} 10:00,\n张伟,13800138000,{day} 15:00,短信\n张伟,13800138000,{day} 10:00,\n\
         李娜,13900139000,,\n王芳,13700137000,明天,\n赵磊,13600136000,{day} 11:00,邮件\n"
    );
    let path = write(&b, "预约.csv", sheet.as_bytes());
    let (import, preview) = upload(&b, task.id, &path).await.unwrap();
    let mut commit = as_guessed(&preview);
    for (column, target) in [(2, "due_at"), (3, "medium")] {
        commit.mapping[column].target = target.into();
        commit.mapping[column].new_field = None;
    }
    let done = import::commit(&b.store, &b.admin, import.id, commit.clone(), CancellationToken::new()).await.unwrap();
    assert_eq!(
        (done.accepted, done.duplicates, done.rejected),
        (3, 1, 2),
        "two of 张伟, 李娜 without one; twice the same; no time; not offered"
    );
    let page = PageQuery { after: None, limit: 100, count: false };
    let made = b.store.bookings(b.tenant(), task.id, &store::BookingFilter::default(), page).await.unwrap().items;
    let media: Vec<Medium> = made.iter().map(|m| m.medium).collect();
    assert_eq!(media, [Medium::Sms, Medium::Phone]);
    assert_eq!(made[0].lead_id, made[1].lead_id);
    let again = write(&b, "预约.csv", sheet.as_bytes());
    let of_other = upload(&b, b.campaign().await.id, &again).await.unwrap().0;
    let refused = import::commit(&b.store, &b.admin, of_other.id, commit, CancellationToken::new()).await.unwrap_err();
    assert_eq!(refused.code, "mapping_appointment");
}
