import { describe, expect, it } from "vitest";
import { locate, ranges } from "./locate.ts";
import { diagram, layers } from "./nodes.ts";

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
