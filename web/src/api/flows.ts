import { body, client, guarded, loose, upload } from "./http.ts";
import type { Flow, FlowVersion, Page, Prompt } from "./types.ts";

export interface FlowFault { node?: string | null; field: string; code: string; message_zh: string; message_en: string }
export interface Verdict { ok: boolean; errors: FlowFault[]; warnings: FlowFault[] }
export type VersionHead = Omit<FlowVersion, "doc">;
export type PromptView = Prompt & { used_by: { flow_id: number; name: string }[] };
const at = (id: number) => ({ params: { path: { id } } });

export const getFlows = (): Promise<Page<Flow>> => body(client.GET("/api/v1/flows"));
export interface FlowTemplate { code: string; name_zh: string; name_en: string; doc: unknown }
export const getFlowTemplates = (): Promise<Page<FlowTemplate>> => body(client.GET("/api/v1/flow-templates"));
export type Draft = Flow & { doc: unknown };
export const createFlow = (b: { name: string; description: string; template?: string }): Promise<Draft> => body(client.POST("/api/v1/flows", { body: b }));
export const renameFlow = (id: number, b: { name: string; description: string }): Promise<Flow> =>
  body(client.PATCH("/api/v1/flows/{id}", { ...at(id), body: b }));
export const deleteFlow = (id: number): Promise<void> => body(client.DELETE("/api/v1/flows/{id}", at(id)));
export const getDraft = (id: number): Promise<Draft> => body(client.GET("/api/v1/flows/{id}/draft", at(id)));
export const saveDraft = (id: number, b: { doc: unknown; revision: number }): Promise<Draft> =>
  body(client.PUT("/api/v1/flows/{id}/draft", { ...at(id), body: loose(b) }));
export const discardDraft = (id: number): Promise<Draft> => body(client.DELETE("/api/v1/flows/{id}/draft", at(id)));
export const validateFlow = (id: number, doc: unknown): Promise<Verdict> => body(client.POST("/api/v1/flows/{id}/validate", { ...at(id), body: { doc: loose(doc) } }));
export const publishFlow = (id: number, b: { revision: number; note: string }): Promise<FlowVersion> =>
  body(client.POST("/api/v1/flows/{id}/publish", { ...at(id), body: b }));
export const getVersions = (id: number): Promise<Page<VersionHead>> => body(client.GET("/api/v1/flows/{id}/versions", at(id)));
export const getVersion = (id: number, version: number): Promise<FlowVersion> =>
  body(client.GET("/api/v1/flows/{id}/versions/{version}", { params: { path: { id, version } } }));

export const getPrompts = (): Promise<Page<PromptView>> => body(client.GET("/api/v1/prompts"));
export function uploadPrompt(file: File, name: string, text: string, onProgress: (share: number) => void): Promise<Prompt> {
  const form = new FormData();
  form.append("name", name);
  form.append("text", text);
  form.append("file", file, file.name);
  return upload("/api/v1/prompts", form, onProgress);
}
export const speakPrompt = (b: { name: string; text: string; voice?: string | null }): Promise<Prompt> =>
  body(client.POST("/api/v1/prompts/speak", { body: b }));
export const deletePrompt = (id: number): Promise<void> => body(client.DELETE("/api/v1/prompts/{id}", at(id)));
export const promptAudioUrl = (id: number, version: string): string => `/api/v1/prompts/${id}/audio?v=${encodeURIComponent(version)}`;

/** A sentence as the synthesiser would say it, as an object URL. */
export async function previewSpeech(text: string, voice?: string | null): Promise<string> {
  const response = await guarded(
    new Request("/api/v1/speech/preview", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ text, voice: voice ?? null }) }),
  );
  return URL.createObjectURL(await response.blob());
}
