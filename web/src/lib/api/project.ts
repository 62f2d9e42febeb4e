/** Adds the project of the page's address (`?project=shop`) to an address of the API. Without one, the server uses its first project. */
export function inProject(path: string, pageSearch: string): string {
  const project = new URLSearchParams(pageSearch).get("project");
  return project ? `${path}${path.includes("?") ? "&" : "?"}project=${encodeURIComponent(project)}` : path;
}
