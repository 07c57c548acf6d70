import { describe, expect, it } from "vitest";
import type { Customer } from "@/api/customers.ts";
import { BLANK, differences, oneMain, toDraft, toInput } from "./draft.ts";

const stored: Customer = {
  id: 5, tenant_id: 1, name: "李静", company: "华信", classes: ["vip"], owner_id: 7, seat_id: null, fields: { city: "济南" }, note: "", next_contact_at: "2026-11-27T02:00:00.000Z", created_at: "", updated_at: "", revision: 4,
  numbers: [{ id: 1, customer_id: 5, number: "+8613800138000", label: "手机", main: true }], lists: [],
};
const words = { t: (s: string) => s, agent: (id: number) => `坐席${id}`, cls: (c: string) => c, field: [{ key: "city", name: "城市", kind: "text" as const, choices: [], required: false }] };

describe("a customer's record", () => {
  it("comes back from the form as it was", () => {
    const { name, company, classes, owner_id, seat_id, fields, note, next_contact_at } = stored;
    expect(toInput(toDraft(stored))).toEqual({ name, company, classes, owner_id, seat_id, fields, note, next_contact_at, numbers: [{ id: 1, number: "+8613800138000", label: "手机", main: true }] });
  });
  it("sends no empty fields and no empty numbers", () => {
    const input = toInput({ ...BLANK, name: " 王芳 ", fields: { city: "", level: null }, numbers: [{ number: " ", label: "", main: true }, { number: "13900001111", label: "", main: false }] });
    expect(input).toMatchObject({ name: "王芳", fields: {}, numbers: [{ number: "13900001111", main: true }] });
  });
  it("has one main number", () => {
    expect(oneMain([{ main: true }, { main: true }])).toEqual([{ main: true }, { main: false }]);
    expect(oneMain([{ main: false }, { main: false }])).toEqual([{ main: true }, { main: false }]);
    expect(oneMain([])).toEqual([]);
  });
  it("shows what two people changed at once", () => {
    const mine = { ...toInput(toDraft(stored)), company: "华信机电", owner_id: 9 };
    const theirs = { ...toInput(toDraft(stored)), fields: { city: "青岛" } };
    expect(differences(theirs, mine, words)).toEqual([
      { key: "company", label: "单位", theirs: "华信", mine: "华信机电" }, { key: "owner_id", label: "归属坐席", theirs: "坐席7", mine: "坐席9" }, { key: "fields.city", label: "城市", theirs: "青岛", mine: "济南" },
    ]);
    expect(differences(mine, mine, words)).toEqual([]);
  });
});
