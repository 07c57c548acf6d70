import { body, client, loose } from "./http.ts";
import type { ApiKey, AuditEntry, Page, Role, Scope, Session, User } from "./types.ts";

export const getSetup = (): Promise<{ needed: boolean }> => body(client.GET("/api/v1/setup"));
export const postSetup = (b: { login: string; name: string; password: string }): Promise<Session> => body(client.POST("/api/v1/setup", { body: b }));
export const getSession = (): Promise<Session> => body(client.GET("/api/v1/session"));
export const signIn = (b: { tenant?: string; login: string; password: string }): Promise<Session> => body(client.POST("/api/v1/session", { body: b }));
export const signOut = (): Promise<void> => body(client.DELETE("/api/v1/session"));
export const changePassword = (b: { current: string; new: string }): Promise<Session> => body(client.PUT("/api/v1/session/password", { body: b }));

export interface UserInput { login: string; name: string; role: Role; unit_id?: number | null; scope?: Scope | undefined; password: string }
export const getUsers = (): Promise<Page<User>> => body(client.GET("/api/v1/users"));
export const createUser = (b: UserInput): Promise<User> => body(client.POST("/api/v1/users", { body: loose(b) }));
export const updateUser = (id: number, b: { name?: string; role?: Role; enabled?: boolean; unit_id?: number | null; scope?: Scope | undefined }): Promise<User> =>
  body(client.PATCH("/api/v1/users/{id}", { params: { path: { id } }, body: loose(b) }));
export const resetPassword = (id: number, password: string): Promise<void> =>
  body(client.PUT("/api/v1/users/{id}/password", { params: { path: { id } }, body: { password } }));

export interface KeyInput { name: string; scopes: string[]; expires_at?: string | null }
export const getKeys = (): Promise<Page<ApiKey>> => body(client.GET("/api/v1/api-keys"));
export const createKey = (b: KeyInput): Promise<ApiKey & { secret: string }> => body(client.POST("/api/v1/api-keys", { body: loose(b) }));
export const switchKey = (id: number, enabled: boolean): Promise<ApiKey> => body(client.PATCH("/api/v1/api-keys/{id}", { params: { path: { id } }, body: { enabled } }));
export const revokeKey = (id: number): Promise<void> => body(client.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } }));

export const getAudit = (query: Record<string, unknown>): Promise<Page<AuditEntry>> => body(client.GET("/api/v1/audit", { params: { query } }));
