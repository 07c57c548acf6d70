//! Why the floor did not do what was asked, in words.

use crate::prelude::*;
use model::desk::DeskRefusal;

/// 409 with the refusal's own code; 503 when the floor did not answer.
pub fn refused(refusal: DeskRefusal) -> Problem {
    let (code, zh, en) = words(refusal);
    let text = Text::new(zh, en);
    if refusal == DeskRefusal::Unavailable {
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, text).retry_after(5);
    }
    Problem::conflict(code, text)
}

const fn words(refusal: DeskRefusal) -> (&'static str, &'static str, &'static str) {
    use DeskRefusal as R;
    match refusal {
        R::UnknownAgent => ("unknown_agent", "没有这个坐席，请刷新后重选", "there is no such agent; reload and choose again"),
        R::UnknownQueue => ("unknown_queue", "没有这个坐席组，请刷新后重选", "there is no such group; reload and choose again"),
        R::UnknownEntry => ("unknown_entry", "这位客户已不在排队中", "this caller is not waiting any more"),
        R::SignedOut => ("signed_out", "坐席未签入，请先签入", "the agent is signed out; sign in first"),
        R::Disabled => ("disabled", "该工号已停用，请联系管理员", "the agent is switched off; ask an administrator"),
        R::Busy => ("busy", "正在通话中，请结束当前通话后再试", "in a call; end it first"),
        R::UnknownReason => {
            ("unknown_reason", "没有这个小休原因，请刷新后重选", "there is no such reason; reload and choose again")
        }
        R::NotNow => ("not_now", "当前状态不能这样操作", "not possible in the present state"),
        R::NoCall => ("no_call", "当前没有通话", "there is no call"),
        R::NoSuchParty => (
            "no_such_party",
            "没有这个通话方、流程或号码，可能对方已挂机",
            "there is no such party, flow or number; they may have hung up",
        ),
        R::BadNumber => ("bad_number", "号码有误，请检查后重拨", "the number cannot be read; check it and dial again"),
        R::Forbidden => (
            "forbidden",
            "呼叫规则不允许拨打这个号码：可能在免呼名单、不在允许的时段或已达次数上限",
            "a rule forbids calling this number: a list, the hours or a cap",
        ),
        R::NoPhone => (
            "no_phone",
            "话机未注册，请检查网页电话或话机是否在线",
            "the phone is not registered; see that the page or the phone is online",
        ),
        R::NoRoute => ("no_route", "没有可用的线路，请联系管理员", "no line can take the call; ask an administrator"),
        R::Limit => ("limit", "已达上限，请稍后再试", "a limit is reached; try again later"),
        R::Unavailable => ("unavailable", "话务服务暂不可用，请稍后再试", "the floor does not answer; try again later"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_that_programs_know() {
        use DeskRefusal as R;
        let all = [
            R::UnknownAgent,
            R::UnknownQueue,
            R::UnknownEntry,
            R::SignedOut,
            R::Disabled,
            R::Busy,
            R::UnknownReason,
            R::NotNow,
            R::NoCall,
            R::NoSuchParty,
            R::BadNumber,
            R::Forbidden,
            R::NoPhone,
            R::NoRoute,
            R::Limit,
            R::Unavailable,
        ];
        for refusal in all {
            assert_eq!(json!(words(refusal).0), json!(refusal));
        }
    }
}
