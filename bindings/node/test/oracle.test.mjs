// Node's own crypto recomputes what the core signs and seals.

import assert from 'node:assert/strict'
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createSign,
  getCiphers,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import { test } from 'node:test'
import { Client } from 'quhao'
import { camel, inCamel, key, privately, suites } from './support.mjs'

const utf8 = (algorithm, base) => createHash(algorithm).update(base).digest('hex').toUpperCase()

/** How each vendor's signature is computed from its base, by the name that the vendor gives it. */
const ORACLES = {
  HmacSHA1: (base, { appKey }) => createHmac('sha1', appKey).update(base).digest('base64'),
  HmacSHA256: (base, { appKey }) => createHmac('sha256', appKey).update(base).digest('hex').toUpperCase(),
  MD5: (base, options) => utf8('md5', base.replace(/\{(\w+)\}$/, (_, name) => options[camel(name)])),
  SHA256withRSA: (base, { privateKey }) => createSign('sha256').update(base).sign(pkcs(privateKey), 'hex').toUpperCase(),
}

/** A key in any of the forms that consoles hand out. */
function pkcs(text) {
  const der = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64')
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  } catch {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs1' })
  }
}

const text = (bytes) => randomBytes(bytes).toString('base64')
const digits = (count) => Array.from(randomBytes(count), (byte) => byte % 10).join('')

function signed(provider, options, question) {
  const asked = { ...question, nowMs: Date.now(), nonce: randomBytes(16) }
  const own = privately(provider, options)
  return { ...own.signature(asked), call: own.prepare(asked) }
}

test('signatures over random requests are what node:crypto computes', () => {
  const seen = new Set()
  for (let round = 0; round < 100; round += 1) {
    const [appKey, appSecret, token] = [text(12), text(12), text(24)]
    const shanyan = {
      appId: 'a', accessToken: token, telecom: 'CTCC', timestamp: String(Date.now()), randoms: digits(16), version: '2.2.1',
      device: text(9), sign: createHash('sha1').update(token).digest('base64'),
    }
    const asked = [
      ['shanyan', { appId: 'a', appKey }, { operation: 'fetch_number', params: shanyan }],
      ['shanyan', { appId: 'a', appKey }, { operation: 'fetch_number', params: `A1-${randomBytes(48).toString('base64url')}` }],
      ['cmcc', { appId: digits(8), appKey, appSecret }, { operation: 'fetch_number', params: token }],
      ['cmcc', { appId: digits(8), appKey }, { operation: 'fetch_number', params: token }],
      ['cmcc', { appId: digits(8), appKey }, { operation: 'verify_number', params: token, number: `138${digits(8)}` }],
      ...(round < 10 ? ['rsa1024.pkcs8.pem', 'rsa2048.pkcs8.pem'].map((file) =>
        ['cmcc', { appId: digits(8), appKey, privateKey: key(file) }, { operation: 'fetch_number', params: token }]) : []),
    ]
    for (const [provider, options, question] of asked) {
      const { algorithm, base, value } = signed(provider, options, question)
      assert.equal(value, ORACLES[algorithm](base, options), `${provider} ${algorithm}`)
      seen.add(algorithm)
    }
  }
  assert.deepEqual([...seen].sort(), Object.keys(ORACLES).sort())
})

test('the string that ShanYan signs is every field in byte order', () => {
  for (let round = 0; round < 100; round += 1) {
    const params = { accessToken: text(9), ...Object.fromEntries(Array.from({ length: 9 }, () => [text(3), text(6)])) }
    const own = privately('shanyan', { appId: 'a', appKey: 'k9Tz3mWq' })
    const { base } = own.signature({ operation: 'fetch_number', params: { ...params, sign: 'x' } })
    const names = Object.keys(params).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.equal(base, names.map((name) => name + params[name]).join(''))
  }
})

test('China Mobile’s request carries the signature and the hashed number', () => {
  const appKey = text(12)
  const question = { operation: 'verify_number', params: 't'.repeat(32), number: '13800138000' }
  const { value, call } = signed('cmcc', { appId: '3001', appKey }, question)
  const { body } = call
  assert.ok(body.includes(value))
  const { timestamp } = JSON.parse(body).header ?? JSON.parse(body)
  assert.ok(body.includes(utf8('sha256', `13800138000${appKey}${timestamp}`)))
})

test('every sign vector agrees with node:crypto as well', () => {
  let ran = 0
  for (const { run, cases } of suites()) {
    for (const { id, input, expect } of run === 'sign' ? cases : []) {
      if (expect.error) continue
      assert.equal(ORACLES[expect.algorithm](expect.base, inCamel(input.options)), expect.value, id)
      ran += 1
    }
  }
  assert.ok(ran >= 5, `only ${ran}`)
})

test('numbers that node:crypto has sealed open', () => {
  for (let round = 0; round < 50; round += 1) {
    const [number, appKey] = [`1${digits(10)}`, text(12)]
    const client = new Client('shanyan', { appId: 'a', appKey, privateKey: key('rsa1024.pkcs8.pem') })
    const md5 = createHash('md5').update(appKey).digest('hex')
    const aes = createCipheriv('aes-128-cbc', md5.slice(0, 16), md5.slice(16))
    assert.equal(client.decryptNumber(aes.update(number, 'utf8', 'hex') + aes.final('hex')), number)
    const rsa = publicEncrypt({ key: key('rsa1024.pub.pem'), padding: constants.RSA_PKCS1_PADDING }, Buffer.from(number)).toString('hex')
    assert.equal(client.decryptNumber(rsa), number)
    const cmcc = new Client('cmcc', { appId: 'a', privateKey: key('rsa1024.pkcs8.pem') })
    assert.equal(cmcc.decryptNumber(rsa), number)
  }
})

test('what Yuxin is sent opens under node:crypto, with a fresh iv each time', () => {
  const ciphers = { 'aes-128-cbc': 16, 'aes-192-cbc': 24, 'aes-256-cbc': 32, 'des-ede3-cbc': 24, 'sm4-cbc': 16 }
  const person = { number: '13800138000', name: '张三', idCard: '11010519491231002X' }
  const ivs = new Set()
  let opened = 0
  for (const [cipher, length] of Object.entries(ciphers)) {
    assert.ok(getCiphers().includes(cipher), `this Node has no ${cipher}`)
    for (let round = 0; round < 20; round += 1) {
      const secret = randomBytes(length)
      const written = { keyEncoding: 'hex', ivEncoding: 'hex', logonEncoding: 'base64' }
      const options = { baseUrl: 'https://yuxin.test', token: 't', key: secret.toString('hex'), cipher, ...written }
      const { iv, logon } = Object.fromEntries(new URLSearchParams(new Client('yuxin', options).prepareVerifyIdentity(person).body))
      const decipher = createDecipheriv(cipher, secret, Buffer.from(iv, 'hex'))
      const plain = JSON.parse(Buffer.concat([decipher.update(Buffer.from(logon, 'base64')), decipher.final()]).toString())
      assert.deepEqual(Object.values(plain).sort(), Object.values(person).sort())
      ivs.add(iv)
      opened += 1
    }
  }
  assert.equal(ivs.size, opened)
})
