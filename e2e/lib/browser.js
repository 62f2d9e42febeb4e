// Chromium, unchanged but for host names: every name under .test is this machine.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome']

export function startBrowser() {
  const executablePath = process.env.CHROMIUM || places.find(existsSync)
  if (!executablePath) {
    throw new Error(`No Chromium at ${places.join(', ')}. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.`)
  }
  return chromium.launch({
    executablePath,
    args: [
      '--host-resolver-rules=MAP *.test 127.0.0.1',
      '--no-sandbox', // CI runs as root, where Chromium's own sandbox cannot start
      '--disable-dev-shm-usage',
      '--disable-background-networking', '--disable-component-update',
    ],
  })
}
