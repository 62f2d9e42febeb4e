// What the browser's events are called on the timeline.
import type { Step } from "../../lib/domain";
import { shortUrl } from "../../lib/format";

const names: Record<string, string> = {
  $pageview: "Page view",
  $pageleave: "Left the page",
  $autocapture: "Click",
  $rageclick: "Rage click",
  $dead_click: "Dead click",
  $identify: "Signed in",
  $exception: "Page error",
  $web_vitals: "Web vitals",
  $feature_flag_called: "Flag read",
};

export function stepName(step: Step): string {
  const name = names[step.name] ?? step.name;
  return step.url && step.name === "$pageview" ? `${name} ${shortUrl(step.url)}` : name;
}

/** Colour means something: errors are red, pages stand out, the rest is quiet. */
export function stepTone(name: string): string {
  if (name === "$exception" || name === "$rageclick" || name === "$dead_click") return "bg-bad-fill";
  if (name === "$pageview") return "bg-accent";
  return "bg-faint";
}

/** Which of two at one place is shown: errors, then pages. */
export const tellingTone = (name: string): number => ["bg-faint", "bg-accent", "bg-bad-fill"].indexOf(stepTone(name));

/** Events that say nothing to someone who watches. */
const quiet = new Set(["$set", "$web_vitals", "$feature_flag_called", "$groupidentify", "$$heatmap", "$opt_in"]);
export const isTelling = (step: Step): boolean => !quiet.has(step.name);
