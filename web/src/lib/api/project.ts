/** An address of the API, about the project that the page's own address names (`?project=shop`); the server's first where it names none. */
export function inProject(path: string, pageSearch: string): string {
  const project = new URLSearchParams(pageSearch).get("project");
  return project ? `${path}${path.includes("?") ? "&" : "?"}project=${encodeURIComponent(project)}` : path;
}
