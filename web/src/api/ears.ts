import { body, client, loose } from "./http.ts";
import type { Fingerprint } from "./types.ts";

export interface Found { id: number; name: string; class: string; score: number; at_ms: number }
export interface Marking { recording_id: number; name: string; class: string; from_ms: number; to_ms: number }
const at = (id: number) => ({ params: { path: { id } } });

export const getFingerprints = (): Promise<Fingerprint[]> => body(client.GET("/api/v1/fingerprints"));
export const markRecording = (b: Marking): Promise<Fingerprint> => body(client.POST("/api/v1/fingerprints", { body: loose(b) }));
export const testRecording = (recording_id: number): Promise<{ found?: Found | null }> => body(client.POST("/api/v1/fingerprints/test", { body: { recording_id } }));
export const updateFingerprint = (id: number, b: { name?: string; enabled?: boolean }): Promise<Fingerprint> =>
  body(client.PATCH("/api/v1/fingerprints/{id}", { ...at(id), body: loose(b) }));
export const deleteFingerprint = (id: number): Promise<void> => body(client.DELETE("/api/v1/fingerprints/{id}", at(id)));
