/** What boards see of the floor, and what supervisors ask of it. */
import type { AgentState, MonitorMode, Seat } from "./agents.ts";
import { body, client } from "./http.ts";
import type { Channel } from "./queues.ts";

export interface AgentLive {
  agent_id: number; number: string; name: string; unit_id?: number | null; state: AgentState; reason?: string | null; since: string; until?: string | null; next?: AgentState | null;
  link_up: boolean; session_id?: number | null; seat?: Seat | null; queues: number[]; queue_id?: number | null; call_id?: number | null; number_far?: string | null;
  monitored?: MonitorMode | null; calls: number; talk_ms: number;
  /** Who takes part, by user. */
  monitors: { user_id: number; mode: MonitorMode }[];
}
export interface WaitingLive {
  entry_id: number; call_id?: number | null; caller: string; name: string; channel: Channel; came_at: string; position: number; callback: boolean; agent_id?: number | null;
}
export interface QueueLive {
  queue_id: number; name: string; open: boolean; waiting: number; callbacks: number; first_came_at?: string | null; staffed: number; ready: number; busy: number;
  wrapping_up: number; on_break: number; service_level?: number | null; served: number; callers: WaitingLive[];
}
export interface Board { agents: AgentLive[]; queues: QueueLive[] }

export type Destination = { kind: "agent"; agent: number } | { kind: "queue"; queue: number } | { kind: "number"; number: string };
export type ForcedState = { state: "ready" } | { state: "break"; reason: string } | { state: "off" };
export type SupervisorCommand =
  | { do: "force"; agent: number; to: ForcedState }
  | { do: "monitor"; agent: number; mode: MonitorMode; seat: Seat }
  | { do: "stop_monitor" }
  | { do: "release"; agent: number; reason: string }
  | { do: "transfer"; agent: number; to: Destination }
  | { do: "record"; agent: number; on: boolean }
  | { do: "move_up"; entry: number }
  | { do: "assign"; entry: number; agent: number };

export const getBoard = (): Promise<Board> => body(client.GET("/api/v1/board"));
export const supervise = (command: SupervisorCommand): Promise<void> => body(client.POST("/api/v1/board/commands", { body: command }));
