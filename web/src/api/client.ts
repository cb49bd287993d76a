/**
 * HTTP to the server: JSON, the CSRF header, an id for every command, and errors in words.
 *
 * A command that got no answer is sent again with the same id: the server then repeats its stored
 * answer instead of doing the thing twice.
 */
import type { Problem } from "./types";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The server said no. `detail` is its sentence, in the session's language; `code` is stable. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: Problem["errors"];

  constructor(problem: Pick<Problem, "status" | "code" | "title" | "detail"> & { errors?: Problem["errors"] }) {
    super(problem.detail);
    this.name = "ApiError";
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.errors = problem.errors ?? [];
  }
}

/** No answer at all: the server is away or the network is. */
export class NoAnswer extends Error {
  constructor(options?: { cause?: unknown }) {
    super("The server does not answer.", options);
    this.name = "NoAnswer";
  }
}

export interface RequestOptions {
  signal?: AbortSignal;
  /** How often to send again when no answer came. Commands default to 2, the rest to 0. */
  retries?: number;
  /** The command's own id; made up when left out. */
  idempotencyKey?: string;
}

let csrfToken: string | null = null;
let onSignedOut: (() => void) | null = null;

/** The token from `Session.csrf_token`; goes into every request that changes something. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Called when the server no longer knows this session. */
export function setSignedOutHandler(handler: () => void): void {
  onSignedOut = handler;
}

/** An id no other page makes up. `randomUUID` exists only on secure origins. */
export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export async function request<T>(method: Method, path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
  const changes = method !== "GET";
  const headers: Record<string, string> = { accept: "application/json" };
  const file = body instanceof Blob;
  if (body !== undefined) headers["content-type"] = file ? body.type : "application/json";
  if (changes) {
    headers["idempotency-key"] = options.idempotencyKey ?? newId();
    if (csrfToken !== null) headers["x-csrf-token"] = csrfToken;
  }
  const response = await send(path, {
    method,
    headers,
    credentials: "same-origin",
    cache: "no-store",
    ...(body !== undefined && { body: file ? body : JSON.stringify(body) }),
    ...(options.signal && { signal: options.signal }),
  }, options.retries ?? (changes ? 2 : 0));
  if (response.status === 204) return undefined as T;
  if (!response.ok) {
    const error = await problemOf(response);
    if (error.status === 401 && error.code === "signed_out") onSignedOut?.();
    throw error;
  }
  return (await response.json()) as T;
}

async function send(path: string, init: RequestInit, retries: number): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetch(path, init);
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      if (attempt >= retries) throw new NoAnswer({ cause });
      await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** attempt));
    }
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const blank = {
    status: response.status,
    code: `http_${response.status}`,
    title: response.statusText,
    detail: `The server answered ${response.status} and gave no reason.`,
  };
  try {
    const body = (await response.json()) as Partial<Problem>;
    return new ApiError({
      ...blank,
      ...(body.code !== undefined && { code: body.code }),
      ...(body.title !== undefined && { title: body.title }),
      ...(body.detail !== undefined && { detail: body.detail }),
      ...(body.errors && { errors: body.errors }),
    });
  } catch {
    return new ApiError(blank);
  }
}

export const get = <T>(path: string, options?: RequestOptions): Promise<T> => request<T>("GET", path, undefined, options);
export const post = <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> => request<T>("POST", path, body, options);
export const put = <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> => request<T>("PUT", path, body, options);
export const patch = <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> => request<T>("PATCH", path, body, options);
export const del = <T>(path: string, options?: RequestOptions): Promise<T> => request<T>("DELETE", path, undefined, options);
