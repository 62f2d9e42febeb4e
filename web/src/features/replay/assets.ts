// What was fetched of what a recorded page refers to on other hosts, and is shown in its place.
import { asked } from "../../lib/api/project";

/** Where the copy of what an absolute address leads to is; null when there is none. */
export type Kept = (address: string) => string | null;

export const noneKept: Kept = () => null;

/** The copies that the server has, of hosts as its setting names them. Whether it has one is known when it is asked. */
export function servedFrom(hosts: readonly string[], page: { origin: string; pathname: string; search: string }): Kept {
  if (hosts.length === 0) return noneKept;
  return (address) => {
    const { whole, fragment } = cut(address);
    const host = hostOf(whole);
    if (host === null || !hosts.some((name) => name === host || (name.startsWith("*.") && host.endsWith(name.slice(1))))) return null;
    return page.origin + asked(`/api/assets?url=${encodeURIComponent(whole)}`, page) + fragment;
  };
}

/** The copies that a file has in itself, as data URLs by address. */
export function inlinedIn(copies: Readonly<Record<string, string>>): Kept {
  return (address) => {
    const { whole, fragment } = cut(address);
    const copy = Object.hasOwn(copies, whole) ? copies[whole] : undefined;
    return copy?.startsWith("data:") ? copy + fragment : null;
  };
}

/** A fragment is the page's, not the host's: an image of several in one file. */
function cut(address: string): { whole: string; fragment: string } {
  const text = address.trim();
  const at = text.indexOf("#");
  return at < 0 ? { whole: text, fragment: "" } : { whole: text.slice(0, at), fragment: text.slice(at) };
}

/** The host of an absolute address, with the port where it is not the usual one. */
function hostOf(address: string): string | null {
  if (!/^https?:\/\//i.test(address)) return null;
  try {
    const { host, username, password } = new URL(address);
    return username === "" && password === "" ? host : null;
  } catch {
    return null;
  }
}
