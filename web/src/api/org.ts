/** 组织架构: the tree of units, and whose work somebody sees by it. */
import { body, client } from "./http.ts";
import type { Page } from "./types.ts";

export interface OrgUnit { id: number; tenant_id: number; parent_id?: number | null; name: string; created_at: string; revision: number }
export interface UnitInput { name: string; parent_id: number | null }

const at = (id: number) => ({ params: { path: { id } } });

export const getUnits = (): Promise<Page<OrgUnit>> => body(client.GET("/api/v1/org-units"));
export const createUnit = (b: UnitInput): Promise<OrgUnit> => body(client.POST("/api/v1/org-units", { body: b }));
export const updateUnit = (id: number, b: UnitInput & { revision: number }): Promise<OrgUnit> => body(client.PUT("/api/v1/org-units/{id}", { ...at(id), body: b }));
export const deleteUnit = (id: number): Promise<void> => body(client.DELETE("/api/v1/org-units/{id}", at(id)));
