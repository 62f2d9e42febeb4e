// The parts of a wait, as a bar and in words.
import type { WaitPart } from "../../lib/domain";
import { duration } from "../../lib/format";

const kinds: Record<WaitPart["kind"], { name: string; title: string; colour: string }> = {
  before_call: { name: "before the call", title: "The page, the network, and what the backend did first. The recording has no request by which they could be told apart.", colour: "var(--c-strong)" },
  page: { name: "page", title: "From asking until the page sent its request.", colour: "var(--c-strong)" },
  network_and_queue: { name: "network and queue", title: "From the page's request until the call began. The trace has no step before the call by which they could be told apart.", colour: "var(--c-faint)" },
  network_there: { name: "network", title: "From the page's request until the backend began its first step.", colour: "var(--c-faint)" },
  queue: { name: "queue", title: "From the backend's first step until the call began.", colour: "var(--c-warn)" },
  model: { name: "model", title: "From the start of the call until its first token or, if it was not streamed, its end; the provider's queue included.", colour: "var(--c-ai)" },
  network_and_rendering: { name: "network and rendering", title: "From then until the words were on the screen. The recording does not say when they came to the browser.", colour: "var(--c-soft)" },
  network_back: { name: "backend and network", title: "From then until the browser had the first byte of the answer: also the rest of the generation, if the backend sends all of it at once.", colour: "var(--c-soft)" },
  rendering: { name: "rendering", title: "From then until the words were on the screen.", colour: "var(--c-line)" },
};

export interface PartShown {
  kind: WaitPart["kind"];
  name: string;
  title: string;
  colour: string;
  /** How much of the bar it takes, 0 to 1. */
  share: number;
  text: string;
}

/** What is shown of each part. A part that is below zero because of the clocks has no place in the bar. */
export function partsShown(parts: readonly WaitPart[], streamed: boolean | null = null): PartShown[] {
  const sum = parts.reduce((n, part) => n + Math.max(0, part.seconds), 0) || 1;
  return parts.map(({ kind, seconds, acrossClocks }) => {
    const { name, title, colour } = kinds[kind];
    return {
      kind,
      name: kind === "model" && streamed !== null ? (streamed ? "first token" : "whole generation") : name,
      title: acrossClocks ? `${title} Its ends are by the clocks of the browser and the backend, which are compared by estimate.` : title,
      colour,
      share: Math.max(0, seconds) / sum,
      text: seconds < 0 ? `−${duration(-seconds)}` : duration(seconds),
    };
  });
}
