import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { after, before, test } from 'node:test'
import { failure, gateway, login, numberCheck, shanyan, verdictReply } from './support.mjs'

let silent, prompt
before(async () => {
  silent = await gateway(() => null)
  prompt = await gateway(({ accessCode }) => verdictReply('1', accessCode))
})
after(() => [silent, prompt].forEach((server) => server.close()))

test('a signal that has aborted already rejects with its reason, and nothing is sent', async () => {
  const client = shanyan(prompt.url)
  for (const reason of [undefined, 'because', new Error('mine'), { kind: 'token', message: 'mine' }, 0]) {
    const controller = new AbortController()
    controller.abort(reason)
    const got = await failure(client.verifyNumber(numberCheck('never-sent'), null, controller))
    assert.equal(got, controller.signal.reason)
  }
  await client.verifyNumber(numberCheck('sent'))
  assert.deepEqual(prompt.requests.map(({ fields }) => fields.accessCode), ['sent'])
})

test('aborting rejects with the reason at once and drops the request', async () => {
  const client = shanyan(silent.url)
  for (const reason of [undefined, 'because', { kind: 'token', message: 'mine' }]) {
    const controller = new AbortController()
    const asked = silent.asked()
    const call = failure(client.fetchNumber(login('t'), { signal: controller.signal }))
    const [request] = await asked
    const began = performance.now()
    controller.abort(reason)
    assert.equal(await call, controller.signal.reason)
    assert.ok(performance.now() - began < 2000)
    // The gateway sees its connection close.
    await request.gone
  }
})

test('a timeout signal rejects with a TimeoutError', async () => {
  const error = await failure(shanyan(silent.url).fetchNumber(login('t'), { signal: AbortSignal.timeout(50) }))
  assert.equal(error.name, 'TimeoutError')
  assert.ok(error instanceof DOMException)
})

test('a signal’s own listeners are left alone and ours are gone afterwards', async () => {
  const controller = new AbortController()
  const { signal } = controller
  let heard = 0
  signal.onabort = () => (heard += 1)
  const client = shanyan(prompt.url)
  const answer = await client.verifyNumber(numberCheck('c-1'), null, { signal })
  assert.equal(answer.tradeNo, 'c-1')
  await failure(client.fetchNumber({ broken: 1 }, { signal }))
  assert.equal(getEventListeners(signal, 'abort').length, 1)
  controller.abort()
  assert.equal(heard, 1)
  assert.equal(answer.verdict, 'match')
})

test('a thousand calls under one signal end together, without a warning', async () => {
  const warnings = []
  const note = (warning) => warnings.push(String(warning))
  process.on('warning', note)
  const controller = new AbortController()
  const client = shanyan(silent.url)
  const calls = Array.from({ length: 1000 }, (_, n) => failure(client.fetchNumber(login(`t-${n}`), { signal: controller.signal })))
  await silent.asked()
  controller.abort()
  assert.deepEqual(new Set(await Promise.all(calls)), new Set([controller.signal.reason]))
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  await new Promise((done) => setImmediate(done))
  process.off('warning', note)
  assert.deepEqual(warnings, [])
})

test('calls that are aborted at any moment all settle, and the others get their own answers', async () => {
  const client = shanyan(prompt.url)
  const asked = Array.from({ length: 600 }, async (_, n) => {
    const controller = new AbortController()
    if (n % 3 > 0) setTimeout(() => controller.abort(n), Math.random() * 60)
    const told = await client.verifyNumber(numberCheck(`r-${n}`), null, controller).then(({ tradeNo }) => tradeNo, (reason) => reason)
    assert.ok(told === `r-${n}` || (n % 3 > 0 && told === n), String(told))
    return typeof told
  })
  const told = await Promise.all(asked)
  assert.ok(told.filter((type) => type === 'string').length >= 200)
})

test('no signal is no signal, and anything else is a TypeError', async () => {
  const client = shanyan(prompt.url)
  for (const options of [undefined, {}, { signal: undefined }, { signal: null }]) {
    assert.equal((await client.verifyNumber(numberCheck('c-2'), undefined, options)).tradeNo, 'c-2')
  }
  for (const options of [null, 1, { signal: 1 }, { signal: {} }, { signal: new AbortController() }, { signal: () => {} }]) {
    assert.ok((await failure(client.verifyNumber(numberCheck('c-3'), undefined, options))) instanceof TypeError)
  }
})
