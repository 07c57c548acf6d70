use super::*;
use proptest::prelude::*;

fn ok(raw: &str) -> String {
    PhoneNumber::parse(raw, "0531").map(|n| n.to_string()).unwrap_or_else(|e| panic!("{raw}: {e}"))
}

fn code(raw: &str) -> &'static str {
    PhoneNumber::parse(raw, "").expect_err(raw).code()
}

#[test]
fn mobiles_in_every_dress() {
    for raw in [
        "13800138000",
        "138-0013-8000",
        "138 0013 8000",
        "+86 138 0013 8000",
        "+86-13800138000",
        "0086 13800138000",
        "8613800138000",
        "013800138000",
        "１３８００１３８０００",
        "1795113800138000",
        "17951013800138000",
        "12593 8613800138000",
        "13800138000.0",
        "13800138000.00",
        "1.3800138000E+10",
        "1.3800138000e10",
        "'13800138000",
        "\u{feff}13800138000\u{200b}",
        "(+86)13800138000",
        "tel:+8613800138000",
        "138·0013·8000",
        "138.0013.8000",
        "138—0013—8000",
        "\t13800138000\n",
    ] {
        assert_eq!(ok(raw), "+8613800138000", "{raw}");
    }
}

#[test]
fn fixed_numbers_with_and_without_what_spreadsheets_eat() {
    for raw in [
        "010-88886666",
        "(010)88886666",
        "01088886666",
        "+86 10 8888 6666",
        "+86(0)10 88886666",
        "86-10-88886666",
        "1088886666",
        "1088886666.0",
    ] {
        assert_eq!(ok(raw), "+861088886666", "{raw}");
    }
    assert_eq!(ok("0531-88886666"), "+8653188886666");
    assert_eq!(ok("53188886666"), "+8653188886666");
    assert_eq!(ok("88886666"), "+8653188886666", "the default area is put in front");
    assert_eq!(ok("0310-3012345"), "+863103012345");
    assert_eq!(ok("021 6888 6888"), "+862168886888");
    assert_eq!(ok("400-810-0000"), "+864008100000");
    assert_eq!(ok("8008100000"), "+868008100000");
}

#[test]
fn extensions() {
    for raw in [
        "010-88886666-801",
        "010-88886666转801",
        "010-88886666 转 801",
        "01088886666ext801",
        "01088886666 ext. 801",
        "01088886666#801",
        "010-88886666 分机801",
        "010-88886666转分机801",
        "01088886666x801",
    ] {
        assert_eq!(ok(raw), "+861088886666转801", "{raw}");
    }
    assert_eq!(code("01088886666转123456789"), "number_extension");
    assert_eq!(ok("13800138000-12"), "+8613800138000转12");
}

#[test]
fn each_refusal_has_its_own_name() {
    for (raw, want) in [
        ("", "number_empty"),
        ("  ", "number_empty"),
        ("--", "number_empty"),
        ("1.38001E+10", "number_scientific"),
        ("1.38E10", "number_scientific"),
        ("1.3800138E+10", "number_scientific"),
        ("8.61E+12", "number_scientific"),
        ("138****8000", "number_masked"),
        ("张三", "number_character"),
        ("1380013800O", "number_character"),
        ("1380013800", "number_mobile_length"),
        ("138001380001", "number_mobile_length"),
        ("+861380013800", "number_mobile_length"),
        ("12000138000", "number_mobile_prefix"),
        ("88886666", "number_area_missing"),
        ("0600-8888666", "number_area_unknown"),
        ("010-8888666", "number_fixed_length"),
        ("010-18886666", "number_fixed_prefix"),
        ("110", "number_service"),
        ("10086", "number_service"),
        ("95588", "number_service"),
        ("96110", "number_service"),
        ("010-12345", "number_service"),
        ("95128123", "number_service"),
        ("12345", "number_service"),
        ("5", "number_too_short"),
        ("123456789012345678", "number_too_long"),
        ("13800138000/13900139000", "number_several"),
        ("13800138000、13900139000", "number_several"),
        ("1380013800013900139000", "number_several"),
        ("13800138000-13900139000", "number_several"),
        ("+852123", "number_too_short"),
        ("+85200000000", "number_foreign"),
    ] {
        assert_eq!(code(raw), want, "{raw}");
    }
    assert_eq!(code(&"1".repeat(100)), "number_too_much_text");
    assert!(PhoneNumber::parse("1.38001E+10", "").unwrap_err().zh().contains("科学计数法"));
}

#[test]
fn other_countries() {
    assert_eq!(ok("+852 2123 4567"), "+85221234567");
    assert_eq!(ok("00852 21234567"), "+85221234567");
    assert_eq!(ok("+1 (212) 555-2368"), "+12125552368");
    assert_eq!(ok("+44 20 7946 0958"), "+442079460958");
    assert_eq!(zone_of("+12125552368"), "America/New_York");
    assert_eq!(zone_of("+85221234567"), "Asia/Hong_Kong");
    assert_eq!(region_name("+85221234567"), "");
    assert!(crate::calendar::zone_of(zone_of("+442079460958")).is_ok());
}

/// Checked against libphonenumber's own geocoder and carrier mapper.
#[test]
fn known_prefixes() {
    for (e164, region, carrier) in [
        ("+8613800138000", "北京市", Carrier::Mobile),
        ("+8613505310001", "山东省济南市", Carrier::Mobile),
        ("+8618653112345", "山东省济南市", Carrier::Unicom),
        ("+8617000001234", "北京市", Carrier::Telecom),
        ("+8619212345678", "", Carrier::Broadnet),
        ("+8615800001234", "广东省广州市", Carrier::Mobile),
        ("+8613009985012", "黑龙江省双鸭山市", Carrier::Unicom),
        ("+8613999999999", "新疆乌鲁木齐市", Carrier::Mobile),
        ("+861088886666", "北京市", Carrier::Unknown),
        ("+8653188886666", "山东省济南市", Carrier::Unknown),
        ("+8655188886666", "安徽省合肥市", Carrier::Unknown),
        ("+869918888888", "新疆乌鲁木齐市", Carrier::Unknown),
    ] {
        assert_eq!((region_name(e164), carrier_of(e164)), (region, carrier), "{e164}");
    }
    assert_eq!(zone_of("+8613999999999"), "Asia/Shanghai");
    assert_eq!(zone_of("+8613800138000"), "Asia/Shanghai");
}

#[test]
fn national_form_is_what_a_phone_in_china_dials() {
    for (e164, want) in [
        ("+8613800138000", "13800138000"),
        ("+861088886666", "01088886666"),
        ("+8653188886666", "053188886666"),
        ("+864008100000", "4008100000"),
        ("+8641188886666", "041188886666"),
        ("+8685188886666", "085188886666"),
        ("+85221234567", "0085221234567"),
    ] {
        assert_eq!(national(e164), want);
        assert_eq!(ok(want), e164, "and reads back");
    }
}

#[test]
fn a_hundred_thousand_numbers_take_well_under_a_second() {
    let started = std::time::Instant::now();
    let mut known = 0;
    for i in 0..100_000_u64 {
        let n = PhoneNumber::parse(&format!("1{}", 3_000_000_000 + i * 65_537 % 7_000_000_000), "").unwrap();
        known += usize::from(!n.region().is_empty());
    }
    let took = started.elapsed();
    assert!(known > 50_000, "{known} regions found");
    assert!(took.as_millis() < 900, "took {took:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics(raw in any::<String>(), area in "[0-9]{0,5}") {
        if let Err(e) = PhoneNumber::parse(&raw, &area) {
            prop_assert!(!e.zh().is_empty() && !e.to_string().is_empty());
        }
    }

    #[test]
    fn parse_and_format_agree(raw in "[+0]?[0-9 ()+.E-]{6,16}(转[0-9]{1,6})?") {
        if let Ok(n) = PhoneNumber::parse(&raw, "0531") {
            let again = PhoneNumber::parse(&n.to_string(), "");
            prop_assert_eq!(again.as_ref(), Ok(&n), "{}", raw);
            prop_assert!(n.e164.len() >= 8 && n.e164.starts_with('+') && n.e164[1..].bytes().all(|b| b.is_ascii_digit()));
            let _ = (n.region(), n.carrier());
        }
    }

    #[test]
    fn every_mobile_reads_back(rest in 3_000_000_000_u64..10_000_000_000) {
        let raw = format!("1{rest}");
        prop_assert_eq!(PhoneNumber::parse(&raw, "").unwrap().e164, format!("+86{raw}"));
    }
}
