import { describe, expect, it } from "vitest";
import { add, total, toCents, yuan } from "./money.ts";

describe("money", () => {
  it("is shown in yuan and kept in cents", () => {
    expect(yuan(119_800)).toBe("1,198.00");
    expect(yuan(5)).toBe("0.05");
    expect(yuan(-2_800_000)).toBe("-28,000.00");
    expect(yuan(null)).toBe("—");
    expect(toCents(19.99)).toBe(1999);
    expect(toCents(1.005 * 100)).toBe(10_050);
  });
  it("keeps the price a line was written with", () => {
    const products = [{ id: 1, price_cents: 100 }, { id: 2, price_cents: 50 }];
    expect(total([{ product_id: 1, quantity: 2 }, { product_id: 2, quantity: 1 }], [{ product_id: 1, price_cents: 80 }], products)).toBe(210);
    expect(total([{ product_id: 9, quantity: 2 }], [], products)).toBe(0);
  });
  it("picks a product once", () => {
    expect(add(add([], 1), 1)).toEqual([{ product_id: 1, quantity: 2 }]);
    expect(add([{ product_id: 1, quantity: 2 }], 2)).toHaveLength(2);
  });
});
