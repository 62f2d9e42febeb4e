// Which copies the server has, asked once.
import { api } from "../../lib/api/client";
import { noneKept, servedFrom, type Kept } from "./assets";

let asking: Promise<Kept> | undefined;

/** The copies that this page's reader may see. Guests see none. Nobody sees any while the server does not say of which hosts it has copies. */
export function copies(): Promise<Kept> {
  if (location.pathname.startsWith("/shared/")) return Promise.resolve(noneKept);
  asking ??= api.assetHosts().then(
    (hosts) => servedFrom(hosts, location),
    () => {
      asking = undefined;
      return noneKept;
    },
  );
  return asking;
}
