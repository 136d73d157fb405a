/** The same objects for `import`: there is one `QuhaoError`, whichever way the package was loaded. */

export {
  Call,
  Client,
  ConfigError,
  CredentialsError,
  DecryptError,
  FetchedNumber,
  ForbiddenError,
  InputError,
  Phone,
  ProtocolError,
  QuhaoError,
  QuotaError,
  Sandbox,
  TokenError,
  TransportError,
  UnavailableError,
  Verification,
  counters,
  explain,
  version,
} from './index.js'
export type * from './index.js'
