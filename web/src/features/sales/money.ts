/** Money on a screen: whole cents inside, yuan outside. Pure. */

/** `119800` → `1,198.00` */
export function yuan(cents: number | null | undefined): string {
  if (cents == null) return "—";
  return (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** What somebody typed, in cents; half a cent is no price. */
export const toCents = (yuanTyped: number): number => Math.round(yuanTyped * 100);

export interface Picked { product_id: number; quantity: number }
interface Priced { product_id: number; price_cents: number }

/** The sum of what is picked, by the price of the line where it stands in the order already, else by the product's. */
export function total(picked: readonly Picked[], lines: readonly Priced[], products: readonly { id: number; price_cents: number }[]): number {
  const price = (id: number) => lines.find((l) => l.product_id === id)?.price_cents ?? products.find((p) => p.id === id)?.price_cents ?? 0;
  return picked.reduce((sum, p) => sum + price(p.product_id) * (p.quantity || 0), 0);
}

/** One more of it: a product stands in an order once. */
export function add(picked: readonly Picked[], product: number): Picked[] {
  return picked.some((p) => p.product_id === product)
    ? picked.map((p) => (p.product_id === product ? { ...p, quantity: p.quantity + 1 } : p))
    : [...picked, { product_id: product, quantity: 1 }];
}
