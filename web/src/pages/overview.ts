export { default as overview } from "../features/overview/OverviewPage.svelte";
