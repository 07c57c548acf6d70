/** The same door for endpoints whose description is not generated yet. */
import { client } from "./http.ts";

interface Init { params?: { path?: Record<string, unknown>; query?: Record<string, unknown> }; body?: unknown }
type Call = <T>(path: string, init?: Init) => Promise<{ data?: T }>;

export const open = client as unknown as Record<"GET" | "POST" | "PUT" | "DELETE", Call>;
