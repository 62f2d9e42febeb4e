// The time of day for relative times, ticking once for the whole page.
class Clock {
  now = $state(Date.now());

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.now = Date.now();
    }, 5000);
  }
}

export const wall = new Clock();
