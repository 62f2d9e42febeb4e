/** Puts text on the clipboard. False when the browser does not allow it (a page without TLS on a foreign host). */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy"); // the only way where navigator.clipboard is missing
    field.remove();
    return done;
  }
}
