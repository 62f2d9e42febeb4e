/** The command that requests an address of the API. output is the file that it writes. */
export function curl(origin: string, path: string, output?: string): string {
  // A single quote in an address may be unescaped. It would end the shell's string.
  const address = `${origin}${path}`.replaceAll("'", "%27");
  return `curl -u :PASSWORD ${output ? `-o ${output} ` : ""}'${address}'`;
}
