/** What customers' pages need to know beside the customers: agents by name, the tenant's own fields and results. */
import { useQuery } from "@tanstack/react-query";
import { getAgents } from "@/api/agents.ts";
import { type CustomerField, type SummaryChoice } from "@/api/customers.ts";
import { getColleagues, getDesk } from "@/api/desk.ts";
import { getSettings } from "@/api/messages.ts";
import { P, useCan } from "@/app/session.ts";

const STALE_MS = 60_000;

/** Agents to choose from. Who may not read them all still sees colleagues. */
export function useAgentNames(): { options: { value: number; label: string }[]; name: (id: number | null | undefined) => string } {
  const can = useCan();
  const all = can(P.agentRead);
  const agents = useQuery({ queryKey: ["agents"], queryFn: getAgents, enabled: all, staleTime: STALE_MS });
  const colleagues = useQuery({ queryKey: ["colleagues", ""], queryFn: () => getColleagues(""), enabled: !all && can(P.deskUse), staleTime: STALE_MS, retry: false });
  const list = all ? (agents.data?.items ?? []).map((a) => ({ id: a.id, number: a.number, name: a.name })) : (colleagues.data?.agents ?? []).map((a) => ({ id: a.agent_id, number: a.number, name: a.name }));
  const by = new Map(list.map((a) => [a.id, `${a.number} ${a.name}`]));
  return { options: list.map((a) => ({ value: a.id, label: `${a.number} ${a.name}` })), name: (id) => (id == null ? "" : (by.get(id) ?? `#${id}`)) };
}

export function useCustomerSettings(): { fields: CustomerField[]; dispositions: SummaryChoice[] } {
  const can = useCan();
  const all = can(P.campaignRead);
  const settings = useQuery({ queryKey: ["settings"], queryFn: getSettings, enabled: all, staleTime: STALE_MS });
  const desk = useQuery({ queryKey: ["desk", "fields"], queryFn: getDesk, enabled: !all && can(P.deskUse), staleTime: STALE_MS, retry: false });
  const from = all ? settings.data?.customers : desk.data;
  return { fields: from?.fields ?? [], dispositions: from?.dispositions ?? [] };
}
