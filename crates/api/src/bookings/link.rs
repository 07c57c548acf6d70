use crate::prelude::*;
use model::CampaignId;
use model::record::BookingLink;

#[derive(Serialize, ToSchema)]
pub struct BookingLinkView {
    /// None: there is none, or it was switched off.
    link: Option<BookingLink>,
    /// Whether customers may use it now: the form is on and the task takes appointments.
    open: bool,
}

/// The link to the task's page of appointments.
#[utoipa::path(get, path = "/campaigns/{id}/booking-link", responses((status = 200, body = BookingLinkView)))]
pub async fn link(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<BookingLinkView>> {
    who.may(P::CampaignWrite)?;
    api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let link = api.store().booking_link(who.tenant(), id).await?;
    Ok(Json(view(&api, link).await))
}

/// Makes the link anew. The one before leads nowhere any more.
#[utoipa::path(post, path = "/campaigns/{id}/booking-link", responses((status = 201, body = BookingLinkView)))]
pub async fn renew(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
) -> Answer<(StatusCode, Json<BookingLinkView>)> {
    who.may(P::CampaignWrite)?;
    let link = desk::booking::renew(api.store(), &who.actor, id).await?;
    Ok((StatusCode::CREATED, Json(view(&api, Some(link)).await)))
}

/// The link leads nowhere any more.
#[utoipa::path(delete, path = "/campaigns/{id}/booking-link", responses((status = 204)))]
pub async fn switch_off(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<StatusCode> {
    who.may(P::CampaignWrite)?;
    api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    desk::booking::switch_off(api.store(), &who.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn view(api: &ApiState, link: Option<BookingLink>) -> BookingLinkView {
    let open = match &link {
        Some(link) => desk::booking::page(api.store(), &link.token).await.is_ok(),
        None => false,
    };
    BookingLinkView { link, open }
}
