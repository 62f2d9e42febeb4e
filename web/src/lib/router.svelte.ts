// The address bar as state: push goes to another page, adjust changes the current one.
import { format, parse, type Query, type Route } from "./route";

class Router {
  route: Route = $state.raw(parse(location.pathname, location.search));
  /** Whether the present address was reached by the browser's back or forward button. */
  returned = false;

  constructor() {
    addEventListener("popstate", () => {
      this.returned = true;
      this.#read();
    });
    // One listener handles every link of the page, except clicks that the browser should handle.
    document.addEventListener("click", (event) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const a = (event.target as Element).closest?.("a");
      if (!a || a.target || a.hasAttribute("download") || a.origin !== location.origin) return;
      if (parse(a.pathname, a.search).page === "missing") return; // the server's own pages
      event.preventDefault();
      this.push(a.pathname + a.search);
    });
  }

  get query(): Query {
    return this.route.query;
  }

  /** The address of another page, with the current project. */
  link(path: string, query: Record<string, string | number | boolean | null | undefined> = {}): string {
    return format(path, { project: this.query.project, ...query });
  }

  push(url: string): void {
    if (url !== location.pathname + location.search) {
      history.pushState(null, "", url);
      this.returned = false;
    }
    this.#read();
  }

  replace(url: string): void {
    history.replaceState(null, "", url);
    this.#read();
  }

  /** Changes parameters without a new history entry; null removes a parameter. */
  adjust(changes: Record<string, string | number | boolean | null>): void {
    const url = format(location.pathname, { ...this.query, ...changes });
    if (url !== location.pathname + location.search) this.replace(url);
  }

  /** The same with a new history entry, so that the back button undoes it. */
  step(changes: Record<string, string | number | boolean | null>): void {
    this.push(format(location.pathname, { ...this.query, ...changes }));
  }

  #read(): void {
    this.route = parse(location.pathname, location.search);
  }
}

export const router = new Router();
