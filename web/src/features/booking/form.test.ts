import { describe, expect, it } from "vitest";
import type { BookingPageView } from "@/api/bookings.ts";
import { blank, bodyOf, clockOf, daysOf, faults, first, pageUrl, placed, tidyMail, tidyPhone, type Values } from "./form.ts";

const slot = (from: string, free = 1) => ({ from, until: from, free });
const local = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
const page: BookingPageView = {
  title: "a", text: "", media: ["phone", "mail"], slots: [], name_required: true, consent_text: "x",
  fields: [{ key: "product", label: "产品", kind: "text", required: true }, { key: "n", label: "人数", kind: "number", required: false }],
};
const good: Values = { name: " 张三 ", phone: "138 0013-8000", mail: "", medium: "phone", slot: local(28, 9), fields: { product: "甲", n: "3" }, consent: true, website: "" };

describe("slots", () => {
  it("stand under their days in order, without those that have begun", () => {
    const days = daysOf([slot(local(29, 10), 2), slot(local(28, 9)), slot(local(28, 8)), slot(local(28, 10), 0)], Date.parse(local(28, 8)));
    expect(days.map((d) => [d.key, d.free, d.slots.map((s) => clockOf(s.from))])).toEqual([["2026-11-28", 1, ["09:00", "10:00"]], ["2026-11-29", 2, ["10:00"]]]);
  });

  it("may be none", () => {
    expect(daysOf([], 0)).toEqual([]);
  });
});

describe("what is filled in", () => {
  it("begins with the first medium and names what lacks, in the order of the page", () => {
    const start = blank(page);
    expect(start.medium).toBe("phone");
    const wrong = faults(page, start);
    expect(Object.keys(wrong).sort()).toEqual(["consent", "fields.product", "name", "phone", "slot"]);
    expect(first(wrong)).toBe("name");
    expect(first({ "fields.product": "x", consent: "x" })).toBe("fields.product");
    expect(first({})).toBeUndefined();
  });

  it("is right when it is right", () => {
    expect(faults(page, good)).toEqual({});
    expect(faults({ ...page, name_required: false }, { ...good, name: "" })).toEqual({});
    expect(faults(page, { ...good, medium: "mail", phone: "", mail: "li＠qq。com" })).toEqual({});
  });

  it("knows numbers and addresses that cannot be", () => {
    for (const phone of ["1380013800", "23800138000", "abc", "138001380001"]) expect(faults(page, { ...good, phone }).phone).toBeTruthy();
    for (const phone of ["01088886666", "0531-88886666", "+85221234567", "１３８００１３８０００"]) expect(faults(page, { ...good, phone }).phone).toBeUndefined();
    for (const mail of ["li", "li@x", "a@b.c", "a b@c.com", "<li@x.com>"]) expect(faults(page, { ...good, medium: "mail", mail }).mail).toBeTruthy();
  });

  it("is sent tidied, numbers as numbers, of the medium chosen alone", () => {
    expect(bodyOf(page, { ...good, mail: "li@x.com" })).toEqual({
      name: "张三", phone: "13800138000", mail: "", medium: "phone", slot: good.slot, fields: { product: "甲", n: 3 }, consent: true, website: "",
    });
    expect(bodyOf(page, { ...good, medium: "mail", mail: " li＠qq。com " })).toMatchObject({ phone: "", mail: "li@qq.com" });
    expect(bodyOf(page, { ...good, fields: { product: " ", n: "三" } }).fields).toEqual({ n: "三" });
    expect([tidyPhone("（0531）8888 6666"), tidyMail("a@b．com")]).toEqual(["053188886666", "a@b.com"]);
  });
});

describe("what the server finds", () => {
  it("stands at its field, or above the button", () => {
    const known = new Set(["phone", "slot", "fields.product"]);
    const found = placed([{ field: "appointments.0.phone", detail: "a" }, { field: "due_at", detail: "b" }, { field: "variables.product", detail: "c" }, { field: "x", detail: "d" }], known);
    expect(found).toEqual({ at: { phone: "a", slot: "b", "fields.product": "c" }, rest: ["d"] });
  });
});

describe("the address", () => {
  it("keeps the reference out of what servers see", () => {
    expect(pageUrl("https://x.cn", "ab_c")).toBe("https://x.cn/booking/ab_c");
    expect(pageUrl("https://x.cn", "ab", "r-1")).toBe("https://x.cn/booking/ab#r-1");
  });
});
