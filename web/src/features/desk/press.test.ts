import { describe, expect, it, vi } from "vitest";
import type { DeskCommand, DeskView } from "@/api/desk.ts";
import type { Desk } from "./useDesk.ts";

const posted: DeskCommand[] = [];
let done: (v: DeskView) => void = () => undefined;
vi.mock("@/api/desk.ts", () => ({
  command: (c: DeskCommand) => {
    posted.push(c);
    return new Promise<DeskView>((resolve) => { done = resolve; });
  },
}));

describe("a button that is pressed many times", () => {
  it("asks once, and again only after the answer", async () => {
    const { press } = await import("./BarButtons.tsx");
    const { send } = await import("./session.ts");
    // As it was drawn: nothing on its way.
    const desk = { may: () => true, ask: async (c: DeskCommand) => Boolean(await send(c)) } as unknown as Desk;
    for (let i = 0; i < 20; i += 1) press(desk, "ready");
    expect(posted).toEqual([{ do: "ready" }]);
    done({} as DeskView);
    await vi.waitFor(() => {
      press(desk, "ready");
      expect(posted).toHaveLength(2);
    });
  });
});
