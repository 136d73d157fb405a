// Planted secrets, looked for in everything that a program may print, log, store or send on.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { format, inspect } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import * as quhao from 'quhao'
import { Client, QuhaoError, Sandbox } from 'quhao'
import { failure, key } from './support.mjs'

const word = () => randomBytes(12).toString('base64url').replace(/[-_]/g, 'x')
const PERSON = { number: '13912345678', name: '司马测试', idCard: '11010519491231002X' }
const PEM = key('rsa2048.pkcs8.pem')
const SECRETS = { appKey: word(), appSecret: word(), token: word().repeat(3), ...PERSON, pem: PEM.split('\n')[3] }

let sandbox
before(() => {
  sandbox = new Sandbox()
  sandbox.addPerson(PERSON)
})
after(() => sandbox.close())

/** Everything that a program makes of a thing without asking it for its secret. */
function shown(thing, json = true) {
  const inspected = [{}, { depth: Infinity }, { showHidden: true, depth: Infinity, getters: true }].map((how) => inspect(thing, how))
  const texts = [...inspected, inspect({ deep: [thing] }, { depth: 5 }), format('%s %o %O', thing, thing, thing), String(thing), thing.stack]
  return [...texts, ...(json ? [JSON.stringify(thing), serialize(cloned(thing)).toString('latin1')] : [])].join('\n')
}

/** A copy as `postMessage` makes it, or nothing where it cannot. */
function cloned(thing) {
  try {
    return structuredClone(thing)
  } catch (error) {
    assert.equal(error.name, 'DataCloneError')
    return null
  }
}

function clean(text, secrets) {
  for (const [name, secret] of Object.entries(secrets)) {
    assert.ok(secret.length > 3 && !text.includes(secret), `${name} is in ${text}`)
    assert.ok(!text.includes(Buffer.from(secret).toString('latin1')), `${name} is in ${text}`)
  }
}

const OPTIONS = {
  shanyan: { appId: 'a', appKey: SECRETS.appKey, privateKey: PEM },
  cmcc: { appId: '300011', appKey: SECRETS.appKey, appSecret: SECRETS.appSecret, privateKey: PEM, decryptKey: PEM },
  yuxin: { token: SECRETS.token, key: SECRETS.appKey, cipher: 'aes-128-cbc', baseUrl: 'http://127.0.0.1:9' },
}

test('a client shows no option, and no copy of it is a client', () => {
  for (const [provider, options] of Object.entries(OPTIONS)) {
    const each = [new Client(provider, options)]
    if (options.appId) each.push(Client.withApps(provider, [options, { ...options, appId: 'b' }]), each[0].app(options.appId))
    for (const client of each) {
      clean(shown(client), SECRETS)
      for (const copy of [structuredClone(client), deserialize(serialize(client)), JSON.parse(JSON.stringify(client)), { ...client }]) {
        assert.ok(!(copy instanceof Client))
        assert.deepEqual({ ...copy }, { provider })
        assert.equal(copy.fetchNumber, undefined)
      }
      assert.throws(() => Client.prototype.decryptNumber.call({ provider }, 'AAAA'), TypeError)
    }
  }
})

test('a call shows neither token nor number', () => {
  const given = { token: SECRETS.token }
  const calls = [
    new Client('cmcc', OPTIONS.cmcc).prepareFetchNumber(SECRETS.token),
    new Client('cmcc', { appId: 'a', appKey: SECRETS.appKey }).prepareVerifyNumber(given, PERSON.number),
    new Client('yuxin', { ...OPTIONS.yuxin, key: '0123456789abcdef' }).prepareVerifyIdentity(PERSON),
  ]
  for (const call of calls) {
    clean(shown(call), SECRETS)
    assert.ok(!shown(call).includes(call.body) && call.body.length > 0)
  }
})

test('a result shows no number but to JSON, which is for storing', async () => {
  const phone = sandbox.phone(PERSON.number)
  for (const { name, provider, operations } of sandbox.apps) {
    const client = new Client(provider, sandbox.options(name))
    for (const operation of operations) {
      const params = operation === 'verifyIdentity' ? [PERSON] : [phone.params(name, operation), ...(operation === 'verifyNumber' ? [PERSON.number] : [])]
      const answer = await client[operation](...params)
      clean(shown(answer, false), { ...PERSON, token: Object.values(params[0]).find((value) => value.length > 30) ?? SECRETS.token })
      assert.equal(JSON.parse(JSON.stringify(answer)).number, operation === 'fetchNumber' ? PERSON.number : undefined)
    }
  }
})

test('no error shows a secret, whatever went wrong', async () => {
  const url = sandbox.url
  const refused = sandbox.endpoint('refused')
  const shanyan = new Client('shanyan', { ...OPTIONS.shanyan, baseUrl: url })
  const cmcc = new Client('cmcc', { ...OPTIONS.cmcc, privateKey: undefined, baseUrl: url })
  const yuxin = new Client('yuxin', { ...OPTIONS.yuxin, key: '0123456789abcdef', baseUrl: url })
  const params = { ...sandbox.phone(PERSON.number).params('shanyan', 'fetchNumber'), accessToken: SECRETS.token }
  const broken = PEM.split('\n').filter((_, line) => line !== 5).join('\n')
  const reply = (fields) => JSON.stringify({ code: '400201', message: `号码${PERSON.number}，${SECRETS.token}`, ...fields })
  const attempts = [
    () => new Client('cmcc', { ...OPTIONS.cmcc, privateKey: broken }),
    () => new Client('cmcc', { ...OPTIONS.cmcc, [SECRETS.token]: 'x' }),
    () => new Client('cmcc', { ...OPTIONS.cmcc, proxy: `ftp://user:${SECRETS.appSecret}@proxy` }),
    () => new Client('shanyan', { ...OPTIONS.shanyan, appKey: { secret: SECRETS.appKey } }),
    () => new Client('yuxin', { ...OPTIONS.yuxin, cipher: SECRETS.appKey }),
    () => shanyan.fetchNumber({ ...params, timestamp: SECRETS.token }),
    () => shanyan.fetchNumber({ data: params }),
    () => shanyan.fetchNumber({ ...params, accessToken: { secret: SECRETS.token } }),
    () => shanyan.fetchNumber(params),
    () => shanyan.verifyNumber({ ...params, accessCode: SECRETS.token, mobile: '13800138000' }, PERSON.number),
    () => cmcc.verifyNumber(SECRETS.token, PERSON.number),
    () => cmcc.verifyNumber(SECRETS.token, `${PERSON.number}9`),
    () => cmcc.fetchNumber(SECRETS.token),
    () => yuxin.verifyIdentity(PERSON),
    () => yuxin.verifyIdentity({ ...PERSON, idCard: `${PERSON.idCard}1` }),
    () => yuxin.verifyIdentity({ ...PERSON, idCard: Number(PERSON.number) }),
    () => shanyan.decryptNumber(SECRETS.token),
    () => shanyan.read('fetchNumber', 200, reply()),
    () => shanyan.read('fetchNumber', 200, reply({ code: PERSON.number })),
    () => shanyan.read('fetchNumber', 200, reply({ code: '200000', data: { mobileName: SECRETS.token } })),
    () => shanyan.read('fetchNumber', 500, `<html>${SECRETS.token} ${PERSON.number}</html>`),
    () => new Client('cmcc', { ...OPTIONS.cmcc, ...refused, proxy: `http://user:${SECRETS.appSecret}@127.0.0.1:9` }).fetchNumber(SECRETS.token),
  ]
  let ours = 0
  for (const attempt of attempts) {
    const error = await failure(attempt)
    assert.ok(error.message !== 'expected a failure', String(attempt))
    assert.ok(error instanceof QuhaoError || error instanceof TypeError, inspect(error))
    clean(shown(error), SECRETS)
    ours += error instanceof QuhaoError
  }
  assert.ok(ours >= 16, `${ours}`)
})

test('sandbox, phone and ledger show no number and no key', async () => {
  const phone = sandbox.phone(PERSON.number)
  const params = phone.params('shanyan', 'fetchNumber')
  const options = sandbox.options('shanyan')
  await failure(new Client('shanyan', { ...options, appKey: SECRETS.appKey }).fetchNumber(params))
  for (const it of [sandbox, phone, sandbox.ledger()]) {
    clean(shown(it), { ...SECRETS, accessToken: params.accessToken, ownKey: options.appKey })
  }
})

test('every class that is exported was looked at', () => {
  const looked = ['Call', 'Client', 'FetchedNumber', 'Phone', 'QuhaoError', 'Sandbox', 'Verification']
  const classes = Object.entries(quhao).filter(([name, it]) => /^[A-Z]/.test(name) && typeof it === 'function')
  assert.deepEqual(classes.filter(([, it]) => !(it.prototype instanceof QuhaoError)).map(([name]) => name).sort(), looked)
})
