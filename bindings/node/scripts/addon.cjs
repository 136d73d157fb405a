// The native part of a release: that of the package which npm installed for this platform.
'use strict'

const { platform, arch } = process
// On musl only the second loads; npm installs the one that fits, other tools both.
const names = platform === 'linux' ? [`${platform}-${arch}-gnu`, `${platform}-${arch}-musl`] : [`${platform}-${arch}`]

const errors = []
for (const name of names) {
  try {
    module.exports = require(`@quhao/${name}`)
    break
  } catch (error) {
    errors.push(error)
  }
}
if (errors.length === names.length) {
  throw new AggregateError(errors, `expected one of @quhao/${names.join(', @quhao/')}: was npm told to omit optional dependencies?`)
}
