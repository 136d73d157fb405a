// Builds the native part with cargo and the rest with tsc: `node scripts/build.cjs [--dev]`.
'use strict'

const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const here = path.join(__dirname, '..')

exports.build = function build(dev) {
  addon(dev)
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--project', here], { stdio: 'inherit' })
}

function addon(dev) {
  const args = ['build', '--package', 'quhao-node', '--message-format', 'json-render-diagnostics']
  const told = execFileSync('cargo', dev ? args : [...args, '--profile', 'dist'], {
    cwd: here,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const built = told
    .split('\n')
    .filter((line) => line.includes('"compiler-artifact"'))
    .map((line) => JSON.parse(line))
    .find((artifact) => artifact.target.name === 'quhao_node')
  const to = path.join(here, 'native', dev ? 'dev' : '', 'quhao.node')
  fs.mkdirSync(path.dirname(to), { recursive: true })
  // Renamed into place: a process that has the old one loaded keeps it.
  fs.copyFileSync(built.filenames[0], `${to}.${process.pid}`)
  fs.renameSync(`${to}.${process.pid}`, to)
}

if (require.main === module) exports.build(process.argv.includes('--dev'))
