/** Which groups' members change when an agent is put into other groups. Pure but for the calls it is handed. */
import type { Member } from "@/api/queues.ts";

export interface Moves { join: number[]; leave: number[] }

export function moves(before: readonly number[], after: readonly number[]): Moves {
  return { join: after.filter((q) => !before.includes(q)), leave: before.filter((q) => !after.includes(q)) };
}

/** At the end of the round, as an ordinary member. */
export function joined(members: readonly Member[], agent: number): Member[] {
  if (members.some((m) => m.agent_id === agent)) return [...members];
  const place = members.reduce((most, m) => Math.max(most, m.place), 0) + 1;
  return [...members, { agent_id: agent, place, vip_only: false, outbound: false, schedule: null }];
}

export const left = (members: readonly Member[], agent: number): Member[] => members.filter((m) => m.agent_id !== agent);
