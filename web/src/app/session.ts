import { queryOptions, useQuery } from "@tanstack/react-query";
import { setCsrf } from "@/api/http.ts";
import { setUser } from "./own.ts";
import { getSession } from "@/api/access.ts";
import type { Session } from "@/api/types.ts";

/** Somebody is signed in here now. */
export function begin(session: Session): void {
  setCsrf(session.csrf);
  setUser(session.user.id);
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session> => {
    const session = await getSession();
    begin(session);
    return session;
  },
  staleTime: Infinity,
  retry: false,
});

export const P = {
  campaignRead: "outbound:campaign:read", campaignWrite: "outbound:campaign:write", campaignApprove: "outbound:campaign:approve",
  campaignControl: "outbound:campaign:control", leadRead: "outbound:lead:read", leadWrite: "outbound:lead:write",
  resultExport: "outbound:result:export", deskUse: "agent:desk:use", agentRead: "agent:seat:read", agentWrite: "agent:seat:write", agentSupervise: "agent:call:supervise",
  agentMonitor: "agent:call:monitor", customerRead: "customer:record:read", customerWrite: "customer:record:write", customerExport: "customer:record:export", productWrite: "sales:product:write", orderRead: "sales:order:read", orderWrite: "sales:order:write", orderExport: "sales:order:export", callRead: "recording:call:read", recordingPlay: "recording:file:play",
  recordingDownload: "recording:file:download", flowRead: "flow:flow:read", flowWrite: "flow:flow:write", flowPublish: "flow:flow:publish",
  promptWrite: "flow:prompt:write", trunkRead: "line:trunk:read", trunkWrite: "line:trunk:write", listWrite: "outbound:list:write",
  messageRead: "message:sms:read", messageSend: "message:sms:send", webhookWrite: "system:webhook:write",
  settingsWrite: "system:settings:write", userWrite: "system:user:write", keyWrite: "system:key:write", auditRead: "system:audit:read",
} as const;

/** Whether the signed-in person has a right. The server checks again. */
export function useCan(): (permission: string) => boolean {
  const { data } = useQuery(sessionQuery);
  return (permission) => data?.permissions.includes(permission) ?? false;
}
