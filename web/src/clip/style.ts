/** The look of a clip, in the colours that the browser prefers. */
export const clipStyle = `
:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { margin: 0; height: 100vh; display: grid; grid-template-rows: auto minmax(0, 1fr) auto; }
h1 { font-size: 14px; margin: 0; padding: 8px 12px; }
main { display: grid; grid-template-columns: minmax(0, 1fr) 320px; gap: 12px; padding: 0 12px; }
.screen { position: relative; overflow: hidden; background: #8882; border-radius: 6px; }
.screen iframe { position: absolute; inset: 0 auto auto 0; border: 0; transform-origin: 0 0; background: #fff; }
.messages { margin: 0; padding: 0; list-style: none; overflow: auto; }
.messages li { padding: 8px; border-radius: 6px; }
.messages li.current { background: #4f46e522; }
.when { font: inherit; font-size: 12px; opacity: .75; background: none; border: 0; padding: 0; cursor: pointer; color: inherit; }
.message { margin: 4px 0; padding: 6px 8px; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; background: #8882; }
.asked { margin-left: 24px; background: #4f46e533; }
.bar { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 12px; align-items: center; padding: 8px 12px; }
.play { font: inherit; min-width: 72px; padding: 4px 8px; }
.time { font-variant-numeric: tabular-nums; }
.lane { position: relative; height: 12px; margin: 0 8px; }
.call { position: absolute; top: 0; height: 12px; padding: 0; border: 0; border-radius: 3px; background: #4f46e5; cursor: pointer; }
.call.failed { background: #dc2626; }
.seek { width: 100%; margin: 0; }
.problem { padding: 12px; color: #dc2626; }
@media (max-width: 800px) { main { grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(0, 1fr) 30vh; } }
`;
