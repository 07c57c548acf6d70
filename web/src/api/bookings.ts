import { body, client, loose } from "./http.ts";
import type { FieldDef, FieldKind, Page, Vars } from "./types.ts";

export type Medium = "phone" | "sms" | "mail";
export type BookingOrigin = "agent" | "web" | "key" | "api" | "import";
/** An appointment of a task in appointment mode. */
export interface Booking {
  id: number; campaign_id: number; lead_id?: number | null; source_id?: string | null; origin: BookingOrigin; medium: Medium; phone: string; mail: string;
  name: string; variables: Vars; due_at: string; late_at: string; next_at: string; state: string; why?: string | null; result?: string | null; tries: number;
  begun_at?: string | null; call_id?: number | null; sms_id?: number | null; mail_id?: number | null; made_in?: number | null; agent_id?: number | null;
  note: string; created_by: string; created_at: string; done_at?: string | null;
}
export interface AskedField { key: string; required?: boolean | undefined }
export interface BookingForm {
  enabled: boolean; title: string; text: string; name_required: boolean; fields: AskedField[]; consent_text: string; days_ahead: number;
}
export interface BookingPlan {
  media: Medium[]; sms_text: string; mail_subject: string; mail_text: string; slot_min: number; slot_capacity: number; late_max_min: number; form: BookingForm;
}
/** One stretch of time that may be booked, with the places left. */
export interface Slot { from: string; until: string; free: number }
export interface LinkView { link?: { token: string; made_by: string; made_at: string } | null; open: boolean }
export interface NewBooking { name: string; phone: string; mail: string; medium: Medium; due_at: string | null; variables: Vars; note: string }
export interface MadeBooking { outcome: "new" | "known" | "twice" | "refused"; why?: string | null; appointment?: Booking | null }

const at = (id: number) => ({ params: { path: { id } } });

export const getBookings = (id: number, query: Record<string, unknown>): Promise<Page<Booking>> =>
  body(client.GET("/api/v1/campaigns/{id}/appointments", { params: { path: { id }, query } })) as Promise<Page<Booking>>;
export const createBooking = async (id: number, b: NewBooking): Promise<MadeBooking> => {
  const made = (await body(client.POST("/api/v1/campaigns/{id}/appointments", { ...at(id), body: loose({ appointments: [b] }) }))) as { items: MadeBooking[] };
  return made.items[0] ?? { outcome: "refused" };
};
export const changeBooking = (id: number, b: { due_at?: string; note?: string }): Promise<Booking> =>
  body(client.PATCH("/api/v1/bookings/{id}", { ...at(id), body: loose(b) })) as Promise<Booking>;
export const cancelBooking = (id: number): Promise<Booking> => body(client.DELETE("/api/v1/bookings/{id}", at(id))) as Promise<Booking>;
export const getSlots = (id: number, days?: number): Promise<Page<Slot>> =>
  body(client.GET("/api/v1/campaigns/{id}/slots", { params: { path: { id }, query: days ? { days } : {} } }));
export const getLink = (id: number): Promise<LinkView> => body(client.GET("/api/v1/campaigns/{id}/booking-link", at(id)));
export const renewLink = (id: number): Promise<LinkView> => body(client.POST("/api/v1/campaigns/{id}/booking-link", at(id)));
export const switchOffLink = (id: number): Promise<void> => body(client.DELETE("/api/v1/campaigns/{id}/booking-link", at(id)));

export interface BookingTask { campaign_id: number; name: string; media: Medium[]; fields: FieldDef[]; slot_min: number }
export const getBookingTasks = (): Promise<Page<BookingTask>> => body(client.GET("/api/v1/desk/booking-tasks"));
export interface DeskBooking {
  campaign_id: number; call_id?: number; customer_id?: number; phone?: string; mail?: string; name?: string; medium: Medium; due_at: string; variables: Vars; note: string;
}
export const bookAtDesk = (b: DeskBooking): Promise<Booking> => body(client.POST("/api/v1/desk/bookings", { body: loose(b) })) as Promise<Booking>;

/** What a task's page shows to customers. */
export interface BookingPageView {
  title: string; text: string; media: Medium[]; slots: Slot[]; name_required: boolean;
  fields: { key: string; label: string; kind: FieldKind; required: boolean }[]; consent_text: string;
}
export interface FormBody { name: string; phone: string; mail: string; medium: Medium; slot: string; fields: Vars; consent: boolean; website: string }
export interface Booked { reference: string; slot: string; medium: Medium }
const token = (value: string) => ({ params: { path: { token: value } } });
export const getBookingPage = (value: string): Promise<BookingPageView> => body(client.GET("/api/v1/public/booking/{token}", token(value)));
export const bookByForm = (value: string, b: FormBody): Promise<Booked> => body(client.POST("/api/v1/public/booking/{token}", { ...token(value), body: loose(b) }));
export const callOff = (value: string, reference: string): Promise<void> =>
  body(client.DELETE("/api/v1/public/booking/{token}/{reference}", { params: { path: { token: value, reference } } }));
