import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gateway, numberReply } from './support.mjs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'

test('parent and children of a cluster interleave 200 calls, and every answer belongs to its asker', async () => {
  const server = await gateway(async ({ accessToken }) => {
    await new Promise((done) => setTimeout(done, Math.random() * 10))
    return numberReply(`1370${accessToken.padStart(7, '0')}`)
  })
  const fixture = new URL('fixtures/cluster.mjs', import.meta.url).pathname
  const flags = process.execArgv.filter((arg) => !arg.startsWith('--test'))
  const env = { ...process.env, GATEWAY: server.url, NODE_TEST_CONTEXT: undefined }
  const child = spawn(process.execPath, [...flags, fixture], { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 30_000 })
  let out = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  const [code] = await once(child, 'close')
  server.close()
  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(out), { parent: 200, children: [200, 200] })
  assert.equal(server.requests.length, 600)
})
