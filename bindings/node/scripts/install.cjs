// Builds the package where its source lies; elsewhere, checks that what was packed runs here.
'use strict'

const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const here = path.join(__dirname, '..')

if (fs.existsSync(path.join(here, 'Cargo.toml'))) {
  try {
    require.resolve('typescript/package.json')
  } catch {
    const shell = process.platform === 'win32'
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here, shell, stdio: 'inherit' })
  }
  require('./build.cjs').build(false)
}
require('../dist/index.js')
