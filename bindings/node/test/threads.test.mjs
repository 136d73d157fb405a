import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { Client, Sandbox } from 'quhao'

const skip = process.platform !== 'linux'

/** What a process without threads is told of its call, whose token is then used here if it is still good. */
async function threadless(how) {
  const sandbox = new Sandbox()
  const [options, params] = [sandbox.options('shanyan'), sandbox.phone(NUMBER, 'cmcc').params('shanyan', 'fetchNumber')]
  const args = [...process.execArgv.filter((arg) => !arg.startsWith('--test')), new URL('fixtures/threadless.mjs', import.meta.url).pathname]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000, input: JSON.stringify({ how, options, params }) })
  assert.equal(stderr, '')
  const told = JSON.parse(stdout)
  if (told !== NUMBER) assert.equal((await new Client('shanyan', options).fetchNumber(params)).number, NUMBER)
  assert.equal(sandbox.ledger().length, 1)
  sandbox.close()
  return told
}

test('a call that is refused the I/O thread is an error and spends nothing', { skip }, async () => {
  assert.deepEqual(await threadless('by itself'), { name: 'TransportError', phase: 'connect', retry: 'same_token', charge: 'no', message: 'the I/O thread could not be started' })
})

test('once the I/O thread runs, a call needs no other', { skip }, async () => {
  assert.equal(await threadless('after another'), NUMBER)
})

test('a call whose name needs a thread to be resolved is an error and spends nothing', { skip }, async () => {
  const { message, ...facts } = await threadless('after another, by a name')
  assert.deepEqual(facts, { name: 'TransportError', phase: 'connect', retry: 'same_token', charge: 'no' })
  assert.match(message, /^connect failed: /)
})

const NUMBER = '13800138000'
