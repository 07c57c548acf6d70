/** The one door to the server: the generated client, the CSRF token, the language, and errors with a way out. */
import createClient from "openapi-fetch";
import i18next from "i18next";
import type { paths } from "./schema";

export interface FieldFault { node?: string | null; field: string; code: string; detail: string }

/** An error answer (RFC 9457), or none at all (`status` 0). `message` is for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  readonly errors: FieldFault[];
  readonly current: unknown;

  constructor(status: number, body: { code?: string; detail?: string; field?: string | null; errors?: FieldFault[]; current?: unknown }) {
    super(body.detail ?? i18next.t("连不上服务器，请检查网络后重试"));
    this.status = status;
    this.code = body.code ?? (status === 0 ? "offline" : "unknown");
    this.field = body.field ?? undefined;
    this.errors = body.errors ?? [];
    this.current = body.current;
  }
}

let csrf = "";
export function setCsrf(token: string): void {
  csrf = token;
}

let signedOut: () => void = () => undefined;
/** Called once when the server says that the session is over. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

const headers = (method: string): Record<string, string> => ({
  "accept-language": i18next.language === "en" ? "en" : "zh-CN",
  ...(method === "GET" ? {} : { "x-csrf-token": csrf }),
});

/** Fetches with our headers; a refusal becomes an `ApiError`. */
export async function guarded(request: Request): Promise<Response> {
  for (const [name, value] of Object.entries(headers(request.method))) request.headers.set(name, value);
  let response: Response;
  try {
    response = await fetch(request);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, {});
  }
  if (response.ok) return response;
  const type = response.headers.get("content-type") ?? "";
  const body = type.includes("json") ? ((await response.json()) as object) : { detail: i18next.t("服务器暂时不可用（{{status}}），请稍后重试", { status: response.status }) };
  const error = new ApiError(response.status, body);
  if (response.status === 401 && error.code === "unauthenticated") signedOut();
  throw error;
}

export const client = createClient<paths>({ baseUrl: globalThis.location?.origin ?? "", fetch: guarded });

/**
 * A body whose description is narrower than what the server takes: free-form objects are described as empty ones, and fields
 * with a default as required.
 */
export const loose = (value: unknown): never => value as never;

/** The body of a generated call; its errors have been thrown by `guarded`. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

/** Uploads a form, with progress; fetch has none for request bodies. */
export function upload<T>(path: string, form: FormData, onProgress?: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", path);
    for (const [name, value] of Object.entries(headers("POST"))) xhr.setRequestHeader(name, value);
    xhr.responseType = "json";
    xhr.upload.onprogress = (e) => {
      if (e.lengthComputable) onProgress?.(e.loaded / e.total);
    };
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(xhr.response as T);
      else reject(new ApiError(xhr.status, (xhr.response ?? {}) as object));
    };
    xhr.onerror = () => {
      reject(new ApiError(0, {}));
    };
    xhr.send(form);
  });
}
