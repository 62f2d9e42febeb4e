// A browser whose clock is wrong, or jumps. It runs before everything else on the page, including posthog-js, which must see the wrong clock, too.
{
  const Real = Date
  const now = Real.now.bind(Real)
  const clock = window.clock = { shift: window.settings.clock ?? 0, began: window.settings.clock ?? 0, real: () => origin + performance.now() }
  const origin = performance.timeOrigin
  const shifted = () => now() + clock.shift
  if (window.settings.clock || window.settings.jumps) {
    window.Date = new Proxy(Real, {
      construct: (target, args, as) => Reflect.construct(target, args.length ? args : [shifted()], as),
      apply: () => new Real(shifted()).toString(),
      get: (target, name) => (name === 'now' ? shifted : target[name]),
    })
    // The time at which the page was loaded is by the same clock. A later jump does not change it, because it is monotonic from then on.
    Object.defineProperty(performance, 'timeOrigin', { value: origin + clock.shift })
  }
}
