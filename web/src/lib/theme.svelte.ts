// Light, dark, or as the system says; kept in this browser.
export type Theme = "auto" | "light" | "dark";

const key = "playhead.theme";
const themes: Theme[] = ["auto", "light", "dark"];

class ThemeChoice {
  value: Theme = $state(read());

  constructor() {
    this.#apply();
  }

  next(): void {
    this.value = themes[(themes.indexOf(this.value) + 1) % themes.length] ?? "auto";
    try {
      localStorage.setItem(key, this.value);
    } catch {
      // Storage may be forbidden: the choice then lasts as long as the page.
    }
    this.#apply();
  }

  #apply(): void {
    if (this.value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.value;
  }
}

function read(): Theme {
  try {
    const stored = localStorage.getItem(key);
    return themes.find((t) => t === stored) ?? "auto";
  } catch {
    return "auto";
  }
}

export const theme = new ThemeChoice();
