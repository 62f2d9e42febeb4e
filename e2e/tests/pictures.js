// The README shows exactly the pictures of the tests' list.
import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { folder, pictures as made } from '../lib/pictures.js'
import { root } from '../lib/playhead.js'

export function pictures() {
  it('the README’s pictures are those that make screenshots makes', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    const named = [...readme.matchAll(/!\[([^\]]*)\]\(([^)]+\.png)\)/g)]
    for (const [whole, alt] of named) assert.ok(alt.length > 20, `${whole}: says what can be seen`)
    const files = made.map(({ file }) => `${folder}/${file}`).toSorted()
    assert.deepEqual(named.map(([, , file]) => file).toSorted(), files)
    assert.deepEqual((await readdir(join(root, folder))).map((file) => `${folder}/${file}`).toSorted(), files)
    for (const file of files) {
      const { size } = await stat(join(root, file))
      assert.ok(size > 20_000 && size < 400_000, `${file}: ${size} bytes`)
    }
  })
}
