// Programs that the tests start. Each runs in its own process group and is ended by its id, also when the tests fail or
// are interrupted.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const running = new Set()

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(1))
}
process.once('exit', () => {
  for (const program of running) program.signal('SIGKILL')
})

/**
 * Starts a program and waits until a line of its output matches. Returns the program with the match.
 * It fails with the program's output if the program ends before, or takes longer than `within` milliseconds.
 * A program that is `tied` ends when its standard input ends, and so also when the tests are killed.
 */
export async function start(command, args, { cwd, env, ready, within = 30_000, tied = false, patience = 5000 }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: [tied ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  const program = {
    output: '',
    // Its output closes when the last process of the group has ended: `go run` ends before the program that it started.
    ended: once(child, 'close'),
    signal(name) {
      try {
        process.kill(-child.pid, name)
      } catch (error) {
        if (error.code !== 'ESRCH') throw error
      }
    },
    /** Asks the program to end, and kills it after `patience` milliseconds. Returns its exit code, or null when it had to be killed. */
    async stop() {
      if (!running.has(program)) return child.exitCode
      if (tied) child.stdin.end()
      else program.signal('SIGTERM')
      const insist = setTimeout(() => program.signal('SIGKILL'), patience)
      await program.ended
      clearTimeout(insist)
      return child.exitCode
    },
  }
  running.add(program)
  program.ended.then(() => running.delete(program))
  const matched = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${command} was not ready after ${within} ms:\n${program.output}`)), within)
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        program.output += text
        const match = program.output.match(ready)
        if (!match) return
        clearTimeout(timer)
        resolve(match)
      })
    }
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      reject(new Error(`${command} ended with ${code ?? signal} before it was ready:\n${program.output}`))
    })
  })
  try {
    program.match = await matched
  } catch (error) {
    program.signal('SIGKILL')
    throw error
  }
  return program
}
