/** The desk for a screen: what the server last said, what may be pressed, and asking. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { getDesk, type DeskCommand, type DeskInfo, type DeskView } from "@/api/desk.ts";
import { ApiError } from "@/api/http.ts";
import { P, useCan } from "@/app/session.ts";
import { liveNow, setDesk, useLive } from "@/live/socket.ts";
import { usePhone } from "@/phone/phone.ts";
import { deskPageNow, send, useDeskPage } from "./session.ts";
import { allowed, blocked, phoneAway, type Button, type Standing } from "./state.ts";
import { refusedText } from "./tasks.ts";

export const deskQuery = queryOptions({
  queryKey: ["desk"],
  queryFn: async () => {
    const before = liveNow().desk;
    const info = await getDesk();
    // What was said meanwhile is newer than the answer.
    if (liveNow().desk === before) setDesk(info.view);
    return info;
  },
  staleTime: Infinity,
  refetchOnWindowFocus: false,
});

/** Undefined until it is known; null: the user is no agent. */
export function useDeskInfo(): { info: DeskInfo | null | undefined; error: unknown; refetch: () => void } {
  const can = useCan();
  const query = useQuery({ ...deskQuery, enabled: can(P.deskUse) });
  const none = !can(P.deskUse) || (query.error instanceof ApiError && query.error.status === 404);
  return { info: none ? null : query.data, error: none ? null : query.error, refetch: () => void query.refetch() };
}

export function useView(info: DeskInfo): DeskView {
  return useLive((s) => s.desk) ?? info.view;
}

export interface Desk extends Standing {
  may: (button: Button) => boolean;
  blocked: ReturnType<typeof blocked>;
  phoneAway: boolean;
  ask: (c: DeskCommand) => Promise<boolean>;
}

export function useDesk(view: DeskView): Desk {
  const phone = usePhone((s) => s);
  const link = useLive((s) => s.link);
  const busy = useDeskPage((p) => p.busy);
  const mine = useDeskPage((p) => p.mine);
  const ask = useAsk();
  const standing: Standing = { view, phone, link, busy, mine };
  return { ...standing, may: (button) => allowed(standing, button), blocked: blocked(standing), phoneAway: phoneAway(standing), ask };
}

/** Asks; a refusal is shown in the server's words. Tells whether it was done. */
export function useAsk(): (c: DeskCommand) => Promise<boolean> {
  const { message } = App.useApp();
  const { t } = useTranslation();
  return useCallback(
    async (c) => {
      if (deskPageNow().busy) return false;
      try {
        await send(c);
        return true;
      } catch (cause) {
        const known = cause instanceof ApiError ? refusedText(c.do, cause.code) : null;
        void message.error(known ? t(known) : cause instanceof Error ? cause.message : t("没有成功，请再试一次"), 5);
        return false;
      }
    },
    [message, t],
  );
}
