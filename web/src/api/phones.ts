import { body, client, loose } from "./http.ts";
import type { Ban, Extension, Page, SipAccess } from "./types.ts";

const at = (id: number) => ({ params: { path: { id } } });

export interface ExtensionInput { number: string; name: string; enabled: boolean; contacts_max: number; allowed_from: string[]; codecs: string[] }
export type WithSecret = Extension & { secret: string };
export const getExtensions = (): Promise<Page<Extension>> => body(client.GET("/api/v1/extensions"));
export const createExtension = (b: ExtensionInput): Promise<WithSecret> => body(client.POST("/api/v1/extensions", { body: loose(b) }));
export const updateExtension = (id: number, b: ExtensionInput & { revision: number }): Promise<Extension> =>
  body(client.PUT("/api/v1/extensions/{id}", { ...at(id), body: loose(b) }));
export const renewSecret = (id: number): Promise<WithSecret> => body(client.POST("/api/v1/extensions/{id}/secret", at(id)));
export const deleteExtension = (id: number): Promise<void> => body(client.DELETE("/api/v1/extensions/{id}", at(id)));
export const getSipAccess = (): Promise<SipAccess> => body(client.GET("/api/v1/extension-access"));

export const getBans = (): Promise<Page<Ban>> => body(client.GET("/api/v1/bans"));
export const liftBan = (address: string): Promise<void> => body(client.POST("/api/v1/bans/lift", { body: { address } }));
