import { describe, expect, it } from "vitest";
import { locate, ranges } from "./locate.ts";
import { diagram, exitText, kindWord, layers, outcomeText } from "./nodes.ts";

const doc = {
  schema: "fengling.flow/1", entry: "greet",
  nodes: {
    lost: { type: "hangup" },
    greet: { type: "play", parts: [{ say: "您好。" }, { say: "bye" }], next: "ask", ui: { x: 0, y: 0 } },
    ask: { type: "gather", branches: { 1: "yes", 2: "bye", 9: "ask" }, on_timeout: "bye" },
    yes: { type: "branch", cases: [{ when: "lead.vip", next: "bye" }], else: "bye" },
    bye: { type: "hangup" },
  },
};

describe("the diagram", () => {
  it("finds every arrow once, with what leads there", () => {
    const { edges } = diagram(doc);
    expect(edges).toEqual([
      { from: "greet", to: "ask", label: "" }, { from: "ask", to: "yes", label: "1" }, { from: "ask", to: "bye", label: "2 · on_timeout" }, { from: "ask", to: "ask", label: "9" },
      { from: "yes", to: "bye", label: "lead.vip · else" },
    ]);
  });

  it("does not take spoken words for nodes", () => {
    expect(diagram(doc).edges.filter((e) => e.from === "greet" && e.to === "bye")).toEqual([]);
  });

  it("puts what is never reached last", () => {
    expect(layers(diagram(doc))).toEqual([["greet"], ["ask"], ["yes", "bye"], ["lost"]]);
  });

  it("survives anything", () => {
    for (const odd of [null, 3, [], {}, { nodes: [] }, { nodes: { a: 1 } }]) expect(layers(diagram(odd)).flat().length).toBeLessThanOrEqual(1);
  });
});

describe("a queue and a rating", () => {
  const hotline = {
    entry: "wait",
    nodes: {
      wait: { type: "queue", queue: 21, service: "rate", on_done: "rate", on_closed: "bye", on_timeout: "bye" },
      other: { type: "queue", queue: 22 },
      rate: { type: "rate", parts: [{ say: "满意请按1" }], variable: "bye", next: "bye" },
      bye: { type: "hangup" },
    },
  };

  it("are drawn with what they say and where they lead", () => {
    const { nodes, edges } = diagram(hotline);
    expect(nodes.map((n) => [kindWord(n.kind), n.text])).toEqual([["排队转坐席", "rate"], ["排队转坐席", "#22"], ["满意度评价", "满意请按1"], ["挂机", ""]]);
    expect(edges).toEqual([
      { from: "wait", to: "rate", label: "on_done" }, { from: "wait", to: "bye", label: "on_closed · on_timeout" }, { from: "rate", to: "bye", label: "" },
    ]);
    expect(edges.map((e) => exitText(e.label, (s) => s))).toEqual(["通话结束", "非服务时间 · 超时", ""]);
  });

  it("tell what they came to", () => {
    const say = (text: string, values?: Record<string, unknown>) => text.replace("{{n}}", String(values?.n));
    const outcomes = ["talked 65000 ms", "left: left", "left: timed_out", "left: merged", "rated 2", "flow 12 version 3"].map((o) => outcomeText(o, say));
    expect(outcomes).toEqual(["已通话 65000 毫秒", "按键离开排队", "等待超时", "离开排队：merged", "评价：不满意", "转到流程 12"]);
  });
});

describe("locating a fault", () => {
  const text = JSON.stringify(doc, null, 2);
  it("finds the value of a path", () => {
    const [from, to] = locate(ranges(text), "nodes.ask.branches.1");
    expect(text.slice(from, to)).toBe('"yes"');
    const [a, b] = locate(ranges(text), "nodes.greet.parts.1.say");
    expect(text.slice(a, b)).toBe('"bye"');
  });

  it("falls back to the nearest place that exists", () => {
    const [from] = locate(ranges(text), "nodes.bye.missing.deep");
    expect(text.slice(from, from + 20)).toContain("{");
    expect(text.lastIndexOf('"bye"', from)).toBeGreaterThan(0);
  });

  it("reads broken text as far as it goes", () => {
    expect(locate(ranges('{"nodes": {"a": {"type": "play", '), "nodes.a.type")).toEqual([25, 31]);
    expect(ranges("").size).toBe(0);
  });
});
