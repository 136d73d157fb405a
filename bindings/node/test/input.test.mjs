import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, QuhaoError, Sandbox, explain } from 'quhao'
import { failure, gateway, login, numberCheck, shanyan, verdictReply } from './support.mjs'

const THROWN = new Error('thrown by the caller’s own code')
const thrower = (target) => new Proxy(target, { get: () => { throw THROWN }, ownKeys: () => { throw THROWN } })
const HALF = 'half \ud800 of a pair'
const LONG = '9'.repeat(1 << 20)

/** What nobody should pass, and what must come of it where a string is due. */
const NO_STRINGS = [undefined, null, 0, NaN, true, 1n, Symbol('s'), () => {}, {}, [], new Date(), Buffer.from('b'),
  Promise.resolve('p'), thrower({}), HALF]

const PARAMS = [undefined, null, 0, true, 1n, Symbol('s'), () => {}, Buffer.from('b'), new Uint8Array(2), Promise.resolve({}), HALF,
  { token: Symbol('s') }, { token: () => {} }, { token: HALF }, { [HALF]: 'x' }]

test('a wrong type is a TypeError with Node’s code, whichever way the method answers', async () => {
  const client = shanyan('http://127.0.0.1:1')
  const person = { number: '13800138000', name: '张三', idCard: '11010519491231002X' }
  const calls = [
    ...PARAMS.flatMap((bad) => [
      () => client.fetchNumber(bad), () => client.verifyNumber(bad), () => client.prepareFetchNumber(bad),
      () => client.prepareVerifyNumber(bad), () => client.inspect('fetchNumber', bad),
    ]),
    ...NO_STRINGS.flatMap((bad) => [
      () => client.decryptNumber(bad), () => explain(bad), () => new Client(bad, {}), () => client.read(bad, 200, ''),
      ...(bad === undefined || bad === null ? [] : [() => client.verifyNumber(numberCheck('c'), bad)]),
      ...Object.keys(person).map((name) => () => client.verifyIdentity({ ...person, [name]: bad })),
    ]),
    ...[null, undefined, 0, 'x', Symbol('s')].map((bad) => () => client.verifyIdentity(bad)),
    ...[0, 'x', [], () => {}, Symbol('s'), { appId: Symbol('s') }, { appId: {} }, { appId: [] }, { appId: () => {} },
      { appId: HALF }, { [HALF]: 'x' }, { appId: Buffer.from('x') }].map((bad) => () => new Client('shanyan', bad)),
    ...['200', null, 1n, {}].map((bad) => () => client.read('fetchNumber', bad, '')),
    ...[null, undefined, 0, {}, []].map((bad) => () => client.read('fetchNumber', 200, bad)),
  ]
  for (const call of calls) {
    const error = await failure(call)
    assert.ok(error instanceof TypeError && error.code === 'ERR_INVALID_ARG_TYPE', `${call}: ${error?.stack ?? String(error)}`)
    assert.match(error.message, /^[^:]+: expected .+, got .+$/)
  }
})

test('a method that answers with a promise never throws', () => {
  const client = shanyan('http://127.0.0.1:1')
  for (const bad of [undefined, Symbol('s'), thrower({})]) {
    for (const call of [client.fetchNumber(bad), client.verifyNumber(bad, bad), client.verifyIdentity(bad, bad)]) {
      assert.ok(call instanceof Promise)
      call.catch(() => {})
    }
  }
})

test('what the caller’s own getters throw comes back as it is', async () => {
  const client = shanyan('http://127.0.0.1:1')
  const getter = { get token() { throw THROWN } }
  for (const call of [
    () => client.fetchNumber(getter),
    () => client.fetchNumber(thrower({})),
    () => client.fetchNumber({ token: 't' }, thrower({})),
    () => client.verifyIdentity({ get number() { throw THROWN } }),
    () => new Client('shanyan', { get appId() { throw THROWN } }),
    () => new Client('shanyan', thrower({})),
  ]) {
    assert.equal(await failure(call), THROWN)
  }
})

test('what JSON can say and a phone cannot is an input error', async () => {
  const client = shanyan('http://127.0.0.1:1')
  const nested = [{ token: {} }, { token: [] }, { data: { token: 't' } }]
  const empty = [{}, [], '', { a: '' }, Object.create(null), new Map(), new URLSearchParams()]
  for (const bad of [...nested, ...empty, ['x']]) {
    for (const call of [() => client.fetchNumber(bad), () => client.prepareVerifyNumber(bad, '13800138000')]) {
      assert.equal((await failure(call)).kind, 'input', JSON.stringify(bad))
    }
  }
  for (const bad of ['', '1', '+8613800138000', HALF.replace('\ud800', ''), LONG]) {
    assert.equal((await failure(client.verifyNumber({ ...numberCheck('c'), mobile: undefined }, bad))).kind, 'input')
  }
})

test('texts of any length and with any character arrive whole or are refused', async () => {
  const server = await gateway(({ accessCode }) => verdictReply('1', accessCode))
  const client = shanyan(server.url)
  for (const token of [LONG, '\0', '\u{1f4f1}', '=+/&?%41 \\u003d', '\u2028']) {
    const error = await client.verifyNumber(numberCheck(token)).then(() => undefined, (error) => error)
    assert.ok(error === undefined || error instanceof QuhaoError, String(error))
    if (error === undefined && !/[ %\\]/.test(token)) assert.equal(server.requests.at(-1).fields.accessCode, token)
  }
  assert.equal((await failure(() => client.decryptNumber(LONG))).kind, 'decrypt')
  assert.deepEqual(explain(LONG), [])
  assert.equal((await failure(() => new Client(LONG, {}))).kind, 'config')
  assert.equal((await failure(() => new Client('shanyan', { [LONG]: 'x' }))).kind, 'config')
  server.close()
})

test('maps of every make are read', async () => {
  const server = await gateway(({ accessCode }) => verdictReply('1', accessCode))
  const client = shanyan(server.url)
  const params = numberCheck('c')
  const made = [params, new Map(Object.entries(params)), new URLSearchParams(params), Object.assign(Object.create(null), params),
    { ...params, timestamp: Number(params.timestamp) }, { ...params, timestamp: BigInt(params.timestamp) },
    { ...params, extra: null, more: undefined },
    Object.freeze({ ...params })]
  for (const each of made) assert.equal((await client.verifyNumber(each)).matches, true)
  const { mobile, ...rest } = params
  assert.equal((await client.verifyNumber(rest, mobile)).tradeNo, 'c')
  server.close()
})

test('a field that is called __proto__ is a field', async () => {
  const client = shanyan('http://127.0.0.1:1')
  const params = JSON.parse('{"__proto__": "x", "constructor": "y", "0": "z"}')
  const fields = client.inspect('fetchNumber', params).findings.map(({ field }) => field)
  for (const name of ['__proto__', 'constructor', '0']) assert.ok(fields.includes(name), fields.join())
  assert.equal((await failure(() => new Client('shanyan', JSON.parse('{"__proto__": "x"}')))).kind, 'config')
})

test('options may be numbers and booleans, and absent is left out', () => {
  const options = { appId: 1, appKey: 'k9Tz3mWq', timeoutMs: 10, proxy: undefined, privateKey: null }
  assert.equal(new Client('shanyan', options).provider, 'shanyan')
  for (const strictCheck of [true, false, 0, 1, '0', '1']) {
    const client = new Client('cmcc', { appId: 'a', appKey: 'k', strictCheck })
    assert.equal(JSON.parse(client.prepareFetchNumber('t'.repeat(32)).body).strictcheck, String(Number(strictCheck)))
  }
})

test('the order of a signal’s abortion and a wrong argument does not matter for what is sent', async () => {
  const controller = new AbortController()
  const params = { ...login('t'), get token() { controller.abort(THROWN) } }
  assert.equal(await failure(shanyan('http://127.0.0.1:1').fetchNumber(params, controller)), THROWN)
})

test('statuses and sandbox numbers out of range are RangeErrors', async () => {
  const client = shanyan('http://127.0.0.1:1')
  for (const bad of [99, 1000, 200.5, NaN, -1, Infinity]) {
    assert.ok((await failure(() => client.read('fetchNumber', bad, ''))) instanceof RangeError)
  }
  for (const port of [-1, 65536, 1.5, NaN]) assert.ok((await failure(() => new Sandbox({ port }))) instanceof RangeError)
})

test('a text of any length arrives whole', () => {
  const client = new Client('shanyan', { appId: 'Qh7kT2vX', appKey: 'k9Tz3mWq' })
  for (const letter of ['x', 'é', '网', '🙂']) {
    for (let bytes = 960; bytes < 1060; bytes += 1) {
      const outId = 'a'.repeat(bytes % Buffer.byteLength(letter)) + letter.repeat(bytes / Buffer.byteLength(letter))
      assert.equal(client.inspect('fetchNumber', { token: 't', outId }).params.outId, outId, `${bytes} bytes of ${letter}`)
    }
  }
})

test('a reply’s own fields arrive as the gateway wrote them, and none sets a prototype', () => {
  const client = new Client('shanyan', { appId: 'Qh7kT2vX', appKey: 'k9Tz3mWq' })
  const body = `{"code": "200000", "message": "ok", "chargeStatus": 1, "data": {"isVerify": "1", "tradeNo": "t",
    "n": [1, -1, 1532417231567, 1.5, 9007199254740993], "__proto__": {"a": 1}, "o": {"__proto__": {"b": 1}}}}`
  const { extra } = client.read('verifyNumber', 200, body)
  const found = JSON.stringify(extra)
  assert.ok(found.includes('[1,-1,1532417231567,1.5,"9007199254740993"]'), found)
  assert.equal(Object.getPrototypeOf(extra), Object.prototype)
  assert.deepEqual([extra.a, extra.o?.b], [undefined, undefined])
})
