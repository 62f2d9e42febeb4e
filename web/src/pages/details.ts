// Pages that show one thing, such as a trace: they share messages and the player.
export { default as conversation } from "../features/conversation/ConversationPage.svelte";
export { default as session } from "../features/session/SessionPage.svelte";
export { default as shared } from "../features/shared/SharedPage.svelte";
export { default as trace } from "../features/trace/TracePage.svelte";
