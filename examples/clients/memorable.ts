// A client for MemoRable on one page: nothing but fetch. Copy it into your project; Node 20 and browsers' runtimes run it.

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export interface Memory {
  id: string;
  scope: string;
  content: string;
  state: "pending" | "ready";
  revision: number;
  kind: string | null;
  speaker: string | null;
  session: string | null;
  occurred_at: string | null;
  recorded_at: string;
  metadata: { [name: string]: Json };
  tags: string[];
  score?: number;
}
export interface Fields {
  speaker?: string;
  session?: string;
  role?: "user" | "assistant" | "system" | "tool";
  occurred_at?: string;
  expires_at?: string;
  metadata?: { [name: string]: Json };
  tags?: string[];
}
export interface Turn {
  role: "user" | "assistant" | "system" | "tool";
  content: string;
  name?: string;
  time?: string;
}
export interface Options {
  top_k?: number;
  max_tokens?: number;
  min_score?: number;
  filters?: { [name: string]: Json };
  as_of?: string;
  known_at?: string;
}
export interface Recalled {
  memories: Memory[];
  context: string;
  tokens: number;
  confidence: number;
  abstain: boolean;
}

/** What the service refused: its status, and the problem with detail, field and what would be right. */
export class MemorableError extends Error {
  readonly status: number;
  readonly problem: { detail?: string; field?: string; expected?: string };
  constructor(status: number, problem: { detail?: string; field?: string; expected?: string }) {
    super(`${status}: ${problem.detail ?? JSON.stringify(problem)}`);
    this.status = status;
    this.problem = problem;
  }
}

/** Memory of one scope, such as `user:alice`. */
export class Memorable {
  readonly #url: string;
  readonly #token: string;
  readonly #scope: string;
  readonly #tries: number;

  constructor(url: string, token: string, scope: string, tries = 3) {
    this.#url = url.replace(/\/$/, "");
    this.#token = token;
    this.#scope = scope;
    this.#tries = tries;
  }

  /** Stores one memory; gives its id. */
  async remember(content: string, fields: Fields = {}, key?: string): Promise<string> {
    return (await this.#call("POST", "/v1/memories", { scope: this.#scope, content, ...fields }, key)).memories[0].id;
  }

  /** Stores the turns of a session; gives their ids. */
  async rememberTurns(session: string, messages: Turn[], key?: string): Promise<string[]> {
    const stored = await this.#call("POST", "/v1/memories", { scope: this.#scope, session, messages }, key);
    return stored.memories.map((memory: Memory) => memory.id);
  }

  recall(query: string, options: Options = {}, scopes = [this.#scope]): Promise<Recalled> {
    return this.#call("POST", "/v1/recall", { query, scopes, ...options });
  }

  get(id: string): Promise<Memory> {
    return this.#call("GET", this.#path(["memories", id]));
  }

  /** All memories, latest first, page by page. */
  async *list(limit = 100): AsyncGenerator<Memory> {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: { memories: Memory[]; next_cursor: string | null } = await this.#call(
        "GET", this.#path(["memories"], { limit: String(limit), ...(cursor ? { cursor } : {}) }));
      yield* page.memories;
      cursor = page.next_cursor;
    }
  }

  /** Changes what it says; what it said stays as history. */
  change(id: string, fields: { content?: string } & Pick<Fields, "metadata" | "tags">): Promise<unknown> {
    return this.#call("PATCH", this.#path(["memories", id]), fields);
  }

  forget(id: string): Promise<{ id: string; state: "forgotten"; forgotten_at: string }> {
    return this.#call("DELETE", this.#path(["memories", id]));
  }

  async history(id: string): Promise<{ revision: number; content: string; from: string; until: string | null }[]> {
    return (await this.#call("GET", this.#path(["memories", id, "history"]))).revisions;
  }

  async session(name: string): Promise<Memory[]> {
    return (await this.#call("GET", this.#path(["sessions", name]))).memories;
  }

  chat(session: string, message: string, key?: string): Promise<{ reply: string; memories: string[] }> {
    return this.#call("POST", "/v1/chat", { scope: this.#scope, session, message }, key);
  }

  #path(parts: string[], query: { [name: string]: string } = {}): string {
    return `/v1/${parts.map(encodeURIComponent).join("/")}?${new URLSearchParams({ scope: this.#scope, ...query })}`;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async #call(method: string, path: string, body?: unknown, key?: string): Promise<any> {
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    for (let left = this.#tries - 1; ; left--) {
      const answer = await fetch(this.#url + path, {
        method,
        headers: key ? { ...headers, "idempotency-key": key } : headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      if (answer.ok) return answer.json();
      // Every write is safe to repeat, so what may pass is tried again.
      if (![429, 503].includes(answer.status) || left <= 0) {
        throw new MemorableError(answer.status, await answer.json().catch(() => ({})));
      }
      const wait = Math.min(Number(answer.headers.get("retry-after") ?? 1), 10);
      await new Promise((done) => setTimeout(done, wait * 1000));
    }
  }
}
