// Every request of the UI. Errors become ApiError, which says what happened and whether a retry can help.
import type {
  Bar,
  Call,
  CallDetail,
  Changed,
  Conversation,
  ConversationDetail,
  Doctor,
  ErrorGroup,
  Facet,
  Field,
  Impact,
  Message,
  Model,
  Of,
  Opinion,
  Overview,
  Page,
  PersonRow,
  Prompt,
  Provider,
  RawPiece,
  SavedView,
  Sent,
  Session,
  SessionDetail,
  Share,
  Status,
  Tool,
  Trace,
  TraceDetail,
  Turn,
} from "../domain";
import { account } from "../account.svelte";
import { health } from "../health.svelte";
import { textLines } from "../lines";
import { both } from "../query/terms";
import { segment } from "../route";
import * as convert from "./convert";
import { ApiError, type Misread } from "./error";
import { asked } from "./project";

/** The conditions that a list, its facets and its histogram share. */
export interface Narrowing {
  /** An expression of the query language. */
  q?: string | undefined;
  /** RFC 3339 instants. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface ListQuery extends Narrowing {
  /** A field; a - before it sorts the largest first. */
  sort?: string | undefined;
  cursor?: string | null | undefined;
  limit?: number | undefined;
}

export interface ChangedQuery extends Narrowing {
  /** Names of fields with commas between; the usual ones without. */
  fields?: string;
  base_from?: string;
  base_to?: string;
  limit: number;
}

/** Builds a query string of what is set. */
export function search(params: Record<string, string | number | boolean | null | undefined>): string {
  const q = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== "" && value !== false) q.set(key, String(value));
  }
  const s = q.toString();
  return s && `?${s}`;
}

/** How long an answer takes before /readyz is asked whether the server is well. */
const lateMs = 1500;

/** Requests path, with a body or another method if one is given. Every failure becomes an ApiError; a cancelled request rejects with the signal's reason. */
export async function request(path: string, signal?: AbortSignal, body?: object, method = body ? "POST" : "GET"): Promise<Response> {
  let answer: Response;
  const late = setTimeout(() => health.suspect(), lateMs);
  try {
    answer = await fetch(asked(path, location), { method, signal: signal ?? null, headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) }, credentials: "same-origin", ...(body && { body: JSON.stringify(body) }) });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    health.suspect();
    throw new ApiError("offline", "The server does not answer. Check that playhead is running and that this computer reaches it.");
  } finally {
    clearTimeout(late);
  }
  account.note(answer);
  if (answer.ok) return answer;
  if (answer.status === 401) signIn();
  if (answer.status >= 500) health.suspect();
  throw await failure(answer);
}

/** Goes to the sign-in page, which returns here. It does not go there again at once if the browser is still not signed in. */
function signIn(): void {
  const key = "playhead.signin";
  try {
    if (Date.now() - Number(sessionStorage.getItem(key)) < 10_000) return;
    sessionStorage.setItem(key, String(Date.now()));
  } catch {
    // Session storage may be forbidden. Go to the sign-in page anyway.
  }
  location.assign(`/login${search({ next: location.pathname + location.search })}`);
}

async function failure(answer: Response): Promise<ApiError> {
  let detail = "";
  let type: unknown;
  let place: Misread | undefined;
  try {
    const body: unknown = await answer.json();
    if (body && typeof body === "object") {
      const b = body as { detail?: unknown; message?: unknown; title?: unknown; type?: unknown; position?: unknown; errors?: { location?: unknown }[] };
      type = b.type;
      const parameter = String(b.errors?.[0]?.location ?? "").replace(/^query\./, "");
      detail = [b.detail, b.message, b.title].find((v): v is string => typeof v === "string" && v !== "") ?? "";
      if (typeof b.position === "number") {
        place = { parameter, position: b.position };
        // The UI marks the position in the text, so the message need not name it.
        detail = detail.replace(/^\w+, at character \d+: /, "");
      }
    }
  } catch {
    // Not JSON, for example a proxy's page. Only the status is known.
  }
  const { status } = answer;
  if (status === 404) return new ApiError("not_found", detail || "Nothing exists at this address.", status);
  if (status === 400 || status === 422) return new ApiError("bad_request", detail || "The server did not understand the request.", status, place);
  if (type === "urn:playhead:problem:timeout") return new ApiError("slow", detail, status);
  if (status === 401) return new ApiError("signed_out", "You are not signed in. Open the sign-in link that the server printed, or /login.", status);
  return new ApiError("server", detail || `The server answered ${status}.`, status);
}

async function json<W>(path: string, signal?: AbortSignal): Promise<W> {
  return (await (await request(path, signal)).json()) as W;
}

type ListOf<W> = { items: W[]; next: string | null };

/** Rows converted in one task: ten thousand at once would freeze the page. */
const rowsAtOnce = 500;
/** The most message parts that one answer may have, so that scrolling through 40,000 takes few requests. */
const mostParts = 500;
const nextTask = () => new Promise<void>((done) => setTimeout(done));

/** The rows of an answer and of all pages that follow its cursor. */
async function following<W, T>(path: string, first: W[], cursor: string | null, convert: (item: W) => T, signal?: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  for (let [rows, next] = [first, cursor]; ; ) {
    for (let i = 0; i < rows.length; i += rowsAtOnce) {
      for (const row of rows.slice(i, i + rowsAtOnce)) all.push(convert(row));
      if (rows.length > rowsAtOnce) await nextTask();
    }
    if (next === null) return all;
    ({ items: rows, next } = await json<ListOf<W>>(`${path}${search({ cursor: next })}`, signal));
  }
}

export const api = {
  async generations(query: ListQuery, signal?: AbortSignal): Promise<Page<Call>> {
    return convert.page(await json<ListOf<convert.Wire["Generation"]>>(`/api/generations${search({ ...query })}`, signal), convert.call);
  },
  async traces(query: ListQuery, signal?: AbortSignal): Promise<Page<Trace>> {
    return convert.page(await json<ListOf<convert.Wire["Trace"]>>(`/api/traces${search({ ...query })}`, signal), convert.trace);
  },
  /** A trace with all its spans. A long trace is handed to `early` with its first ones, while the others are still to come. */
  async trace(id: string, signal?: AbortSignal, early?: (part: TraceDetail) => void): Promise<TraceDetail> {
    const path = `/api/traces/${segment(id)}`;
    const wire = await json<convert.Wire["TraceDetail"]>(path, signal);
    const nodes = wire.nodes.map(convert.node);
    if (wire.nodes_next !== null) {
      early?.(convert.traceDetail(wire, [...nodes], wire.feedback.map(convert.feedback)));
      const { body } = await request(`${path}/nodes${search({ cursor: wire.nodes_next })}`, signal);
      if (body) {
        for await (const line of textLines(body, "The trace")) {
          nodes.push(convert.node(JSON.parse(line) as convert.Wire["Node"]));
          if (nodes.length % rowsAtOnce === 0) await nextTask();
        }
      }
    }
    const feedback = await following(`${path}/feedback`, wire.feedback, wire.feedback_next, convert.feedback, signal);
    return convert.traceDetail(wire, nodes, feedback);
  },
  async call(id: string, signal?: AbortSignal): Promise<CallDetail> {
    return convert.callDetail(await json(`/api/generations/${encodeURIComponent(id)}`, signal));
  },
  /** A call as JSON, as the API returns it. */
  callJson(id: string, signal?: AbortSignal): Promise<unknown> {
    return json(`/api/generations/${encodeURIComponent(id)}`, signal);
  },
  /** The messages after a cursor of a call's content. */
  async messages(id: string, of: "input" | "output", cursor: string, signal?: AbortSignal): Promise<Page<Message>> {
    return convert.page(await json<ListOf<convert.Wire["Message"]>>(`/api/generations/${encodeURIComponent(id)}/messages${search({ of, cursor, limit: mostParts })}`, signal), convert.message);
  },
  /** A piece of what was sent with a call, from an offset. */
  async raw(id: string, of: Sent, offset: number, signal?: AbortSignal): Promise<RawPiece> {
    return convert.rawPiece(await json(`/api/generations/${encodeURIComponent(id)}/raw${search({ of, offset })}`, signal));
  },
  async sessions(query: ListQuery, signal?: AbortSignal): Promise<Page<Session>> {
    return convert.page(await json<ListOf<convert.Wire["Session"]>>(`/api/sessions${search({ ...query })}`, signal), convert.session);
  },
  async session(id: string, signal?: AbortSignal): Promise<SessionDetail> {
    const path = `/api/sessions/${segment(id)}`;
    const wire = await json<convert.Wire["SessionDetail"]>(path, signal);
    const generations = await following(`${path}/generations`, wire.generations, wire.generations_next, convert.generation, signal);
    return convert.sessionDetail(wire, generations);
  },
  async conversations(query: ListQuery, signal?: AbortSignal): Promise<Page<Conversation>> {
    return convert.page(await json<ListOf<convert.Wire["Conversation"]>>(`/api/conversations${search({ ...query })}`, signal), convert.conversation);
  },
  /** A conversation with its first turns. */
  async conversation(id: string, signal?: AbortSignal): Promise<ConversationDetail> {
    return convert.conversationDetail(await json(`/api/conversations/${segment(id)}`, signal));
  },
  /** The turns after a cursor. */
  async turns(id: string, cursor: string, signal?: AbortSignal): Promise<Page<Turn>> {
    return convert.page(await json<ListOf<convert.Wire["Turn"]>>(`/api/conversations/${segment(id)}/turns${search({ cursor })}`, signal), convert.turn);
  },
  async people(query: ListQuery, signal?: AbortSignal): Promise<Page<PersonRow>> {
    return convert.groups(await json<ListOf<convert.Wire["PersonRow"]>>(`/api/people${search({ ...query })}`, signal), convert.personRow);
  },
  async errors(query: ListQuery, signal?: AbortSignal): Promise<Page<ErrorGroup>> {
    return convert.groups(await json<ListOf<convert.Wire["ErrorGroup"]>>(`/api/errors${search({ ...query })}`, signal), convert.errorGroup);
  },
  async tools(query: ListQuery, signal?: AbortSignal): Promise<Page<Tool>> {
    return convert.groups(await json<ListOf<convert.Wire["Tool"]>>(`/api/tools${search({ ...query })}`, signal), convert.tool);
  },
  async prompts(query: ListQuery, signal?: AbortSignal): Promise<Page<Prompt>> {
    return convert.groups(await json<ListOf<convert.Wire["Prompt"]>>(`/api/prompts${search({ ...query })}`, signal), convert.prompt);
  },
  /** All models that were called, by cost. */
  async models(narrowing: Narrowing, signal?: AbortSignal): Promise<Model[]> {
    return (await json<convert.Wire["Models"]>(`/api/models${search({ ...narrowing })}`, signal)).models.map(convert.model);
  },
  async providers(query: ListQuery, signal?: AbortSignal): Promise<Page<Provider>> {
    return convert.groups(await json<ListOf<convert.Wire["Provider"]>>(`/api/providers${search({ ...query })}`, signal), convert.provider);
  },
  async feedback(query: ListQuery, signal?: AbortSignal): Promise<Page<Opinion>> {
    return convert.page(await json<ListOf<convert.Wire["Opinion"]>>(`/api/feedback${search({ ...query })}`, signal), convert.opinion);
  },
  /** One entry of feedback, with its whole explanation. */
  async opinion(id: string, signal?: AbortSignal): Promise<Opinion> {
    return convert.opinion(await json(`/api/feedback/${encodeURIComponent(id)}`, signal));
  },
  /** The figures of a range: in total, by its steps and by the values of a field, with those of the previous range. */
  async overview(query: Narrowing & { tz: string; by: string; compare: boolean }, signal?: AbortSignal): Promise<Overview> {
    return convert.overview(await json(`/api/overview${search({ ...query })}`, signal));
  },
  /** What waiting for answers does, with the answers split by the values of a field. */
  async impact(query: Narrowing & { by: string }, signal?: AbortSignal): Promise<Impact> {
    return convert.impact(await json(`/api/impact${search({ ...query })}`, signal));
  },
  /** Stores a note about what happened, which charts show. at is an RFC 3339 instant; without it, now. */
  async annotate(note: { text: string; at?: string }): Promise<void> {
    await request("/api/annotations", undefined, note);
  },
  /** The ids of the first rows of a list in the order of time, with their latest activity: to learn that something is new. */
  async newest(of: Of, narrowing: Narrowing, signal?: AbortSignal): Promise<string> {
    const { items } = await json<convert.Wire["Newest"]>(`/api/newest${search({ of, ...narrowing })}`, signal);
    return items.map((row) => `${row.id} ${row.at_ms}`).join("\n");
  },
  /** The saved views of all lists. */
  async views(signal?: AbortSignal): Promise<SavedView[]> {
    return (await json<ListOf<convert.Wire["View"]>>("/api/views", signal)).items.map(convert.view);
  },
  /** Saves a view, a new one without an id. */
  async saveView(view: Omit<SavedView, "id"> & { id?: string }): Promise<SavedView> {
    return convert.view((await (await request("/api/views", undefined, view)).json()) as convert.Wire["View"]);
  },
  async deleteView(id: string): Promise<void> {
    await request(`/api/views/${encodeURIComponent(id)}`, undefined, undefined, "DELETE");
  },
  /** The links for guests that work; only those of one trace if it is given. */
  async shares(trace?: string, signal?: AbortSignal): Promise<Share[]> {
    return (await json<ListOf<convert.Wire["Share"]>>(`/api/shares${search({ trace_id: trace })}`, signal)).items.map(convert.share);
  },
  /** Makes a link that shows a trace for a length of time ("7d"). */
  async share(trace: string, expiresIn: string): Promise<Share> {
    return convert.share((await (await request("/api/shares", undefined, { trace, expires_in: expiresIn })).json()) as convert.Wire["Share"]);
  },
  async unshare(id: string): Promise<void> {
    await request(`/api/shares/${encodeURIComponent(id)}`, undefined, undefined, "DELETE");
  },
  /** Which trace the link of this page shows, for its guest. */
  async shared(signal?: AbortSignal): Promise<string> {
    return (await json<{ trace_id: string }>("/api/shared", signal)).trace_id;
  },
  /** What differs between a range and a base, which is the previous range by default, the largest differences first. Both ends of the range are needed. */
  async changed(query: ChangedQuery, signal?: AbortSignal): Promise<Changed> {
    return convert.changed(await json(`/api/changed${search({ ...query })}`, signal));
  },
  /** The fields that a list can be filtered by. */
  async fields(of: Of, signal?: AbortSignal): Promise<Field[]> {
    return (await json<convert.Wire["Fields"]>(`/api/fields${search({ of })}`, signal)).fields.map(convert.field);
  },
  /** The values of some fields in the matching rows, at most limit of each. */
  async facets(of: Of, fields: readonly string[], limit: number, narrowing: Narrowing, signal?: AbortSignal): Promise<Facet[]> {
    return (await json<convert.Wire["Facets"]>(`/api/facets${search({ of, fields: fields.join(","), limit, ...narrowing })}`, signal)).facets.map(convert.facet);
  },
  /** Sums of matching generations and embeddings by the library that sent them: rows of the library and the measures. */
  async libraries(measure: string, narrowing: Narrowing, signal?: AbortSignal): Promise<(readonly unknown[])[]> {
    const table = await json<convert.Wire["Table"]>(`/api/aggregate${search({ of: "generations", by: "library", measure, order: "-count", limit: 50, ...narrowing })}`, signal);
    return table.rows.map((row) => row ?? []);
  },
  /** The number of matching rows over time, from the first to the last one, or within the given period, which ends now at the latest. */
  async histogram(of: Of, narrowing: Narrowing, signal?: AbortSignal): Promise<Bar[]> {
    const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const sum = (more: Record<string, string | boolean | undefined>) =>
      json<convert.Wire["Table"]>(`/api/aggregate${search({ of, tz, by: "time(auto)", ...narrowing, ...more })}`, signal);
    const to = narrowing.to ?? (narrowing.from && new Date().toISOString());
    if (of !== "sessions" && of !== "feedback") {
      return convert.bars(await sum({ to, measure: "count,rate(error)" }), (row) => Math.round(Number(row[1]) * Number(row[2])));
    }
    // Sessions and feedback cannot fail, so they have no failure rate. Sessions with errors, and good and bad scores, are counted in the same buckets instead.
    const all = await sum({ to, measure: "count" });
    const bars = convert.bars(all, () => 0);
    const [first, last] = [bars[0], bars.at(-1)];
    if (!first || !last) return bars;
    const span = { from: narrowing.from ?? new Date(first.fromMs).toISOString(), to: to ?? new Date(last.toMs).toISOString() };
    const some = async (which: { errors: true } | { q: string }) => convert.countsAt(await sum({ ...span, by: all.columns[0]?.name, measure: "count", ...which }));
    if (of === "sessions") {
      const failed = await some({ errors: true });
      return bars.map((bar) => ({ ...bar, failed: failed(bar) }));
    }
    const scored = (term: string) => some({ q: both(narrowing.q ?? "", term) });
    const [bad, good] = await Promise.all([scored("score:<0.5"), scored("score:>=0.5")]);
    return bars.map((bar) => ({ ...bar, failed: bad(bar), good: good(bar) }));
  },
  /** The names of all projects. */
  async projects(signal?: AbortSignal): Promise<string[]> {
    return (await json<ListOf<convert.Wire["Project"]>>("/api/projects", signal)).items.map((p) => p.name);
  },
  /** Which generations are linked, how, and what would link the rest; of the last seven days. */
  async doctor(signal?: AbortSignal): Promise<Doctor> {
    return convert.doctor(await json("/api/doctor", signal));
  },
  /** The hosts of which the server may have copies of what recorded pages refer to. */
  async assetHosts(): Promise<string[]> {
    return (await json<convert.Wire["AssetHosts"]>("/api/assets/hosts")).hosts;
  },
  async status(signal?: AbortSignal): Promise<Status> {
    return convert.status(await json("/api/status", signal));
  },
  /** A part of a tab as one HTML file. Without a window, it is of the tab that is shown at its beginning. */
  async clip(id: string, window: string | undefined, { startMs, endMs }: { startMs: number; endMs: number }, signal?: AbortSignal): Promise<Blob> {
    const answer = await request(`/api/sessions/${segment(id)}/clip${search({ window, from: Math.floor(startMs), to: Math.ceil(endMs) })}`, signal);
    try {
      return await answer.blob();
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiError("offline", "The file did not arrive completely. Try again.");
    }
  },
  /** The rrweb events of one window, from the last full snapshot at or before t up to until, as JSON lines. */
  snapshots(id: string, { window, t, until }: { window: string; t: number; until: number }, signal: AbortSignal) {
    const query = search({ window, t: Math.floor(t), until: Math.ceil(until) + 1 }); // until is exclusive on the wire
    return request(`/api/sessions/${segment(id)}/snapshots${query}`, signal);
  },
};
