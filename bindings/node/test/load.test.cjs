'use strict'

const assert = require('node:assert/strict')
const { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { test } = require('node:test')

const counts = () => ({ threads: readdirSync('/proc/self/task').length, descriptors: readdirSync('/proc/self/fd').length })

test('loading, configuring, signing and reading start no thread and open no descriptor', () => {
  readFileSync(__filename)
  const before = counts()
  const { Client } = require('quhao')
  assert.deepEqual(counts(), before)
  const client = new Client('shanyan', { appId: 'Qh7kT2vX', appKey: 'k9Tz3mWq' })
  assert.throws(() => client.prepareFetchNumber({}), { kind: 'input' })
  assert.throws(() => client.read('fetchNumber', 200, '{}'), { kind: 'protocol' })
  assert.deepEqual(counts(), before)
})

test('the first call starts the I/O core, and every later one shares it', async () => {
  const { Client } = require('quhao')
  const before = counts().threads
  const client = () => new Client('cmcc', { appId: 'a', appKey: 'k', baseUrl: 'http://127.0.0.1:1' })
  await assert.rejects(client().fetchNumber('t'.repeat(32)), { kind: 'transport' })
  const after = counts().threads
  assert.ok(after - before <= 2, `${after - before} threads`)
  await Promise.allSettled(Array.from({ length: 50 }, () => client().fetchNumber('t'.repeat(32))))
  assert.equal(counts().threads, after)
})

test('without its native part the package says how to build it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quhao-'))
  for (const part of ['dist', 'package.json']) cpSync(join(__dirname, '..', part), join(folder, part), { recursive: true })
  assert.throws(() => require(folder), (error) => /build it with: npm rebuild quhao/.test(error.message) && error.cause instanceof Error)
  rmSync(folder, { recursive: true })
})

test('the package has one version, the workspace’s', () => {
  const { version } = require('quhao')
  const manifest = readFileSync(join(__dirname, '../../../Cargo.toml'), 'utf8')
  assert.equal(version, /^version = "(.+)"$/m.exec(manifest)[1])
  assert.equal(version, require('quhao/package.json').version)
  const lock = require('../package-lock.json')
  assert.equal(version, lock.version)
  assert.ok(!JSON.stringify(lock).includes('resolved'), 'the lock file names a mirror')
})
