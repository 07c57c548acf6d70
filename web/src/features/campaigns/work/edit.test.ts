import { describe, expect, it } from "vitest";
import type { AgentWork } from "@/api/work.ts";
import { adopted, fresh, keysOf, moved, newQuestion, placeOf, preview, removePage, unreached } from "./edit.ts";
import { WORK_TEMPLATES } from "./templates.ts";

const page = (id: string, to: string[] = []) => ({ id, title: id, text: "", questions: [], choices: to.map((x) => ({ label: x, to: x })) });
const work: AgentWork = { script: [page("p1", ["p2"]), page("p2"), page("p3", ["p1"])], form: [], outcomes: [] };

describe("editing", () => {
  it("finds names that are free", () => {
    expect(fresh("q", ["q1", "q3"])).toBe("q2");
    expect(newQuestion({ ...work, form: [{ key: "q1", label: "", kind: "text", required: false, pattern: "", options: [], help: "" }] }).key).toBe("q2");
  });
  it("takes the branches to a page along with it", () => {
    expect(removePage(work, "p2").script.map((p) => p.choices)).toEqual([[], [{ label: "p1", to: "p1" }]]);
  });
  it("moves within the list only", () => {
    expect(moved([1, 2, 3], 0, 1)).toEqual([2, 1, 3]);
    expect(moved([1, 2, 3], 0, -1)).toEqual([1, 2, 3]);
  });
  it("knows pages that nobody comes to", () => {
    expect(unreached(work).map((p) => p.id)).toEqual(["p3"]);
  });
  it("finds the part of a fault", () => {
    expect(placeOf("agent_work.script.2.questions.0.options")).toEqual({ part: "script", row: 2 });
    expect(placeOf("agent_work.outcomes")).toEqual({ part: "outcomes", row: 0 });
    expect(placeOf("name")).toBeNull();
  });
});

describe("the preview", () => {
  const known = { name: "通知", agent: "李晓梅", variables: { 时间: "九点" }, fields: [{ key: "unit", label: "单位", kind: "text" as const }] };
  const shown = (text: string) => preview(text, known).map((p) => `${p.kind}:${p.text}`);
  it("shows values of the task, holes for the customer's, and what it cannot read", () => {
    expect(shown("您好{{ lead.name }}，{{lead.unit}}")).toEqual(["text:您好", "hole:姓名", "text:，", "hole:单位"]);
    expect(shown("{{ agent.name }}{{ campaign.时间 }}{{ campaign.地点 }}")).toEqual(["value:李晓梅", "value:九点", "bad:地点"]);
    expect(shown("{{ call.id }}")).toEqual(["bad:{{call.id}}"]);
  });
});

describe("templates", () => {
  it("are whole: every page is reached, every name is taken once", () => {
    for (const { code, work: w } of WORK_TEMPLATES) {
      expect(unreached(w).map((p) => p.id), code).toEqual([]);
      expect(new Set(keysOf(w)).size, code).toBe(keysOf(w).length);
      const ids = new Set(w.script.map((p) => p.id));
      expect(w.script.flatMap((p) => p.choices).every((c) => ids.has(c.to)), code).toBe(true);
    }
  });
  it("bring their results where they may, and count as nothing where they may not", () => {
    for (const { work: w, results } of WORK_TEMPLATES) {
      const draft = adopted(w, results, [], true);
      expect(draft.added).toEqual(results);
      expect(draft.work).toEqual(w);
      expect(adopted(w, results, [], false).work.outcomes.every((o) => o.result === null)).toBe(true);
    }
  });
});
