/** The command that asks for an address of the API. output is the file that it writes. */
export function curl(origin: string, path: string, output?: string): string {
  // A quote in a query is escaped as %27 by no browser, and would end the shell's.
  const address = `${origin}${path}`.replaceAll("'", "%27");
  return `curl -u :PASSWORD ${output ? `-o ${output} ` : ""}'${address}'`;
}
