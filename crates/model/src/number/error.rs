//! Why a number may not be dialled, and what to do about it.

/// A number that may not be dialled. `Display` is English; [`NumberError::zh`] says it in Chinese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("the number is empty; fill it in or delete the row")]
    Empty,
    #[error("the number is longer than 64 characters; leave one number alone in the cell")]
    TooMuchText,
    #[error("`{0}` does not belong in a number; keep digits alone in the cell")]
    Character(char),
    #[error("the number is masked (`*`); import the full number")]
    Masked,
    #[error(
        "the spreadsheet shortened the number to scientific notation and lost digits; format the column as text, enter the numbers anew, and export again"
    )]
    Scientific,
    #[error("the cell holds several numbers; leave one, and put the others in a column or row of their own")]
    Several,
    #[error("a mobile number has 11 digits, this one has {0}; check for missing or surplus digits")]
    MobileLength(usize),
    #[error("{0} is not a mobile prefix in use (13x–19x); check the number")]
    MobilePrefix(String),
    #[error("{0} digits are too few for a telephone number; check for missing digits")]
    TooShort(usize),
    #[error("{0} digits are too many for a telephone number; check for surplus digits, write extensions as 010-88886666转801")]
    TooLong(usize),
    #[error("the area code is missing; write 010-88886666 or choose a default area code at import")]
    AreaMissing,
    #[error("area code {0} is not known; check the digits after the leading 0")]
    AreaUnknown(String),
    #[error("a fixed number in area {area} has {expected} digits after the area code, this one has {found}; check the number")]
    FixedLength { area: String, expected: &'static str, found: usize },
    #[error("{0} does not begin like a fixed number after its area code; check the number")]
    FixedPrefix(String),
    #[error("{0} is a service number, which cannot be called by a campaign; use a fixed or mobile number")]
    Service(String),
    #[error("the extension has more than 8 digits; write it as 010-88886666转801")]
    Extension,
    #[error("the number is not valid in its country; write it as +, country code and number, e.g. +85221234567")]
    Foreign,
}

impl NumberError {
    /// A stable name for programs and counts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "number_empty",
            Self::TooMuchText => "number_too_much_text",
            Self::Character(_) => "number_character",
            Self::Masked => "number_masked",
            Self::Scientific => "number_scientific",
            Self::Several => "number_several",
            Self::MobileLength(_) => "number_mobile_length",
            Self::MobilePrefix(_) => "number_mobile_prefix",
            Self::TooShort(_) => "number_too_short",
            Self::TooLong(_) => "number_too_long",
            Self::AreaMissing => "number_area_missing",
            Self::AreaUnknown(_) => "number_area_unknown",
            Self::FixedLength { .. } => "number_fixed_length",
            Self::FixedPrefix(_) => "number_fixed_prefix",
            Self::Service(_) => "number_service",
            Self::Extension => "number_extension",
            Self::Foreign => "number_foreign",
        }
    }

    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "号码为空，请补上号码或删除该行".into(),
            Self::TooMuchText => "号码超过 64 个字符，单元格里请只留一个号码".into(),
            Self::Character(c) => format!("号码里有不该出现的字符“{c}”，单元格里请只留数字"),
            Self::Masked => "号码中间被 * 隐藏了，请导入完整号码".into(),
            Self::Scientific => "号码被表格改成了科学计数法，后几位已丢失；请把该列设为“文本”格式，重新填入号码后再导出".into(),
            Self::Several => "一个单元格里有多个号码，请只留一个，其余放到别的列或另起一行".into(),
            Self::MobileLength(n) => format!("手机号应为 11 位，这里是 {n} 位，请检查是否多打或漏打"),
            Self::MobilePrefix(p) => format!("{p} 不是在用的手机号段（13x–19x），请核对号码"),
            Self::TooShort(n) => format!("只有 {n} 位数字，不够一个电话号码，请检查是否漏打"),
            Self::TooLong(n) => format!("共有 {n} 位数字，超出电话号码长度；分机请写成 010-88886666转801"),
            Self::AreaMissing => "固定电话缺少区号，请写成 010-88886666，或在导入时选择默认区号".into(),
            Self::AreaUnknown(a) => format!("区号 {a} 不存在，请核对开头几位"),
            Self::FixedLength { area, expected, found } => {
                format!("区号 {area} 后面应有 {expected} 位，这里是 {found} 位，请核对号码")
            }
            Self::FixedPrefix(n) => format!("区号后的号码 {n} 开头不对，请核对号码"),
            Self::Service(n) => format!("{n} 是服务短号，外呼任务不能拨打，请换成固定电话或手机号"),
            Self::Extension => "分机号超过 8 位，请写成 010-88886666转801".into(),
            Self::Foreign => "该国家或地区没有这样的号码，请写成 + 国家码 号码，如 +85221234567".into(),
        }
    }
}
