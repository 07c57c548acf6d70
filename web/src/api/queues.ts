/** 坐席组: the rules by which callers wait, and who serves them. */
import { body, client } from "./http.ts";
import type { components } from "./schema";
import type { Page, Schedule } from "./types.ts";

export type Strategy = "round_robin" | "fewest_calls" | "least_talk" | "fixed_order" | "longest_idle" | "skill_based";
export type CallerClass = "vip" | "important" | "long_distance" | "elderly";
export type Channel = "call" | "sms" | "mail";
export type Preference = { mode: "off" } | { mode: "first" } | { mode: "wait"; ms_max: number };
export type Target =
  | { to: "queue"; queue: number } | { to: "numbers"; numbers: string[] } | { to: "flow"; flow: number } | { to: "voicemail" } | { to: "resume" } | { to: "hang_up" };
export type Overflow = ({ when: "closed" | "full" | "no_agents" } | { when: "estimate" | "waited"; ms: number }) & { target: Target };
export type Choice = { choice: "keep" } | { choice: "callback" } | { choice: "go"; target: Target };
export type NoAnswer = { then: "break" } | { then: "skip"; ms: number };

export interface QueueRules {
  name: string; strategy: Strategy; weight: number; capacity: number; hours: Schedule | null; head_start_ms: Partial<Record<CallerClass, number>>;
  needs: { skill: number; level_min: number }[]; relax_ms: number; vip_seat: Preference; owner: Preference; ticket_agent: Preference; last_agent: Preference;
  ring_ms: number; ring_ms_outside: number; no_answer: NoAnswer; wrap_up_ms: number; wrap_up_manual: boolean;
  announcements: { first_ms: number; every_ms: number; position: boolean; wait: boolean };
  longest_wait_ms: number; choices: Record<string, Choice>; choice_ms: number; unchosen: Choice; leave_key: string | null; leave_to: Target; wait_ms_max: number; at_wait_max: Target;
  overflow: Overflow[]; callback: { enabled: boolean; attempts_max: number; retry_ms: number; ring_ms: number; keep_ms: number };
  service_level: { within_ms: number; percent_min: number; short_ms: number; long_wait_ms: number };
  keep_ready: number; music: string; greeting: string; record: boolean;
}
export interface Queue extends QueueRules { id: number; tenant_id: number; created_at: string; revision: number }
export interface Member { agent_id: number; place: number; vip_only: boolean; outbound: boolean; schedule?: Schedule | null }

const at = (id: number) => ({ params: { path: { id } } });
type Body = components["schemas"]["Queue"];
/** What the server fills in is described as part of the body. */
const sent = (b: Omit<Body, "id" | "tenant_id" | "created_at" | "revision"> & { revision?: number }) => b as Body;

export const getQueues = (): Promise<Page<Queue>> => body(client.GET("/api/v1/queues"));
export const getQueue = (id: number): Promise<Queue> => body(client.GET("/api/v1/queues/{id}", at(id)));
export const createQueue = (b: QueueRules): Promise<Queue> => body(client.POST("/api/v1/queues", { body: sent(b) }));
export const updateQueue = (id: number, b: QueueRules & { revision: number }): Promise<Queue> => body(client.PUT("/api/v1/queues/{id}", { ...at(id), body: sent(b) }));
export const deleteQueue = (id: number): Promise<void> => body(client.DELETE("/api/v1/queues/{id}", at(id)));
export const getMembers = (id: number): Promise<Member[]> => body(client.GET("/api/v1/queues/{id}/members", at(id)));
export const putMembers = (id: number, members: Member[]): Promise<Member[]> => body(client.PUT("/api/v1/queues/{id}/members", { ...at(id), body: members }));
