// Copies of what a recorded page refers to on other hosts. They are shown in place of the originals.
import { asked } from "../../lib/api/project";

/** Returns where the copy of an absolute address is; null when there is none. */
export type Kept = (address: string) => string | null;

export const noneKept: Kept = () => null;

/** The copies on the server, for the hosts that its setting names. Whether it has a certain copy is known only from its answer. */
export function servedFrom(hosts: readonly string[], page: { origin: string; pathname: string; search: string }): Kept {
  if (hosts.length === 0) return noneKept;
  return (address) => {
    const { whole, fragment } = cut(address);
    const host = hostOf(whole);
    if (host === null || !hosts.some((name) => name === host || (name.startsWith("*.") && host.endsWith(name.slice(1))))) return null;
    return page.origin + asked(`/api/assets?url=${encodeURIComponent(whole)}`, page) + fragment;
  };
}

/** The copies inside a file, as data URLs by address. */
export function inlinedIn(copies: Readonly<Record<string, string>>): Kept {
  return (address) => {
    const { whole, fragment } = cut(address);
    const copy = Object.hasOwn(copies, whole) ? copies[whole] : undefined;
    return copy?.startsWith("data:") ? copy + fragment : null;
  };
}

/** Splits off the fragment, which hosts do not get: it selects one of several images in a file. */
function cut(address: string): { whole: string; fragment: string } {
  const text = address.trim();
  const at = text.indexOf("#");
  return at < 0 ? { whole: text, fragment: "" } : { whole: text.slice(0, at), fragment: text.slice(at) };
}

/** The host of an absolute address, with the port if it is not the default one. */
function hostOf(address: string): string | null {
  if (!/^https?:\/\//i.test(address)) return null;
  try {
    const { host, username, password } = new URL(address);
    return username === "" && password === "" ? host : null;
  } catch {
    return null;
  }
}
