// Memory, threads and descriptors stay as they are, however many log in: `QUHAO_SOAK_CALLS`, or a few thousand.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

const CALLS = Number(process.env.QUHAO_SOAK_CALLS ?? 4000)
/** At once: one by one JavaScript's thread carries them, many the I/O thread. */
const LANES = [1, 50]
const ALLOWED_KIB = 4096

for (const lanes of LANES) test(`${CALLS} logins, ${lanes} at once, leave nothing behind`, { timeout: 3_600_000 }, async (t) => {
  // The engine's room for young objects grows for a long while, to 16 MiB; here it has its size from the start.
  const flags = ['--expose-gc', '--max-semi-space-size=1', ...process.execArgv.filter((arg) => !arg.startsWith('--test'))]
  const program = new URL('fixtures/soaked.mjs', import.meta.url).pathname
  const soaked = spawn(process.execPath, [...flags, program, String(CALLS), String(lanes)], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined }, stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => soaked.kill())
  let out = ''
  soaked.stdout.on('data', (chunk) => (out += chunk))
  assert.deepEqual(await once(soaked, 'close'), [0, null])
  t.diagnostic(out.trim())

  const { ended, grown } = JSON.parse(out)
  assert.ok(grown.kib <= ALLOWED_KIB && grown.heapKib <= 512, `expected ${ALLOWED_KIB} KiB more at most, got ${JSON.stringify(grown)}`)
  assert.ok(grown.threads <= 0 && grown.handles <= 0, JSON.stringify(grown))
  // The pool keeps one connection a lane at most.
  assert.ok(grown.descriptors <= lanes, JSON.stringify(grown))
  assert.ok(ended.ok > CALLS * 0.9 && ended.refused > 0 && ended.lost > 0 && ended.aborted > 0, JSON.stringify(ended))
})
