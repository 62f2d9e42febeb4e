/** Adds the project of the page's address (`?project=shop`) to an address of the API. Without one, the server uses its first project. */
export function inProject(path: string, pageSearch: string): string {
  const project = new URLSearchParams(pageSearch).get("project");
  return project ? `${path}${path.includes("?") ? "&" : "?"}project=${encodeURIComponent(project)}` : path;
}

/**
 * An address of the API as the page at an address asks it: the page of a link for guests (`/shared/TOKEN`) asks what the link shows, and
 * every other page asks about its project.
 */
export function asked(path: string, page: { pathname: string; search: string }): string {
  const guest = /^\/shared\/[^/]+/.exec(page.pathname);
  return guest ? guest[0] + path : inProject(path, page.search);
}
