// What the figures may be broken down by: fields of the query language, and properties that programs added.
import type { Field } from "../../lib/domain";

export interface Choice {
  /** The field's name; of a property with "prop." before it. */
  name: string;
  hint: string;
}

/** Fields that most people look for, in that order. */
const common = ["model", "provider", "prompt_name", "prompt_version", "tool", "country", "visitor", "env", "release", "agent", "person"];
const most = 40;

/** All that is known to exist: common fields, properties, then the other fields. */
export function choices(fields: readonly Field[], properties: readonly string[]): Choice[] {
  const groupable = fields.filter((f) => f.groupable && f.name !== "prop.NAME");
  const named = (name: string) => ({ name, hint: fields.find((f) => f.name === name)?.doc ?? "" });
  return [
    ...common.map(named),
    ...properties.map((name) => ({ name: `prop.${name}`, hint: "a property that your program adds" })),
    ...groupable.filter((f) => !common.includes(f.name)).map((f) => named(f.name)),
  ];
}

/** The choices that match the typed text, those that begin with it first. A text that is no field may still name a property that is not listed. */
export function fitting(all: readonly Choice[], typed: string): Choice[] {
  const wanted = typed.trim();
  const rank = ({ name }: Choice) => (name.startsWith(wanted) ? 0 : name.replace(/^prop\./, "").startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 3);
  const found = all.filter((c) => rank(c) < 3).toSorted((a, b) => rank(a) - rank(b)).slice(0, most);
  const property = wanted.replace(/^prop\./, "");
  if (property !== "" && !all.some((c) => c.name === wanted || c.name === `prop.${property}`)) found.push({ name: `prop.${property}`, hint: "the property of this name" });
  return found;
}
