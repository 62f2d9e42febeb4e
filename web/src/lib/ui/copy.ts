/** Copies text to the clipboard. False when the browser does not allow it (a page without TLS on another host). */
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
    const done = document.execCommand("copy"); // navigator.clipboard is missing without TLS
    field.remove();
    return done;
  }
}
