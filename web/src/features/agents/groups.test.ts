import { describe, expect, it } from "vitest";
import { joined, left, moves } from "./groups.ts";

const member = (agent_id: number, place: number) => ({ agent_id, place, vip_only: false, outbound: false, schedule: null });

describe("an agent's groups", () => {
  it("are joined and left", () => {
    expect(moves([1, 2], [2, 3])).toEqual({ join: [3], leave: [1] });
    expect(moves([], [])).toEqual({ join: [], leave: [] });
  });
  it("take a new member at the end, once", () => {
    const two = [member(7, 4), member(8, 2)];
    expect(joined(two, 9)[2]).toMatchObject({ agent_id: 9, place: 5, vip_only: false });
    expect(joined(two, 8)).toEqual(two);
    expect(joined([], 9)[0]?.place).toBe(1);
    expect(left(two, 7)).toEqual([two[1]]);
  });
});
