// The route against the sandbox, over real HTTP.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Client, Sandbox } from 'quhao'

import { createApp } from './app.js'

const sandbox = new Sandbox()
const servers = []
let login

before(async () => {
  login = await serve(new Client('shanyan', sandbox.options('shanyan')))
})

after(() => {
  servers.forEach((server) => server.close())
  sandbox.close()
})

test('a phone logs in and its number stays inside', async () => {
  const answer = await login(params())
  assert.deepEqual([answer.status, answer.body.number], [200, '138****8000'])
  assert.doesNotMatch(JSON.stringify(answer.body), /13800138000/)
  assert.equal((await login(params())).body.user, answer.body.user)
})

test('a used token asks for a new one', async () => {
  const used = params()
  await login(used)
  const answer = await login(used)
  assert.deepEqual([answer.status, answer.body.retry], [409, 'new_token'])
})

test('wrong params are a bad request', async () => {
  assert.equal((await login({ accessToken: 'x' })).status, 400)
  assert.equal((await login(['x'])).status, 400)
})

test('a gateway out of service is a bad gateway', async () => {
  sandbox.failNext('500000')
  const answer = await login(params())
  assert.deepEqual([answer.status, answer.body.retry], [502, 'new_token'])
})

test('an unreachable gateway leaves the token good', async () => {
  const options = { ...sandbox.options('shanyan'), baseUrl: 'http://127.0.0.1:9', connectTimeoutMs: 500 }
  const answer = await (await serve(new Client('shanyan', options)))(params())
  assert.deepEqual([answer.status, answer.body.retry], [503, 'same_token'])
})

const params = () => sandbox.phone('13800138000', 'ctcc').params('shanyan', 'fetchNumber')

/** Serves the route on a free port; returns what posts to it. */
async function serve(client) {
  const server = await new Promise((resolve) => {
    const listening = createApp(client).listen(0, '127.0.0.1', () => resolve(listening))
  })
  servers.push(server)
  const url = `http://127.0.0.1:${server.address().port}/login`
  return async (body) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: answer.status, body: await answer.json() }
  }
}
