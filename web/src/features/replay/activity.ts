// Labels and colours of the browser's events on the timeline.
import type { Activity } from "../../lib/domain";
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

export function activityName(activity: Activity): string {
  const name = names[activity.name] ?? activity.name;
  return activity.url && activity.name === "$pageview" ? `${name} ${shortUrl(activity.url)}` : name;
}

/** Errors are red, page views have the accent colour, the rest is grey. */
export function activityTone(name: string): string {
  if (name === "$exception" || name === "$rageclick" || name === "$dead_click") return "bg-bad-fill";
  if (name === "$pageview") return "bg-accent";
  return "bg-faint";
}

/** Of two events at one position the one with the higher rank is shown: errors, then page views. */
export const tellingTone = (name: string): number => ["bg-faint", "bg-accent", "bg-bad-fill"].indexOf(activityTone(name));

/** Events that do not help a person who watches a replay. */
const quiet = new Set(["$set", "$web_vitals", "$feature_flag_called", "$groupidentify", "$$heatmap", "$opt_in"]);
export const isTelling = (activity: Activity): boolean => !quiet.has(activity.name);
