// Pages about the server itself.
export { default as linked } from "../features/linked/LinkedPage.svelte";
export { default as setup } from "../features/setup/SetupPage.svelte";
export { default as status } from "../features/status/StatusPage.svelte";
