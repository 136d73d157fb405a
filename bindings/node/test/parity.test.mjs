// The vocabulary that every language has; only the letter case changes.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import * as quhao from 'quhao'
import { camel, failure, native, require } from './support.mjs'

const providers = native.providers()
let sandbox
before(() => (sandbox = new quhao.Sandbox()))
after(() => sandbox.close())

const apps = () => providers.map(({ id }) => sandbox.apps.find((app) => app.provider === id))
const PERSON = { number: '13800138000', name: '张三', idCard: '11010519491231002X' }

/** An answer of each provider to each of its operations. */
async function answers() {
  sandbox.addPerson(PERSON)
  const phone = sandbox.phone(PERSON.number)
  const asked = apps().flatMap(({ name, provider }) => {
    const client = new quhao.Client(provider, sandbox.options(name))
    const { operations } = providers.find(({ id }) => id === provider)
    return operations.map(camel).map(async (operation) => {
      const args = {
        fetchNumber: () => [phone.params(name, operation)],
        verifyNumber: () => [phone.params(name, operation), PERSON.number],
        verifyIdentity: () => [PERSON],
      }
      return { operation, answer: await client[operation](...args[operation]()) }
    })
  })
  return Promise.all(asked)
}

const RECEIPT = ['provider', 'code', 'message', 'charge', 'trade_no', 'request_id', 'risk', 'extra']

test('every operation of every provider is a method, and has its prepare', () => {
  for (const { id, operations } of providers) {
    assert.ok(operations.length > 0, id)
    for (const name of operations.map(camel)) {
      assert.equal(typeof quhao.Client.prototype[name], 'function', name)
      assert.equal(typeof quhao.Client.prototype[`prepare${name[0].toUpperCase()}${name.slice(1)}`], 'function', name)
    }
  }
  for (const name of ['app', 'decryptNumber', 'inspect', 'read']) assert.equal(typeof quhao.Client.prototype[name], 'function', name)
})

test('every result has every field', async () => {
  const seen = await answers()
  assert.ok(seen.length >= 5)
  for (const { operation, answer } of seen) {
    const own = operation === 'fetchNumber' ? ['number'] : ['verdict', 'matches']
    assert.ok(answer instanceof (operation === 'fetchNumber' ? quhao.FetchedNumber : quhao.Verification))
    assert.deepEqual(Object.keys(answer), [...own, ...RECEIPT.map(camel)])
  }
})

test('every option of every provider is taken by its name in camelCase, and by no other', async () => {
  for (const { id, options } of providers) {
    for (const { name } of options) {
      for (const [given, isKnown] of [[camel(name), true], [`${camel(name)}X`, false], ...(name.includes('_') ? [[name, false]] : [])]) {
        const { kind, message, provider } = await failure(() => new quhao.Client(id, { [given]: ' ' }))
        assert.deepEqual([kind, provider], ['config', id])
        assert.equal(message.startsWith(`unknown option ${given}`), !isKnown, message)
        if (!isKnown) assert.ok(message.endsWith(`did you mean ${camel(name)}?`), message)
      }
    }
  }
})

test('every kind that the tables know has its class', () => {
  const codes = new Set(documentedCodes())
  assert.ok(codes.size > 50)
  const meanings = new Set([...codes].flatMap((code) => quhao.explain(code).map(({ meaning }) => meaning)))
  assert.ok(['answer', 'match', 'mismatch', 'on_phone'].every((meaning) => meanings.delete(meaning)), [...meanings].join())
  meanings.delete('unknown')
  assert.ok(meanings.size >= 6)
  for (const kind of meanings) assert.equal(typeof quhao[`${kind[0].toUpperCase()}${kind.slice(1)}Error`], 'function', kind)
})

/** The codes of the vendors' documents. */
function documentedCodes() {
  const folder = new URL('../../../crates/vectors/data/seeds/', import.meta.url)
  const text = ['china-mobile', 'shanyan-v1', 'yuxin'].map((file) => readFileSync(new URL(`${file}.json`, folder), 'utf8')).join()
  return [...text.matchAll(/"code": *"(\d+)"/g)].map(([, code]) => code)
}

test('a row of a table has every fact', () => {
  const [row] = quhao.explain('403101')
  assert.deepEqual(Object.keys(row).sort(), ['charge', 'code', 'en', 'fragment', 'hint', 'meaning', 'provider', 'table', 'zh'])
  assert.deepEqual(quhao.explain('no such code'), [])
})

test('the generated types are what the core says', () => {
  const { file, generated } = require('../scripts/generate.cjs')
  assert.equal(readFileSync(file, 'utf8'), generated(providers), 'out of date; run: npm run generate')
})

test('results are frozen, JSON is in clear and consoles are not', async () => {
  const { inspect } = await import('node:util')
  for (const { operation, answer } of await answers()) {
    assert.throws(() => (answer.code = 'x'), TypeError)
    assert.throws(() => (answer.extra.more = 'x'), TypeError)
    assert.equal(JSON.parse(JSON.stringify(answer)).code, answer.code)
    if (operation !== 'fetchNumber') continue
    assert.equal(answer.number, PERSON.number)
    assert.equal(JSON.parse(JSON.stringify(answer)).number, PERSON.number)
    for (const shown of [inspect(answer), inspect({ deep: [answer] }), `${answer}`]) {
      assert.ok(!shown.includes(PERSON.number) && shown.includes('138****8000'), shown)
    }
  }
})

test('a client and a call show no key and no token', async () => {
  const { inspect } = await import('node:util')
  for (const { name, provider } of apps()) {
    const options = sandbox.options(name)
    const client = new quhao.Client(provider, options)
    const { operations } = providers.find(({ id }) => id === provider)
    const call = operations.includes('fetch_number')
      ? client.prepareFetchNumber(sandbox.phone(PERSON.number).params(name, 'fetchNumber'))
      : client.prepareVerifyIdentity(PERSON)
    const shown = [client, call].flatMap((it) => [inspect(it, { showHidden: false, depth: 9 }), JSON.stringify(it), String(it)]).join()
    for (const secret of [options.appKey, options.appSecret, options.key, call.body]) assert.ok(!secret || !shown.includes(secret), shown)
    assert.deepEqual([call.method, typeof call.url, call.headers.accept], ['POST', 'string', 'application/json'])
  }
})
