/** 大屏: the floor on a wall, read from five metres. Nothing to click, nothing to scroll; refreshes itself. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import dayjs from "dayjs";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Board, QueueLive } from "@/api/board.ts";
import { getReport } from "@/api/reports.ts";
import { sessionQuery } from "@/app/session.ts";
import { alarmsOf, countGroups, groupColor, GROUPS, groupText, totals } from "@/features/board/state.ts";
import { useBoard, useRules } from "@/features/board/useBoard.ts";
import { useNow } from "@/features/board/useNow.ts";
import { count } from "@/format/text.ts";
import { connect, useLive } from "@/live/socket.ts";
import { Loaded } from "@/ui/Page.tsx";
import { Ticker } from "@/ui/Ticker.tsx";
import { sumToday, todayByQueue, turn, type Today } from "./today.ts";
import "./wallboard.css";

const CLOCK_MS = 1_000;
const TODAY_MS = 20_000;
const PAGE_MS = 12_000;
const ROWS = 7;
/** On the dark wall the states' colours are lighter. */
const LIGHT: Record<keyof typeof groupColor, string> = { ready: "#5ed07f", ringing: "#f2c14e", talking: "#63b3f5", wrap_up: "#b896f0", break: "#ff9d52", off: "#8aa4a8" };

function useToday(): ReadonlyMap<string, Today> {
  const from = dayjs().startOf("day").toISOString();
  const { data } = useQuery({ queryKey: ["floor-report", "queue_service", "wall", from], queryFn: () => getReport("queue_service", { from }), refetchInterval: TODAY_MS });
  return todayByQueue(data);
}

function Head({ now }: { now: number }) {
  const { t } = useTranslation();
  const { data } = useQuery(sessionQuery);
  const link = useLive((s) => s.link);
  const at = dayjs(now);
  return (
    <header>
      <h1>{data?.tenant.name}</h1>
      {link === "down" || link === "lagging" ? <span role="status" className="lost">{t("与服务器断开，正在重连；数据可能已过时")}</span> : null}
      <time><small>{at.format("YYYY-MM-DD")} {at.format("dddd")}</small>{at.format("HH:mm")}</time>
    </header>
  );
}

function Tile({ label, bad, children }: { label: string; bad?: boolean; children: React.ReactNode }) {
  return <div className={`tile${bad ? " bad" : ""}`}><span>{label}</span><b {...(typeof children === "string" && children.length > 5 ? { className: "long" } : {})}>{children}</b></div>;
}

function Totals({ board, today, now }: { board: Board; today: Today; now: number }) {
  const { t } = useTranslation();
  const rules = useRules();
  const sum = totals(board.queues);
  const any = (pick: "longWait" | "lowService") => board.queues.some((q) => alarmsOf(q, rules.get(q.queue_id), now)[pick]);
  return (
    <div className="row">
      <Tile label={t("正在排队")} bad={any("longWait")}>{count(sum.waiting)}</Tile>
      <Tile label={t("最长等待")} bad={any("longWait")}>{sum.firstCameAt ? <Ticker since={sum.firstCameAt} /> : <span className="zero">—</span>}</Tile>
      <Tile label={t("近半小时服务水平")} bad={any("lowService")}>{sum.level === null ? "—" : <>{sum.level}<small>%</small></>}</Tile>
      <Tile label={t("今日来电")}>{count(today.offered)}</Tile>
      <Tile label={t("今日接听")}>{count(today.answered)}</Tile>
      <Tile label={t("今日放弃")}>{count(today.abandoned)}</Tile>
    </div>
  );
}

function States({ board }: { board: Board }) {
  const { t } = useTranslation();
  const counts = countGroups(board.agents);
  return (
    <div className="row">
      {GROUPS.map((g) => <div key={g} className="tile state" style={{ "--c": LIGHT[g] } as React.CSSProperties}><span>{t(groupText[g])}</span><b style={{ color: LIGHT[g] }}>{count(counts[g])}</b></div>)}
    </div>
  );
}

const dim = (n: number | undefined, className = "") => <span className={n ? className : "zero"}>{n === undefined ? "—" : count(n)}</span>;

function QueueRow({ q, today, now }: { q: QueueLive; today: Today | undefined; now: number }) {
  const rules = useRules().get(q.queue_id);
  const alarm = alarmsOf(q, rules, now);
  return (
    <tr>
      <td>{q.name}</td>
      <td>{dim(q.waiting, alarm.longWait || alarm.unstaffed ? "hot" : "")}</td>
      <td>{q.waiting > 0 && q.first_came_at ? <Ticker since={q.first_came_at} limitMs={rules?.service_level.long_wait_ms ?? 0} /> : <span className="zero">—</span>}</td>
      <td style={{ color: LIGHT.ready }}>{dim(q.ready)}</td>
      <td style={{ color: LIGHT.talking }}>{dim(q.busy)}</td>
      <td className={alarm.lowService ? "hot" : ""}>{q.service_level == null ? <span className="zero">—</span> : `${q.service_level}%`}</td>
      <td>{dim(today?.offered)}</td>
      <td>{dim(today?.answered)}</td>
      <td>{dim(today?.abandoned)}</td>
    </tr>
  );
}

function Queues({ board, today, now }: { board: Board; today: ReadonlyMap<string, Today>; now: number }) {
  const { t } = useTranslation();
  const { shown, page, pages } = turn(board.queues, ROWS, now, PAGE_MS);
  const heads = [t("坐席组"), t("排队"), t("最长等待"), t("空闲"), t("通话"), t("服务水平"), t("今日来电"), t("接听"), t("放弃")];
  return (
    <div className="queues">
      <table>
        <thead><tr>{heads.map((h) => <th key={h}>{h}</th>)}</tr></thead>
        <tbody>
          {shown.map((q) => <QueueRow key={q.queue_id} q={q} today={today.get(q.name)} now={now} />)}
        </tbody>
      </table>
      {board.queues.length === 0 ? <p className="fl-empty">{t("还没有坐席组")}</p> : null}
      {pages > 1 ? <div className="dots" aria-hidden="true">{Array.from({ length: pages }, (_, i) => <i key={i} className={i === page ? "on" : ""} />)}</div> : null}
    </div>
  );
}

export function Wallboard() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const query = useBoard();
  const today = useToday();
  const now = useNow(CLOCK_MS);
  useEffect(() => connect(queries), [queries]);
  useEffect(() => {
    document.title = `${t("大屏")} · 风铃`;
  }, [t]);
  return (
    <main className="fl-wall">
      <Head now={now} />
      <Loaded query={query}>
        {(board) => <><Totals board={board} today={sumToday(today)} now={now} /><States board={board} /><Queues board={board} today={today} now={now} /></>}
      </Loaded>
    </main>
  );
}
