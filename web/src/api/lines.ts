import { body, client, loose } from "./http.ts";
import type { ListAt } from "./rules.ts";
import type { ListEntry, Page, PhoneLine, Route, Trunk, TrunkState } from "./types.ts";

export type TrunkView = Trunk & { state: TrunkState };
export type TrunkInput = Omit<Trunk, "id" | "created_at" | "revision">;
const at = (id: number) => ({ params: { path: { id } } });

export const getTrunks = (): Promise<Page<TrunkView>> => body(client.GET("/api/v1/trunks"));
export const createTrunk = (b: TrunkInput): Promise<TrunkView> => body(client.POST("/api/v1/trunks", { body: loose(b) }));
export const updateTrunk = (id: number, b: TrunkInput & { revision: number }): Promise<TrunkView> =>
  body(client.PUT("/api/v1/trunks/{id}", { ...at(id), body: loose(b) }));
export const deleteTrunk = (id: number): Promise<void> => body(client.DELETE("/api/v1/trunks/{id}", at(id)));

export type RouteInput = Omit<Route, "id">;
export const getRoutes = (): Promise<Page<Route>> => body(client.GET("/api/v1/routes"));
export const createRoute = (b: RouteInput): Promise<Route> => body(client.POST("/api/v1/routes", { body: loose(b) }));
export const updateRoute = (id: number, b: RouteInput): Promise<Route> => body(client.PUT("/api/v1/routes/{id}", { ...at(id), body: loose(b) }));
export const deleteRoute = (id: number): Promise<void> => body(client.DELETE("/api/v1/routes/{id}", at(id)));

export interface RateLineView { line: number; route?: Route | null; zh?: string | null; en?: string | null }
export interface RateImport { accepted: number; rejected: number; removed: number; lines: RateLineView[] }
export const importRates = (b: { text: string; trunk_id: number | null; replace: boolean; commit: boolean }): Promise<RateImport> => body(client.POST("/api/v1/routes/import", { body: loose(b) }));
export interface QuotedLine { trunk_id: number; name: string; rank?: number | null; route?: Route | null; state: TrunkState; skipped?: string | null }
export interface Quote { e164: string; carrier: string; region: string; lines: QuotedLine[] }
export const getQuote = (number: string): Promise<Quote> => body(client.GET("/api/v1/routes/quote", { params: { query: { number } } }));

export type NumberInput = Omit<PhoneLine, "id" | "flag">;
export const getNumbers = (): Promise<Page<PhoneLine>> => body(client.GET("/api/v1/numbers"));
export const createNumber = (b: NumberInput): Promise<PhoneLine> => body(client.POST("/api/v1/numbers", { body: loose(b) }));
export const updateNumber = (id: number, b: NumberInput): Promise<PhoneLine> => body(client.PUT("/api/v1/numbers/{id}", { ...at(id), body: loose(b) }));
export const deleteNumber = (id: number): Promise<void> => body(client.DELETE("/api/v1/numbers/{id}", at(id)));

export const getList = (query: Record<string, unknown>): Promise<Page<ListEntry>> => body(client.GET("/api/v1/list-entries", { params: { query } }));
export const addToList = (b: ListAt & { phones: string[]; reason: string; expires_at?: string | null }): Promise<{ added: number }> =>
  body(client.POST("/api/v1/list-entries", { body: loose(b) }));
export const removeFromList = (b: ListAt & { ids: number[] }): Promise<{ removed: number }> =>
  body(client.POST("/api/v1/list-entries/remove", { body: loose(b) }));
