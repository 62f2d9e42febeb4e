export { default as overview } from "../features/overview/OverviewPage.svelte";
export { default as impact } from "../features/impact/ImpactPage.svelte";
