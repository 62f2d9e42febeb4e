export const speeds = [0.5, 1, 1.5, 2, 4, 8, 16];

/** The next speed up or down. */
export function nextSpeed(speed: number, by: 1 | -1): number {
  const i = speeds.indexOf(speed);
  return speeds[Math.max(0, Math.min(speeds.length - 1, i + by))] ?? 1;
}
