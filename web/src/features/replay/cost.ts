// For tests: measures processor time, independent of other load on the machine.
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

/** The ratio of the times for 16 n and n: about 16 for linear work, 256 for quadratic. The time for n counts as 2 ms at least. */
export function growth<T>(make: (n: number) => T, work: (input: T) => void, n: number): number {
  const of = (size: number) => {
    const inputs = Array.from({ length: 3 }, () => make(size));
    return cost(() => work(inputs.pop() as T));
  };
  of(n); // warms up the compiler
  return of(16 * n) / Math.max(2, of(n));
}
