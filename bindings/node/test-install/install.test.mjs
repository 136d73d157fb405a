// The package as its users get it: installed from another folder, the native part built for release.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('..', import.meta.url))
const LOGIN = `
  const sandbox = new Sandbox()
  const client = new Client('shanyan', sandbox.options('shanyan'))
  client.fetchNumber(sandbox.phone('13800138000').params('shanyan', 'fetchNumber')).then((fetched) => console.log(String(fetched)))`

let folder
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'quhao-'))
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  writeFileSync(join(folder, 'by-import.mjs'), `import { Client, Sandbox } from 'quhao'\n${LOGIN}`)
  writeFileSync(join(folder, 'by-require.cjs'), `const { Client, Sandbox } = require('quhao')\n${LOGIN}`)
})
after(() => rmSync(folder, { recursive: true }))

for (const how of ['linked', 'packed']) {
  test(`${how}, it logs a user in by import and by require`, { timeout: 1_800_000 }, () => {
    const options = [`--install-links=${how === 'packed'}`, '--no-audit', '--no-fund', '--prefer-offline', '--foreground-scripts']
    execFileSync('npm', ['install', source, ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    for (const program of ['by-import.mjs', 'by-require.cjs']) {
      assert.equal(execFileSync(process.execPath, [program], { cwd: folder, encoding: 'utf8', timeout: 20_000 }), '138****8000\n')
    }
  })
}

test('the native part is no larger than 8 MB', () => {
  const { size } = statSync(join(source, 'native/quhao.node'))
  assert.ok(size <= 8 << 20, `${size} bytes`)
})
