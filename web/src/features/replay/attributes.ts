// Removes from attributes of a recorded page everything that makes a browser load, look up, connect to or open another host. It is
// an allow-list, because browsers get new attributes: the value of an unlisted attribute must not look like an address.
import { noneKept, type Kept } from "./assets";
import { isLocal, localCSS, nothing } from "./css";

export type Attributes = Record<string, unknown>;

/** Prefix of the attribute with the original value, for inspecting the replayed page. */
const original = "data-left-out-";

/** Attributes that are addresses. They stay when `images` allows them, or when they point into the same page. */
const addresses = new Set(
  ("action archive attributionsrc background cite classid code codebase data dynsrc formaction href http-equiv icon imagesrcset " +
    "longdesc lowsrc manifest ping poster profile rr_dataurl rr_src src srcdoc srcset").split(" "),
);

/**
 * Which of these attributes are images, and on which elements: data URLs are allowed there. They are not allowed for video and audio, because a
 * playlist loads the addresses in it.
 */
const images: Record<string, ReadonlySet<string>> = {
  background: new Set(["body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"]),
  href: new Set(["image", "feimage"]),
  poster: new Set(["video"]),
  rr_dataurl: new Set(["img", "canvas"]),
  src: new Set(["img", "input"]),
  srcset: new Set(["img", "source"]),
};

/** Attributes that are only text to a browser, whatever the value looks like. */
const texts = new Set(
  "abbr accept alt aria charset class content d datetime dir for headers id itemprop label lang media name pattern placeholder points property role rr_open_mode sizes slot summary title type value viewbox xmlns".split(" "),
);

/** Elements that show nothing of their own: they keep the attributes that style sheets may select by. */
const bare = new Set("applet base controlledframe embed fencedframe frame link object param portal script webview".split(" "));
const onBare = new Set(["id", "class", "title", "dir", "lang", "width", "height", "hidden", "slot", "name", "media", "type"]);

/** Returns the attributes that may reach the browser. An address that has a copy is replaced by the copy's. tag is in lower case. */
export function localAttributes(tag: string, attributes: Attributes, copies: Kept = noneKept): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    const lower = name.toLowerCase();
    const local = lower.slice(lower.lastIndexOf(":") + 1);
    if (lower.startsWith("on")) continue; // event handlers do not run here anyway
    if (local === "style" || lower === "_csstext") kept[name] = localStyle(value, copies);
    else if (typeof value !== "string" || value === "" || lower.startsWith("data-") || lower.startsWith("aria-")) kept[name] = value;
    else if (tag === "link" && lower === "rel" && isStylesheet(value) && copies !== noneKept) kept[name] = value;
    else if (tag === "link" && lower === "href" && isStylesheet(attributes.rel) && copies(value) !== null) kept[name] = copies(value);
    else if (bare.has(tag) && !onBare.has(lower)) kept[original + word(lower)] = value;
    else if (addresses.has(local)) {
      const copy = images[local]?.has(tag) ? copyOf(local, value, copies) : null;
      if (mayStay(tag, local, value)) kept[name] = value;
      else if (copy !== null) kept[name] = copy;
      else {
        kept[original + word(lower)] = value;
        const instead = standIn(tag, local);
        if (instead !== null) kept[name] = instead;
      }
    } else if (texts.has(lower) || lower.startsWith("xmlns") || isPlain(value)) kept[name] = value;
    else {
      kept[original + word(lower)] = value;
      kept[name] = ""; // style sheets may select by its presence
    }
  }
  return kept;
}

const word = (name: string) => name.replace(/[^a-z0-9-]/g, "-");

/** The value of a style attribute: text, or, in a change, the properties that changed. */
function localStyle(value: unknown, copies: Kept): unknown {
  if (typeof value === "string") return localCSS(value, copies);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const kept: Attributes = {};
  for (const [property, set] of Object.entries(value)) {
    if (!isProperty(property)) continue;
    if (typeof set === "string") kept[property] = localCSS(set, copies);
    else if (Array.isArray(set)) kept[property] = [localCSS(String(set[0] ?? ""), copies), set[1] === "important" ? "important" : ""];
    else kept[property] = set;
  }
  return kept;
}

/** Whether it is only a property's name: the replayer concatenates it with a value as text. */
export const isProperty = (name: string) => /^[-\w\x80-\uffff]+$/.test(name);

const isStylesheet = (rel: unknown) => typeof rel === "string" && /^\s*stylesheet\s*$/i.test(rel);

/** The copy of an image; of a list of candidates, the copies of those that have one. */
function copyOf(name: string, value: string, copies: Kept): string | null {
  if (name !== "srcset") return copies(value);
  const list: string[] = [];
  // Each is an address up to white space, which a comma may end, and then a descriptor up to a comma.
  for (const [, address = "", descriptor = ""] of value.matchAll(/[\s,]*([^\s,]\S*)([^,]*)/g)) {
    const copy = copies(address.replace(/,+$/, ""));
    if (copy !== null) list.push(address.endsWith(",") || descriptor.trim() === "" ? copy : `${copy} ${descriptor.trim()}`);
  }
  return list.length > 0 ? list.join(", ") : null;
}

const isImage = (value: string) => /^\s*data:image\//i.test(value);

function mayStay(tag: string, name: string, value: string): boolean {
  if (name === "href" && value.startsWith("#")) return true;
  if (!images[name]?.has(tag) || !isLocal(value)) return false;
  // One image only: the comma in a data URL would also separate the entries of a list.
  return name === "srcset" ? /^\s*data:image\/\S+(\s+[\d.]+[wxh])?\s*$/i.test(value) : isImage(value);
}

/** Attributes that keep the look of an element without its address: a link still looks like a link, an image like one that was not loaded. */
function standIn(tag: string, name: string): string | null {
  if (name === "href" && (tag === "a" || tag === "area")) return "about:blank";
  if (name === "src" && (tag === "img" || tag === "input")) return nothing;
  return null;
}

/** Whether a value cannot be an address elsewhere: no scheme, no host, and no escape that could hide one. */
const isPlain = (value: string) => !/[:\\]|\/[\t\n\r]*\//.test(value);
