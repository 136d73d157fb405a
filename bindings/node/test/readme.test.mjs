// Every block of JavaScript in the READMEs runs, and prints what it says it prints.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { root } from './support.mjs'

for (const file of ['bindings/node/README.md', 'README.md', 'README.zh-CN.md']) {
  const blocks = [...readFileSync(root + file, 'utf8').matchAll(/^```(?:js|javascript)\n(.*?)^```$/gms)].map(([, code]) => code)
  test(`${file}: ${blocks.length} blocks run`, () => {
    assert.ok(blocks.length >= 3 || !file.startsWith('bindings'))
    for (const code of blocks) {
      const flags = process.execArgv.filter((arg) => !arg.startsWith('--test'))
      const ran = spawnSync(process.execPath, [...flags, '--input-type=module', '--eval', code], {
        cwd: `${root}bindings/node`, encoding: 'utf8', timeout: 20_000, env: { ...process.env, NODE_TEST_CONTEXT: undefined },
      })
      assert.equal(ran.status, 0, code + ran.stderr + ran.stdout)
      const said = [...code.matchAll(/console\.log\(.*\) +\/\/ (.+)$/gm)].map(([, line]) => line)
      for (const line of said) assert.ok(ran.stdout.split('\n').includes(line), `${line}: ${ran.stdout}`)
    }
  })
}
