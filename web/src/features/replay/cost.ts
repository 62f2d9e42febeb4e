// For tests: what work costs, whatever else the machine does.
declare const process: { cpuUsage(): { user: number; system: number } };

/** The least processor time of three runs, ms. */
export function cost(work: () => void): number {
  return Math.min(
    ...Array.from({ length: 3 }, () => {
      const from = process.cpuUsage();
      work();
      const to = process.cpuUsage();
      return (to.user - from.user + to.system - from.system) / 1000;
    }),
  );
}

/** How many times as much work costs for sixteen times the input: 16 when it is linear, 256 when it is quadratic. Small inputs cost little; 2 ms are not told from nothing. */
export function growth<T>(make: (n: number) => T, work: (input: T) => void, n: number): number {
  const of = (size: number) => {
    const inputs = Array.from({ length: 3 }, () => make(size));
    return cost(() => work(inputs.pop() as T));
  };
  of(n); // compiles it
  return of(16 * n) / Math.max(2, of(n));
}
