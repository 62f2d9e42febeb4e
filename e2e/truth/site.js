// Serves the pages: one for each scenario, with posthog-js by the documentation's snippet, and one bundle for each way of drawing.
import { build } from 'esbuild'
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { compile } from 'svelte/compiler'
import { listen } from '../lib/listen.js'

const pages = join(import.meta.dirname, 'pages')
const views = { plain: 'plain.js', react: 'react.jsx', vue: 'vue.js', svelte: 'svelte.js', elements: 'elements.js', virtual: 'virtual.js', usechat: 'usechat.jsx', assistant: 'assistant.jsx', copilotkit: '../../chats/copilotkit.jsx', chainlit: '../../chats/chainlit-page.js' }

const svelte = {
  name: 'svelte',
  setup: (b) => b.onLoad({ filter: /\.svelte$/ }, async ({ path }) => ({
    contents: compile(await readFile(path, 'utf8'), { filename: basename(path), generate: 'client' }).js.code, loader: 'js',
  })),
}

/** Bundles the views that scenarios need. Returns the text of each file by its name. */
async function bundle(names) {
  const { outputFiles } = await build({
    entryPoints: names.map((name) => ({ in: join(pages, 'views', views[name]), out: name })), bundle: true, write: false, outdir: '/', format: 'esm', target: 'chrome120', minify: true,
    jsx: 'automatic', conditions: ['browser', 'svelte'], mainFields: ['browser', 'module', 'main'], plugins: [svelte], logLevel: 'error',
    loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  })
  return new Map(outputFiles.map((file) => [basename(file.path), file.text]))
}

/** Options of posthog-js that are not in the documentation's snippet. */
const forTests = { opt_out_useragent_filter: true }

/** The snippet of posthog-js, exactly as in the pages of ../apps. */
const snippet = async () => (await readFile(join(import.meta.dirname, '..', 'apps', 'pages', 'header.html'), 'utf8')).match(/<script>\n(!function[^]*?)<\/script>/)[1]

/** Starts the site for scenarios. `add` sets the settings of a page: see pages/chat.js. */
export async function startSite(scenarios, { captureURL, token }) {
  const [bundles, clock, css, array] = await Promise.all([
    bundle([...new Set(scenarios.map((s) => s.page.view ?? 'plain'))]),
    readFile(join(pages, 'clock.js'), 'utf8'), readFile(join(pages, 'page.css')), snippet(),
  ])
  const settingsOf = new Map()
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://site')
    const [, kind, name] = pathname.split('/')
    const send = (type, body) => response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', 'access-control-allow-origin': '*' }).end(body)
    if (kind === 'page.css') return send('text/css', css)
    if (kind === 'view') return send(name.endsWith('.css') ? 'text/css' : 'text/javascript', bundles.get(name) ?? '')
    if (kind === 'chainlit.js') return send('text/javascript', script({ all: Object.fromEntries(settingsOf), clock, array }))
    if (kind === 'guide') return send('text/html', `<!doctype html><html lang="en"><title>Guide</title><h1>The guide</h1><p>What to read first.</p><script>\n${array}\nposthog.init(${JSON.stringify(token)}, ${JSON.stringify({ api_host: captureURL, ...forTests })})</script></html>`)
    if (kind === 'chat' && settingsOf.has(name)) return send('text/html', page({ settings: settingsOf.get(name), clock, array, inner: searchParams.has('inner') }))
    response.writeHead(404).end()
  })
  return {
    port: await listen(server),
    add: (key, settings) => settingsOf.set(key, settings),
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const optionsOf = ({ playhead, ids, posthog = {} }) => ({
  api_host: playhead, __add_tracing_headers: ids === 'headers' ? ['api.test'] : false, autocapture: { capture_copied_text: true }, ...forTests, ...posthog,
})

/** Brings posthog-js and the truth into the page of a chat that has a server of its own. Its address says which user it is. */
function script({ all, clock, array }) {
  const [{ token }] = Object.values(all)
  return `window.settings = ${JSON.stringify(all)}[new URLSearchParams(location.search).get('key')]
${clock}
${array}
posthog.init(${JSON.stringify(token)}, ${JSON.stringify(Object.fromEntries(Object.entries(all).map(([key, settings]) => [key, optionsOf(settings)])))}[window.settings.key])
import(new URL('/view/chainlit.js', document.currentScript.src))
`
}

function page({ settings, clock, array, inner }) {
  const { playhead, token, view = 'plain', chats = ['chat'], iframe, user, mutations, probe } = settings
  const framed = iframe && !inner
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Chat ${settings.key}</title>
<link rel="stylesheet" href="/page.css">
<link rel="stylesheet" href="/view/${view}.css">
<script>window.settings = ${JSON.stringify(settings).replaceAll('<', '\\u003c')}</script>
<script>${clock}</script>
${inner ? '' : `<script>
${array}
posthog.init(${JSON.stringify(token)}, ${JSON.stringify(optionsOf(settings))})
${user ? `posthog.identify(${JSON.stringify(user)}, { email: ${JSON.stringify(`${user}@example.com`)} })` : ''}
</script>`}
${probe ? `<script src="${playhead}/static/playhead-probe.js" data-answers="${probe}" async></script>` : ''}
</head>
<body>
<header><h1>Help desk</h1><p class="nothing">Answers come from a model and may be wrong.</p></header>
${framed ? `<iframe src="?inner=1" title="Chat"></iframe>` : `${chats.map((_, i) => `<section id="chat-${i}"></section>`).join('\n')}
<script type="module" src="/view/${view}.js"></script>`}
${settings.filler ? '<div class="filler">Terms of use</div>' : ''}
${mutations ? `<div id="spinner">…</div><script>
${mutations === 'attributes'
    ? 'setInterval(() => { for (let i = 0; i < 40; i++) spinner.setAttribute("data-turn", Math.random()) }, 100)'
    : 'setInterval(() => { spinner.textContent = Array.from({ length: 2000 }, () => Math.random().toString(36).slice(2)).join(" ") }, 100)'}
</script>` : ''}
</body>
</html>
`
}
