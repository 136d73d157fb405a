import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { Client, Sandbox } from 'quhao'

const skip = process.platform !== 'linux'

/** What a process without threads is told of its call, whose token is then used here. */
async function refused(isBegun) {
  const sandbox = new Sandbox()
  const [options, phone] = [sandbox.options('shanyan'), sandbox.phone('13800138000', 'cmcc')]
  const [before, params] = [isBegun, true].map((is) => is && phone.params('shanyan', 'fetchNumber'))
  const args = [...process.execArgv.filter((arg) => !arg.startsWith('--test')), new URL('fixtures/threadless.mjs', import.meta.url).pathname]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000, input: JSON.stringify({ options, before, params }) })
  assert.equal(stderr, '')
  assert.equal((await new Client('shanyan', options).fetchNumber(params)).number, '13800138000')
  assert.equal(sandbox.ledger().length, isBegun ? 2 : 1)
  sandbox.close()
  return JSON.parse(stdout)
}

test('a call that is refused the I/O thread is an error and spends nothing', { skip }, async () => {
  assert.deepEqual(await refused(false), { name: 'ConfigError', phase: null, retry: 'never', charge: 'no', message: 'the I/O thread could not be started' })
})

test('and so is one whose name needs a thread to be resolved', { skip }, async () => {
  const { message, ...facts } = await refused(true)
  assert.deepEqual(facts, { name: 'TransportError', phase: 'connect', retry: 'same_token', charge: 'no' })
  assert.match(message, /^connect failed: /)
})
