// Lays out what npm publishes, `quhao` and a package for each platform: `node scripts/release.cjs <in> <out>`.
//
// <in> holds quhao-<Rust target>.node for every target below, and quhao-node.cdx.json, their bill of materials.
'use strict'

const fs = require('node:fs')
const path = require('node:path')

const here = path.join(__dirname, '..')
const LICENCES = ['LICENSE-APACHE', 'LICENSE-MIT']

exports.targets = {
  'aarch64-apple-darwin': { os: 'darwin', cpu: 'arm64' },
  'aarch64-pc-windows-msvc': { os: 'win32', cpu: 'arm64' },
  'aarch64-unknown-linux-gnu': { os: 'linux', cpu: 'arm64', libc: 'glibc' },
  'aarch64-unknown-linux-musl': { os: 'linux', cpu: 'arm64', libc: 'musl' },
  'x86_64-apple-darwin': { os: 'darwin', cpu: 'x64' },
  'x86_64-pc-windows-msvc': { os: 'win32', cpu: 'x64' },
  'x86_64-unknown-linux-gnu': { os: 'linux', cpu: 'x64', libc: 'glibc' },
  'x86_64-unknown-linux-musl': { os: 'linux', cpu: 'x64', libc: 'musl' },
}

exports.release = function release(from, to) {
  const { name, version, description, keywords, license, engines, type, main, types, exports } = require('../package.json')
  const common = { version, license, engines, ...repository() }
  const platforms = Object.entries(module.exports.targets)
  for (const [target, { os, cpu, libc }] of platforms) {
    const folder = path.join(to, `quhao-${platform({ os, cpu, libc })}`)
    write(folder, {
      name: `@quhao/${platform({ os, cpu, libc })}`,
      description: `The native part of quhao for ${target}`,
      ...common,
      os: [os],
      cpu: [cpu],
      ...(libc && { libc: [libc] }),
      main: 'quhao.node',
      files: ['quhao.node', 'sbom.cdx.json', ...LICENCES],
    })
    fs.copyFileSync(path.join(from, `quhao-${target}.node`), path.join(folder, 'quhao.node'))
    fs.copyFileSync(path.join(from, 'quhao-node.cdx.json'), path.join(folder, 'sbom.cdx.json'))
    fs.writeFileSync(path.join(folder, 'README.md'), `The native part of [quhao](https://www.npmjs.com/package/quhao) for ${target}.\n`)
  }
  const folder = path.join(to, 'quhao')
  write(folder, {
    // Nothing runs when it is installed: no script, and no dependency but the platform's own part.
    ...{ name, description, keywords, ...common, type, main, types, exports },
    imports: { '#addon': './dist/addon.cjs' },
    files: ['dist', ...LICENCES],
    optionalDependencies: Object.fromEntries(platforms.map(([, it]) => [`@quhao/${platform(it)}`, version])),
  })
  fs.cpSync(path.join(here, 'dist'), path.join(folder, 'dist'), { recursive: true })
  fs.copyFileSync(path.join(__dirname, 'addon.cjs'), path.join(folder, 'dist/addon.cjs'))
  fs.copyFileSync(path.join(here, 'README.md'), path.join(folder, 'README.md'))
}

function platform({ os, cpu, libc }) {
  return [os, cpu, ...(libc ? [libc === 'glibc' ? 'gnu' : libc] : [])].join('-')
}

function write(folder, manifest) {
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  for (const name of LICENCES) fs.copyFileSync(path.join(here, '../..', name), path.join(folder, name))
}

/** npm compares it with where the provenance says that the package was built. */
function repository() {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env
  return name ? { repository: { type: 'git', url: `git+${server}/${name}.git`, directory: 'bindings/node' } } : {}
}

if (require.main === module) exports.release(...process.argv.slice(2))
