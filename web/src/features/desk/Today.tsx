import { useTranslation } from "react-i18next";
import type { DeskView } from "@/api/desk.ts";
import { count, duration } from "@/format/text.ts";
import { Dl } from "@/ui/fields.tsx";
import { Panel } from "@/ui/Page.tsx";
import { drop, useDrafts } from "./drafts.ts";
import { Unsaved } from "./Unsaved.tsx";
import type { Desk } from "./useDesk.ts";

/** Between two calls: the day so far, and what was not saved. */
export function Today({ view, desk }: { view: DeskView; desk: Desk }) {
  const { t } = useTranslation();
  const { calls, talk_ms, seat } = view.agent;
  const open = useDrafts().filter((n) => n.dirty);
  const mean = calls > 0 ? duration(talk_ms / calls) : "—";
  const seatText = seat?.kind === "browser" ? t("浏览器") : seat?.kind === "phone" ? t("SIP 话机") : seat ? seat.number : "—";
  return (
    <>
      <Panel title={t("今天")}>
        <Dl rows={[[t("通话次数"), <span key="n" className="num">{count(calls)}</span>], [t("通话时长"), <span key="d" className="num">{duration(talk_ms)}</span>], [t("平均每通"), <span key="m" className="num">{mean}</span>], [t("接听方式"), desk.view.agent.state === "off" ? "—" : seatText]]} />
      </Panel>
      {open.length > 0 ? <Panel title={t("未保存的小结")}><Unsaved items={open} onDrop={drop} /></Panel> : null}
    </>
  );
}
