/** The floor as it is: fetched once and after a reconnect, live in between. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { BreakReason } from "@/api/agents.ts";
import { getBoard, type Board } from "@/api/board.ts";
import { getSettings } from "@/api/messages.ts";
import { getQueues, type Queue } from "@/api/queues.ts";
import { boarded } from "@/live/events.ts";
import { useCalmLive } from "@/live/socket.ts";

const DRAW_MS = 300;
/** Repairs what an event that was never sent would leave wrong. */
const REPAIR_MS = 60_000;
const RULES_MS = 60_000;

export function useBoard() {
  const query = useQuery({
    queryKey: ["board"], refetchInterval: REPAIR_MS,
    queryFn: async (): Promise<Board & { askedAt: number }> => {
      const askedAt = Date.now();
      return { ...(await getBoard()), askedAt };
    },
  });
  const agents = useCalmLive((s) => s.agents, DRAW_MS);
  const queues = useCalmLive((s) => s.queues, DRAW_MS);
  const data = useMemo(() => (query.data ? boarded(query.data, query.data.askedAt, { agents, queues }) : undefined), [query.data, agents, queues]);
  return { ...query, data };
}

/** Names and limits of breaks; the system's own until the settings are there. */
export function useBreaks(): BreakReason[] {
  const { data } = useQuery({ queryKey: ["settings"], queryFn: getSettings, staleTime: RULES_MS });
  return data?.desk.breaks ?? NO_BREAKS;
}
const NO_BREAKS: BreakReason[] = [];

/** The groups' rules by id: thresholds of alarms. */
export function useRules(): ReadonlyMap<number, Queue> {
  const { data } = useQuery({ queryKey: ["queues"], queryFn: getQueues, staleTime: RULES_MS });
  return useMemo(() => new Map((data?.items ?? []).map((q) => [q.id, q])), [data]);
}
