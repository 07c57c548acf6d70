/** What an agent has typed of a new customer and not yet saved, by number: the next call from there goes on with it. */
import dayjs from "dayjs";
import type { DeskCall } from "@/api/desk.ts";
import { own } from "@/app/own.ts";
import { isMasked } from "@/format/text.ts";
import type { CustomerForm } from "./customer.ts";

type Kept = Omit<CustomerForm, "next_contact_at"> & { next_contact_at: string | null };
export interface Newcomer {
  key: string;
  /** In which call it was last typed. */
  call_id: number;
  form: Kept;
}

/** Many numbers look alike when they are masked: what belongs to one of them stays with its call. */
export const newcomerKey = (call: Pick<DeskCall, "call_id" | "number">): string => (call.number && !isMasked(call.number) ? call.number : `#${call.call_id}`);

const KEPT_MAX = 20;
export const withNewcomer = (all: readonly Newcomer[], call: Pick<DeskCall, "call_id" | "number">, form: CustomerForm): Newcomer[] => {
  const key = newcomerKey(call);
  const one = { key, call_id: call.call_id, form: { ...form, next_contact_at: form.next_contact_at?.toISOString() ?? null } };
  return [one, ...all.filter((n) => n.key !== key)].slice(0, KEPT_MAX);
};
export const revived = ({ form }: Newcomer): CustomerForm => ({ ...form, next_contact_at: form.next_contact_at ? dayjs(form.next_contact_at) : null });

const EMPTY: readonly Newcomer[] = [];
const kept = own<readonly Newcomer[]>("newcomers", EMPTY);

export const useNewcomers = (): readonly Newcomer[] => kept.use();
export const newcomerOf = (all: readonly Newcomer[], call: Pick<DeskCall, "call_id" | "number">): Newcomer | undefined => all.find((n) => n.key === newcomerKey(call));
export const keepNewcomer = (call: DeskCall, form: CustomerForm): void => { kept.set(withNewcomer(kept.get(), call, form)); };
export const dropNewcomer = (call: DeskCall): void => { kept.set(kept.get().filter((n) => n.key !== newcomerKey(call))); };
