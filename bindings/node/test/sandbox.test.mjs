import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Client, ConfigError, Sandbox, TokenError } from 'quhao'
import { failure } from './support.mjs'

const NUMBER = '13800138000'
const PERSON = { number: NUMBER, name: '张三', idCard: '11010519491231002X' }

let sandbox
before(() => (sandbox = new Sandbox()))
after(() => sandbox.close())

const client = (app, more) => {
  const { provider } = sandbox.apps.find(({ name }) => name === app)
  return new Client(provider, { ...sandbox.options(app), ...more })
}

test('every app completes every operation', async () => {
  sandbox.addPerson(PERSON)
  assert.ok(sandbox.apps.length >= 10)
  for (const { name, operations } of sandbox.apps) {
    const phone = sandbox.phone(NUMBER, 'cmcc')
    const ask = {
      fetchNumber: async () => assert.equal((await client(name).fetchNumber(phone.params(name, 'fetchNumber'))).number, NUMBER, name),
      verifyNumber: async () => assert.equal((await client(name).verifyNumber(phone.params(name, 'verifyNumber'), NUMBER)).matches, true, name),
      verifyIdentity: async () => {
        assert.equal((await client(name).verifyIdentity(PERSON)).verdict, 'match', name)
        assert.equal((await client(name).verifyIdentity({ ...PERSON, name: '李四' })).verdict, 'mismatch', name)
      },
    }
    assert.ok(operations.length > 0)
    for (const operation of operations) await ask[operation]()
  }
})

test('one client of several apps finds the app by the params, or by its id', async () => {
  const common = { baseUrl: sandbox.url, timeoutMs: 3000 }
  const apps = ['shanyan', 'shanyan-rsa2048'].map((app) => {
    const { baseUrl, ...own } = sandbox.options(app)
    return own
  })
  const several = Client.withApps('shanyan', apps, common)
  for (const [at, app] of ['shanyan', 'shanyan-rsa2048'].entries()) {
    const params = () => sandbox.phone(NUMBER).params(app, 'fetchNumber')
    assert.equal((await several.fetchNumber(params())).number, NUMBER)
    assert.equal((await several.app(apps[at].appId).fetchNumber(params())).number, NUMBER)
    assert.equal((await failure(several.app(apps[1 - at].appId).fetchNumber(params()))).kind, 'input')
  }
  assert.ok(several.app(apps[0].appId) instanceof Client && inspect(several) === "Client { provider: 'shanyan' }")
  for (const [bad, kind] of [[() => several.app('nobody'), 'input'], [() => Client.withApps('shanyan', [], common), 'config'],
    [() => Client.withApps('shanyan', apps, { time_out: 1 }), 'config'], [() => Client.withApps('shanyan', [{}]), 'config']]) {
    const error = await failure(bad)
    assert.equal(error.kind, kind, String(bad))
    assert.match(error.stack.split('\n')[1], /sandbox\.test\.mjs/)
  }
  for (const bad of [() => several.app(1), () => Client.withApps('shanyan', {}), () => Client.withApps('shanyan', [1]),
    () => Client.withApps('shanyan', apps, 1), () => Client.withApps('shanyan')]) {
    assert.ok((await failure(bad)) instanceof TypeError, String(bad))
  }
})

test('a number that the user typed wrong is a mismatch', async () => {
  const params = sandbox.phone(NUMBER, 'cucc').typing('13900139000').params('shanyan', 'verifyNumber')
  const answer = await client('shanyan').verifyNumber(params)
  assert.deepEqual([answer.verdict, answer.matches], ['mismatch', false])
})

test('a token is spent once and expires', async () => {
  const phone = sandbox.phone(NUMBER, 'ctcc')
  const params = phone.params('shanyan', 'fetchNumber')
  sandbox.clearLedger()
  await client('shanyan').fetchNumber(params)
  const again = await failure(client('shanyan').fetchNumber(params))
  assert.ok(again instanceof TokenError && again.retry === 'new_token')
  assert.deepEqual(sandbox.ledger().map(({ accepted, tokenSeenBefore }) => [accepted, tokenSeenBefore]), [[true, false], [false, true]])

  const old = phone.params('cmcc', 'fetchNumber')
  const then = sandbox.nowMs()
  sandbox.advance(121.5)
  assert.ok(sandbox.nowMs() - then >= 121_500)
  assert.equal((await failure(client('cmcc').fetchNumber(old))).kind, 'token')
})

test('failures queue up, and the ledger says what came', async () => {
  sandbox.clearLedger()
  for (const failing of ['403101', 'shanyan/500005', '987654', 'fault:reset']) sandbox.failNext(failing)
  const kinds = []
  for (let n = 0; n < 4; n += 1) {
    kinds.push((await failure(client('shanyan').fetchNumber(sandbox.phone(NUMBER).params('shanyan', 'fetchNumber')))).kind)
  }
  assert.deepEqual(kinds, ['forbidden', 'quota', 'protocol', 'transport'])
  const ledger = sandbox.ledger()
  assert.equal(ledger.length, 4)
  const [entry] = ledger
  const fields = ['accepted', 'app', 'atMs', 'charged', 'explanation', 'fault', 'method', 'path', 'provider', 'requestId',
    'tokenSeenBefore', 'verdict']
  assert.deepEqual(Object.keys(entry).sort(), fields)
  assert.deepEqual([entry.app, entry.provider, entry.method, entry.verdict], ['shanyan', 'shanyan', 'POST', '403101'])
  assert.ok(!inspect(ledger).includes(NUMBER))
})

test('a wrong key is explained, in clear only to who asks', async () => {
  sandbox.clearLedger()
  const params = sandbox.phone(NUMBER).params('cmcc', 'verifyNumber')
  const error = await failure(client('cmcc', { appKey: 'another-key-altogether' }).verifyNumber(params, NUMBER))
  assert.ok(['credentials', 'input'].includes(error.kind), inspect(error))
  const [entry] = sandbox.ledger()
  assert.equal(entry.accepted, false)
  assert.ok(entry.explanation.length > 20)
  assert.equal(typeof entry.reveal(), 'string')
  assert.equal(JSON.stringify(entry).includes('reveal'), false)
})

test('balance, IP list and access token are the app’s', async () => {
  const own = new Sandbox()
  const ask = () => new Client('shanyan', own.options('shanyan')).fetchNumber(own.phone(NUMBER).params('shanyan', 'fetchNumber'))
  own.setBalance('shanyan', 1)
  await ask()
  assert.equal((await failure(ask)).kind, 'quota')
  own.setBalance('shanyan', 9)
  own.allowIps('shanyan', ['192.0.2.1', '2001:db8::1'])
  assert.equal((await failure(ask)).kind, 'forbidden')
  own.addPerson(PERSON)
  const yuxin = new Client('yuxin', own.options('yuxin'))
  own.setToken('yuxin', 'another-token')
  assert.equal((await failure(yuxin.verifyIdentity(PERSON))).vendorCode, '105')
  assert.equal((await new Client('yuxin', own.options('yuxin')).verifyIdentity(PERSON)).matches, true)
  own.close()
})

test('under TLS its certificate authority has to be trusted', async () => {
  const own = new Sandbox({ tls: true })
  assert.match(own.url, /^https:/)
  assert.match(readFileSync(own.caCertificate, 'utf8'), /BEGIN CERTIFICATE/)
  const { caCertificate, ...options } = own.options('shanyan')
  assert.equal(caCertificate, own.caCertificate)
  const params = () => own.phone(NUMBER).params('shanyan', 'fetchNumber')
  const error = await failure(new Client('shanyan', options).fetchNumber(params()))
  assert.deepEqual([error.kind, error.phase, error.retry], ['transport', 'connect', 'same_token'])
  assert.equal((await new Client('shanyan', { ...options, caCertificate }).fetchNumber(params())).number, NUMBER)
  own.close()
})

test('a prepared request may be sent by fetch, and its reply read', async () => {
  const call = client('shanyan').prepareFetchNumber(sandbox.phone(NUMBER).params('shanyan', 'fetchNumber'))
  const reply = await fetch(call.url, call)
  assert.equal(call.read(reply.status, await reply.text()).number, NUMBER)
  const other = client('cmcc').prepareVerifyNumber(sandbox.phone(NUMBER).params('cmcc', 'verifyNumber'), NUMBER)
  const { url, ...init } = { ...other, body: other.body }
  const bytes = await (await fetch(url, init)).arrayBuffer()
  assert.equal(other.read(200, new Uint8Array(bytes)).verdict, 'match')
})

test('what it cannot do is a config error, and closing it is final', async () => {
  const own = new Sandbox({ port: 0 })
  for (const ask of [
    () => own.options('nobody'), () => own.phone('1').params('shanyan', 'fetchNumber'),
    () => own.phone(NUMBER, 'vodafone').params('shanyan', 'fetchNumber'), () => own.phone(NUMBER).params('shanyan', 'fetch'),
    () => own.phone(NUMBER).params('shanyan', 'verifyIdentity'), () => own.failNext('fault:nonsense'), () => own.advance(-1), () => own.advance(NaN),
    () => own.advance(Infinity), () => own.setBalance('nobody', 1), () => own.allowIps('shanyan', ['here']), () => own.setToken('shanyan', 'x'),
    () => new Sandbox({ port: Number(new URL(own.url).port) }),
  ]) {
    const error = await failure(ask)
    assert.ok(error instanceof ConfigError, `${ask}: ${inspect(error)}`)
    assert.match(error.stack.split('\n')[1], /sandbox\.test\.mjs/)
  }
  assert.equal(own[Symbol.dispose], own.close)
  own.close()
  own.close()
  assert.match((await failure(() => own.ledger())).message, /closed/)
  await assert.rejects(fetch(own.url))
})

test('closing it ends the calls that it has not answered', async () => {
  const own = new Sandbox()
  own.failNext('fault:stall=60000')
  const call = failure(new Client('shanyan', own.options('shanyan')).fetchNumber(own.phone(NUMBER).params('shanyan', 'fetchNumber')))
  while (own.ledger().length === 0) await new Promise((done) => setTimeout(done, 5))
  const began = performance.now()
  own.close()
  const { kind, retry } = await call
  assert.deepEqual([kind, retry], ['transport', 'new_token'])
  assert.ok(performance.now() - began < 2000)
})

test('wrong types are TypeErrors', async () => {
  for (const bad of [undefined, null, {}, Symbol('s'), 1n, []]) {
    for (const ask of [
      () => sandbox.options(bad), () => sandbox.phone(bad), () => sandbox.phone(NUMBER).params(bad, 'fetchNumber'),
      () => sandbox.phone(NUMBER).params('shanyan', bad), () => sandbox.phone(NUMBER).typing(bad), () => sandbox.addPerson(bad),
      () => sandbox.advance(bad), () => sandbox.failNext(bad), () => sandbox.setBalance('shanyan', bad), () => sandbox.setToken('yuxin', bad),
      ...(Array.isArray(bad) ? [] : [() => sandbox.allowIps('shanyan', bad)]), () => sandbox.allowIps('shanyan', [bad]),
    ]) {
      assert.ok((await failure(ask)) instanceof TypeError, String(ask))
    }
  }
})

test('one that nobody holds any more still listens', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  const { baseUrl } = new Sandbox().options('shanyan')
  for (let n = 0; n < 3; n += 1) {
    await new Promise((done) => setImmediate(done))
    collect()
  }
  assert.equal(typeof (await fetch(baseUrl)).status, 'number')
})
