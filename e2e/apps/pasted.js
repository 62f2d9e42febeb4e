// Starts the code of the Setup page as a reader would: pasted into the smallest backend of its stack, with the packages that it names.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, transform } from 'esbuild'
import { start } from '../lib/processes.js'
import { root } from '../lib/playhead.js'

const e2e = join(root, 'e2e')
const python = join(e2e, '.venv', 'bin')

/** The snippets of the Setup page, as the page itself has them. */
export async function snippets(place, option) {
  const { outputFiles } = await build({ entryPoints: [join(root, 'web/src/features/setup/snippets.ts')], bundle: true, format: 'esm', write: false })
  const { backends } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
  return backends(place, option)
}

/** Starts a backend around a snippet. Its POST /api/chat is what the snippet's user wrote. Returns its port, and how to stop it. */
export async function startPasted({ id, code }, { option, openAI }) {
  const folder = await folderOf(id)
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const env = { OPENAI_BASE_URL: openAI, OPENAI_API_KEY: 'sk-test', OPTION: option, OTEL_BSP_SCHEDULE_DELAY: '500', ...await stacks[id](folder, code) }
    const { COMMAND, ...others } = env
    const program = await start('sh', ['-c', COMMAND], { cwd: folder, env: others, ready: /listening on (\d+)/, within: 120_000 })
    return { port: Number(program.match[1]), program, stop: () => program.stop().then(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}

/** A folder from which programs find the packages of e2e. For older versions of the AI SDK, the names of its packages mean these. */
async function folderOf(id) {
  const folder = await mkdtemp(join(e2e, 'node_modules', '.pasted-'))
  if (id === 'vercel-6') {
    await mkdir(join(folder, 'node_modules/@ai-sdk'), { recursive: true })
    await symlink(join(e2e, 'node_modules/ai6'), join(folder, 'node_modules/ai'))
    await symlink(join(e2e, 'node_modules/ai-sdk-openai-3'), join(folder, 'node_modules/@ai-sdk/openai'))
  }
  return folder
}

/** Files of a snippet by their names: each begins with a line "// name" or "# name". */
function files(code) {
  const parts = code.split(/^(?:\/\/|#) (\.env|\S+\.ts|Python)\n/m)
  return Object.fromEntries([['', parts[0]], ...parts.slice(1).flatMap((_, i, all) => (i % 2 ? [] : [[all[i], all[i + 1]]]))])
}

// For each snippet: writes the backend into a folder, and returns its environment, with the COMMAND that starts it.
const stacks = {
  async node(folder, code) {
    await writeFile(join(folder, 'main.mjs'), `import express from 'express'
const app = express()
app.use(express.json(), (req, res, next) => { req.userId = 'ada'; next() })
${code}
const server = app.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
`)
    return { COMMAND: 'exec node main.mjs' }
  },

  async python(folder, code) {
    await writeFile(join(folder, 'main.py'), flask(`current_user = SimpleNamespace(id="ada")\n${code}`))
    return { COMMAND: `exec ${python}/python main.py` }
  },

  async go(folder, code) {
    await writeFile(join(folder, 'main.go'), goProgram(code))
    await writeFile(join(folder, 'go.mod'), `module pasted\n\ngo 1.25.0\n\nrequire (\n\tgithub.com/google/uuid v1.6.0\n\tgithub.com/playheadhq/playhead/sdk/go v0.0.0\n)\n\nreplace github.com/playheadhq/playhead/sdk/go => ${root}/sdk/go\n`)
    return { COMMAND: `cp ${root}/sdk/go/go.sum . && go build -mod=mod -o main . && exec ./main` }
  },

  otlp: instrumented,
  'otlp-grpc': instrumented,

  vercel: next,
  'vercel-6': next,
  'posthog-otel': next,

  async 'posthog-otel-python'(folder, code) {
    const [setup, block] = code.split(/^(?=with )/m)
    await writeFile(join(folder, 'main.py'), flask(`from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider

provider = TracerProvider()
OpenAIInstrumentor().instrument(tracer_provider=provider)
client = openai.OpenAI()
${setup}
${route(block)}`))
    return {
      OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental', OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY',
      COMMAND: `exec ${python}/python main.py`,
    }
  },

  async langfuse(folder, code) {
    const { '': shell, Python } = files(code)
    const [imports, block] = Python.split(/^(?=with )/m)
    await writeFile(join(folder, 'main.py'), flask(`from langfuse.openai import OpenAI\n${imports}\nclient = OpenAI()\n${route(block)}`))
    return { COMMAND: `${shell}\nexec ${python}/python main.py` }
  },

  async http(folder, code) {
    await writeFile(join(folder, 'curl.sh'), code)
    await writeFile(join(folder, 'main.mjs'), `import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
const server = createServer(async (req, res) => {
  const body = JSON.parse(Buffer.concat(await req.toArray()))
  const session = process.env.OPTION === 'headers' ? req.headers['x-posthog-session-id'] : body.sessionId
  res.end(execFileSync('sh', ['-c', readFileSync('curl.sh', 'utf8').replace('the browser session', session)]))
}).listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
`)
    return { COMMAND: 'exec node main.mjs' }
  },
}

/** The files of Next.js: what it does with them is to call register, and then POST for each request. */
async function next(folder, code) {
  const { '.env': settings = '', ...sources } = files(code)
  for (const name of ['instrumentation.ts', 'app/api/chat/route.ts']) {
    const { code: javascript } = await transform(sources[name], { loader: 'ts' })
    await writeFile(join(folder, name.replaceAll('/', '_').replace('.ts', '.mjs')), javascript)
  }
  await writeFile(join(folder, 'main.mjs'), `import { createServer } from 'node:http'
const { register } = await import('./instrumentation.mjs')
register()
const { POST } = await import('./app_api_chat_route.mjs')
const server = createServer(async (req, res) => {
  const { message, ...others } = JSON.parse(Buffer.concat(await req.toArray()))
  const body = JSON.stringify({ ...others, messages: [{ id: 'm1', role: 'user', parts: [{ type: 'text', text: message }] }] })
  const answer = await POST(new Request('http://localhost/api/chat', { method: 'POST', headers: req.headers, body }))
  res.end(await answer.text())
}).listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port))
`)
  const env = Object.fromEntries([...settings.matchAll(/^(\w+)="(.*)"$/gm)].map(([, name, value]) => [name, value]))
  return { ...env, COMMAND: 'exec node main.mjs' }
}

/** A backend of OpenTelemetry for Python, which is told everything by its environment. If the session is in the body, it does what the snippet's last line says. */
async function instrumented(folder, code) {
  const byHand = code.match(/^# (span\..*)$/m)?.[1]
  await writeFile(join(folder, 'main.py'), flask(`from opentelemetry import trace

client = openai.OpenAI()
${route(byHand ? `span = trace.get_current_span()\nsession_id = request.json["sessionId"]\n${byHand}\nanswer(request)` : 'answer(request)')}`))
  return { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true', COMMAND: `${code}\nexec ${python}/opentelemetry-instrument ${python}/python main.py` }
}

const flask = (code) => `import openai
from types import SimpleNamespace
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

app = Flask("pasted")


def answer(request):
    client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": request.json["message"]}])


${code}

server = make_server("127.0.0.1", 0, app, threaded=True)
print(f"listening on {server.port}", flush=True)
server.serve_forever()
`

const route = (block) => `@app.route("/api/chat", methods=["POST"])
def chat():
${block.trimEnd().replace(/^(?=.)/gm, '    ')}
    return "ok"
`

/** The snippet as the main function. What it leaves to the reader is how to ask the model, and how a body is read. */
const goProgram = (code) => `package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	playhead "github.com/playheadhq/playhead/sdk/go"
)

var (
	body     struct{ SessionID, Message string }
	question string
)

func ask(ctx context.Context, models *http.Client, question string) (string, error) {
	asked, _ := json.Marshal(map[string]any{"model": "gpt-5-mini", "messages": []any{map[string]any{"role": "user", "content": question}}})
	r, _ := http.NewRequestWithContext(ctx, "POST", os.Getenv("OPENAI_BASE_URL")+"/chat/completions", bytes.NewReader(asked))
	r.Header.Set("Content-Type", "application/json")
	res, err := models.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return string(text), err
}

func main() {
${code.replace('// …', 'if err != nil {\n\t\tlog.Print(err)\n\t}\n\t_, _ = io.WriteString(w, answer)')}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewDecoder(r.Body).Decode(&body)
		question = body.Message
		http.DefaultServeMux.ServeHTTP(w, r)
	})))
}
`
