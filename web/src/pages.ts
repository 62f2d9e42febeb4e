// The code of each page, loaded when the page is opened: the first page needs no other one's.
import type { Component } from "svelte";
import type { Query, Route } from "./lib/route";

type Page = Component<{ id: string; query: Query }>;
type Name = Exclude<Route["page"], "home" | "missing">;

const pages: Record<Name, () => Promise<{ default: unknown }>> = {
  overview: () => import("./features/overview/OverviewPage.svelte"),
  traces: () => import("./features/traces/TracesPage.svelte"),
  trace: () => import("./features/trace/TracePage.svelte"),
  generations: () => import("./features/generations/GenerationsPage.svelte"),
  conversations: () => import("./features/conversations/ConversationsPage.svelte"),
  conversation: () => import("./features/conversation/ConversationPage.svelte"),
  sessions: () => import("./features/sessions/SessionsPage.svelte"),
  session: () => import("./features/session/SessionPage.svelte"),
  people: () => import("./features/people/PeoplePage.svelte"),
  errors: () => import("./features/errors/ErrorsPage.svelte"),
  tools: () => import("./features/tools/ToolsPage.svelte"),
  models: () => import("./features/models/ModelsPage.svelte"),
  prompts: () => import("./features/prompts/PromptsPage.svelte"),
  feedback: () => import("./features/feedback/FeedbackPage.svelte"),
  setup: () => import("./features/setup/SetupPage.svelte"),
  status: () => import("./features/status/StatusPage.svelte"),
};

/** The component of a page. Rejects when its code does not arrive. */
export async function load(page: Name): Promise<Page> {
  return (await pages[page]()).default as Page; // pages take what they need of an id and a query
}

/** Loads what is left while nothing else happens, so that going to another page does not wait, nor need the server. */
export function loadRest(): void {
  for (const page of Object.values(pages)) requestIdleCallback(() => void page().catch(() => undefined));
}
