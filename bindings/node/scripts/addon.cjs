// The native part of a release, which npm installed as a package for this platform. Each `require` is a literal, so
// that bundlers and tracers find the file.
'use strict'

const { closeSync, openSync, readSync } = require('node:fs')

/** Whether this program's own dynamic loader is musl's. `process.report` says so too, but takes 30 ms. */
function isMusl() {
  const head = Buffer.alloc(4096)
  const file = openSync(process.execPath, 'r')
  readSync(file, head)
  closeSync(file)
  return head.includes('/ld-musl-')
}

function load(platform) {
  switch (platform) {
    case 'darwin-arm64': return require('@quhao/darwin-arm64')
    case 'darwin-x64': return require('@quhao/darwin-x64')
    case 'linux-arm64': return isMusl() ? require('@quhao/linux-arm64-musl') : require('@quhao/linux-arm64-gnu')
    case 'linux-x64': return isMusl() ? require('@quhao/linux-x64-musl') : require('@quhao/linux-x64-gnu')
    case 'win32-arm64': return require('@quhao/win32-arm64')
    case 'win32-x64': return require('@quhao/win32-x64')
    default: throw new Error(`expected a platform that quhao is released for, got ${platform}`)
  }
}

module.exports = load(`${process.platform}-${process.arch}`)
