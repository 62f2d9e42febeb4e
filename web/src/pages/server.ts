// Pages about the server itself.
export { default as setup } from "../features/setup/SetupPage.svelte";
export { default as status } from "../features/status/StatusPage.svelte";
