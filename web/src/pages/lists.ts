// The lists share most of their code, so they are one part of the bundle.
export { default as conversations } from "../features/conversations/ConversationsPage.svelte";
export { default as errors } from "../features/errors/ErrorsPage.svelte";
export { default as feedback } from "../features/feedback/FeedbackPage.svelte";
export { default as generations } from "../features/generations/GenerationsPage.svelte";
export { default as models } from "../features/models/ModelsPage.svelte";
export { default as people } from "../features/people/PeoplePage.svelte";
export { default as providers } from "../features/models/ProvidersPage.svelte";
export { default as prompts } from "../features/prompts/PromptsPage.svelte";
export { default as sessions } from "../features/sessions/SessionsPage.svelte";
export { default as tools } from "../features/tools/ToolsPage.svelte";
export { default as traces } from "../features/traces/TracesPage.svelte";
