// Whether the navigation shows names beside its icons, kept in this browser. Null: where the window has room.
const key = "playhead.rail";

class Rail {
  choice: boolean | null = $state(read());

  set(named: boolean): void {
    this.choice = named;
    try {
      localStorage.setItem(key, named ? "named" : "icons");
    } catch {
      // Storage may be forbidden: the choice then lasts as long as the page.
    }
  }
}

function read(): boolean | null {
  try {
    const stored = localStorage.getItem(key);
    return stored === "named" ? true : stored === "icons" ? false : null;
  } catch {
    return null;
  }
}

export const rail = new Rail();
