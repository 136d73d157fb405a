// What npm publishes: the package, and the native part in a package for each platform.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const { release, targets } = createRequire(import.meta.url)('../scripts/release.cjs')
const native = fileURLToPath(new URL('../native/dev/quhao.node', import.meta.url))
const manifest = (name) => JSON.parse(readFileSync(join(folder, 'out', name, 'package.json'), 'utf8'))

let folder
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'quhao-'))
  mkdirSync(join(folder, 'in'))
  for (const target of Object.keys(targets)) copyFileSync(native, join(folder, `in/quhao-${target}.node`))
  writeFileSync(join(folder, 'in/quhao-node.cdx.json'), '{}')
  release(join(folder, 'in'), join(folder, 'out'))
})
after(() => rmSync(folder, { recursive: true }))

test('nothing runs when a release is installed', () => {
  const { scripts, dependencies, devDependencies } = manifest('quhao')
  assert.deepEqual({ scripts, dependencies, devDependencies }, { scripts: undefined, dependencies: undefined, devDependencies: undefined })
})

test('a release names a package of its own version for every platform', () => {
  const { version, optionalDependencies } = manifest('quhao')
  assert.equal(Object.keys(optionalDependencies).length, Object.keys(targets).length)
  for (const [name, wanted] of Object.entries(optionalDependencies)) {
    const part = manifest(name.replace('@quhao/', 'quhao-'))
    assert.deepEqual([part.name, part.version, wanted], [name, version, version])
    assert.ok(part.os.length === 1 && part.cpu.length === 1 && (part.os[0] === 'linux') === (part.libc?.length === 1), name)
  }
})

test('a release requires the package of every platform by a literal, which bundlers and tracers follow', () => {
  const loader = readFileSync(join(folder, 'out/quhao/dist/addon.cjs'), 'utf8')
  const required = [...loader.matchAll(/require\('(@quhao\/.+?)'\)/g)].map(([, name]) => name)
  assert.deepEqual(required.sort(), Object.keys(manifest('quhao').optionalDependencies).sort())
})

test('a release packs what it runs and no source', () => {
  const packed = (name) => {
    const told = execFileSync('npm', ['pack', '--dry-run', '--json'], {
      cwd: join(folder, 'out', name),
      encoding: 'utf8',
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return JSON.parse(told)[0].files.map(({ path }) => path)
  }
  const files = packed('quhao')
  for (const file of ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'dist/addon.cjs', 'dist/index.js', 'dist/index.mjs', 'dist/index.d.ts']) {
    assert.ok(files.includes(file), file)
  }
  assert.ok(files.every((file) => /^(dist\/|package\.json$|README|LICENSE)/.test(file)), files.join())
  assert.deepEqual(packed('quhao-darwin-arm64').sort(), [
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
    'package.json',
    'quhao.node',
    'sbom.cdx.json',
  ])
})

test('a release logs a user in with the part of its platform, and says what is missing without it', () => {
  const { platform, arch } = process
  const part = [platform, arch, ...(platform === 'linux' ? [process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl'] : [])].join('-')
  const modules = join(folder, 'app/node_modules')
  mkdirSync(join(modules, '@quhao'), { recursive: true })
  renameSync(join(folder, 'out/quhao'), join(modules, 'quhao'))
  const login = `
    const { Client, Sandbox } = require('quhao')
    const sandbox = new Sandbox()
    const params = sandbox.phone('13800138000').params('shanyan', 'fetchNumber')
    new Client('shanyan', sandbox.options('shanyan')).fetchNumber(params).then((fetched) => console.log(String(fetched)))`
  const run = () => execFileSync(process.execPath, ['-e', login], { cwd: join(folder, 'app'), encoding: 'utf8', timeout: 20_000, stdio: 'pipe' })
  assert.throws(run, ({ stderr }) => stderr.includes(`@quhao/${part}`) && stderr.includes('optional dependencies'))
  renameSync(join(folder, 'out', `quhao-${part}`), join(modules, '@quhao', part))
  assert.equal(run(), '138****8000\n')
})
