// The code of the pages, in parts that are loaded when one of their pages is opened: the first page needs no other part.
import type { Component } from "svelte";
import type { Query, Route } from "../lib/route";

type Page = Component<{ id: string; query: Query }>;
type Name = Exclude<Route["page"], "home" | "missing">;

const overview = () => import("./overview");
const lists = () => import("./lists");
const compare = () => import("./compare");
const details = () => import("./details");
const server = () => import("./server");
/** What plays recordings. Pages load it again, which costs nothing. */
const player = () => import("posthog-js/dist/rrweb");

const partOf: Record<Name, () => Promise<object>> = {
  overview,
  impact: overview,
  compare,
  conversations: lists,
  errors: lists,
  feedback: lists,
  generations: lists,
  models: lists,
  people: lists,
  prompts: lists,
  providers: lists,
  sessions: lists,
  tools: lists,
  traces: lists,
  conversation: details,
  session: details,
  shared: details,
  trace: details,
  linked: server,
  setup: server,
  status: server,
};

/** The component of a page. Rejects when its code does not arrive. */
export async function load(page: Name): Promise<Page> {
  const part = (await partOf[page]()) as Record<string, Page>; // pages take what they need of an id and a query
  return part[page] as Page;
}

/** Loads the other parts and the player while the browser is idle, so that another page opens without waiting and without the server. */
export function loadRest(): void {
  for (const part of [overview, lists, details, player, server, compare]) requestIdleCallback(() => void part().catch(() => undefined));
}
