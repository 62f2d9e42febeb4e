// Chromium, unchanged except for host names: every name under .test resolves to this machine.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome']

/** Starts Chromium. A context of it forgets everything, like a private window. */
export const startBrowser = () => chromium.launch(options())

/**
 * Starts a browser with a profile in a folder and more arguments, and returns its only context. This is what people use:
 * private windows do not look up names in advance.
 */
export const startProfile = (folder, more) => chromium.launchPersistentContext(folder, { ...options(), args: [...options().args.filter((arg) => arg !== quiet), ...more], ignoreDefaultArgs: [quiet] })

const quiet = '--disable-background-networking'

function options() {
  const executablePath = process.env.CHROMIUM || places.find(existsSync)
  if (!executablePath) {
    throw new Error(`No Chromium at ${places.join(', ')}. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.`)
  }
  return {
    executablePath,
    args: [
      '--host-resolver-rules=MAP *.test 127.0.0.1',
      '--no-sandbox', // CI runs as root, where Chromium's own sandbox cannot start
      '--disable-dev-shm-usage',
      quiet, '--disable-component-update',
    ],
  }
}
