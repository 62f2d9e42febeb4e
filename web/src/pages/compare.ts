// Few readers open this page, and it brings the library that compares texts.
export { default as compare } from "../features/compare/ComparePage.svelte";
