/** Filters live in the address, so that a view can be kept, shared and come back to. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export type Filters = Record<string, string | undefined>;

export function useFilters(): [Filters, (change: Filters) => void] {
  const search = useSearch({ strict: false }) as Filters;
  const navigate = useNavigate();
  const set = useCallback(
    (change: Filters) => {
      void navigate({
        to: ".",
        replace: true,
        search: ((old: Filters) => {
          const next: Filters = { ...old, ...change };
          return Object.fromEntries(Object.entries(next).filter(([, v]) => v !== undefined && v !== ""));
        }) as never,
      });
    },
    [navigate],
  );
  return [search, set];
}

/** A plain query string instead of the router's JSON: readable, and numbers stay text. */
export function parseSearch(search: string): Filters {
  return Object.fromEntries(new URLSearchParams(search));
}
export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).filter(([, v]) => v !== undefined && v !== null && v !== "");
  const text = new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString();
  return text ? `?${text}` : "";
}
