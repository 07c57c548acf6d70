//! Seats that a person may take.

use crate::prelude::*;
use model::PhoneNumber;
use model::record::{Agent, Seat};

/// The seat as the floor takes it: one's own page, a SIP phone that is nobody's page, or an outside number in E.164.
///
/// # Errors
/// 422 naming the seat.
pub async fn usable(api: &ApiState, who: &Principal, own: Option<&Agent>, seat: Seat) -> Answer<Seat> {
    match seat {
        Seat::Browser { extension } => {
            if own.is_some_and(|agent| agent.extension_id == Some(extension)) {
                return Ok(seat);
            }
            let text = Text::new(
                "这不是您的网页电话，请刷新页面后重新签入",
                "this is not your page's phone; reload the page and sign in again",
            );
            Err(Problem::invalid("seat", text))
        }
        Seat::Phone { extension } => {
            let phone = api.store().extension(who.tenant(), extension).await?.filter(|e| e.enabled);
            let page = api.store().agents(who.tenant()).await?.iter().any(|a| a.extension_id == Some(extension));
            if phone.is_some() && !page {
                return Ok(seat);
            }
            let text =
                Text::new("这部话机不存在或已停用，请另选一部", "there is no such phone, or it is switched off; choose another");
            Err(Problem::invalid("seat", text))
        }
        Seat::Outside { number } => match PhoneNumber::parse(&number, "") {
            Ok(parsed) => Ok(Seat::Outside { number: parsed.e164 }),
            Err(e) => Err(Problem::invalid("seat", Text::new(e.zh(), e.to_string()))),
        },
    }
}
