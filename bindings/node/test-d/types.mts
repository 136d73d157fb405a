// What a program's compiler must accept and what it must refuse; nothing here is run.

import { subscribe } from 'node:diagnostics_channel'
import {
  Call,
  type CallEvent,
  Client,
  type CodeRow,
  type Counter,
  type Entry,
  ErrorFacts,
  FetchedNumber,
  type Operation,
  type Provider,
  type ProviderOptions,
  QuhaoError,
  type Retry,
  Sandbox,
  TokenError,
  Verification,
  counters,
  explain,
  version,
} from 'quhao'

const shanyan = new Client('shanyan', { appId: 'a', appKey: 'k' })
const cmcc = new Client('cmcc', { appId: 'a', appSecret: 's', timeoutMs: 3000, strictCheck: true, proxy: undefined })
const yuxin = new Client('yuxin', { baseUrl: 'https://x', token: 't', key: 'k', cipher: 'sm4-cbc', ivEncoding: 'hex' })

// @ts-expect-error a required option is missing
new Client('shanyan', { appId: 'a' })
// @ts-expect-error an option of another provider
new Client('shanyan', { appId: 'a', appKey: 'k', appSecret: 's' })
// @ts-expect-error no such provider
new Client('unicom', { appId: 'a', appKey: 'k' })
// @ts-expect-error no such option
new Client('shanyan', { appId: 'a', appKey: 'k', app_key: 'k' })
// @ts-expect-error not one of the words
new Client('yuxin', { baseUrl: 'https://x', key: 'k', cipher: 'rot13' })
// @ts-expect-error a number is no key
new Client('shanyan', { appId: 'a', appKey: 1 })
// @ts-expect-error the options are not optional
new Client('shanyan')

// Configured at run time: the provider decides the options' type all the same.
function configured<P extends Provider>(provider: P, options: ProviderOptions[P]): Client<P> {
  return new Client(provider, options)
}
configured('cmcc', { appId: 'a', appKey: 'k' })

const several: Client<'cmcc'> = Client.withApps('cmcc', [{ appId: 'a', appKey: 'k' }, { appId: 'b', appSecret: 's' }], { timeoutMs: 3000 }).app('a')
// @ts-expect-error each app has its id
Client.withApps('cmcc', [{ appKey: 'k' }])

const provider: 'shanyan' = shanyan.provider
const { signal } = new AbortController()

const fetched: FetchedNumber = await shanyan.fetchNumber({ appId: 'a', timestamp: 1 }, { signal })
const number: string = fetched.number
const tradeNo: string | null = fetched.tradeNo
// @ts-expect-error results do not change
fetched.number = '1'
// @ts-expect-error a fetched number has no verdict
fetched.verdict

const verified: Verification = await cmcc.verifyNumber('token', '13800138000', { signal })
const verdict: 'match' | 'mismatch' | 'unknown' = verified.verdict
await cmcc.verifyNumber(new URLSearchParams('a=b'))
await cmcc.verifyNumber(new Map([['a', 'b']]), null)
// @ts-expect-error a number is no params
await cmcc.verifyNumber(1)
// @ts-expect-error a person has three facts
await yuxin.verifyIdentity({ number: '1', name: 'n' })
// @ts-expect-error a signal is not a controller
await yuxin.verifyIdentity({ number: '1', name: 'n', idCard: 'i' }, { signal: new AbortController() })

const call: Call<FetchedNumber> = shanyan.prepareFetchNumber('token')
const read: FetchedNumber = call.read(200, new Uint8Array())
const request: Response = await fetch(call.url, { method: call.method, headers: call.headers, body: call.body })
const checked: Verification = yuxin.prepareVerifyIdentity({ number: '1', name: 'n', idCard: 'i' }).read(200, '')
const again: Verification = shanyan.read('verifyNumber', 200, '')
const once: FetchedNumber = shanyan.read('fetchNumber', 200, '')
// @ts-expect-error no such operation
shanyan.read('fetch_number', 200, '')
const operation: Operation = 'verifyIdentity'
const causes: string[] = shanyan.inspect('fetchNumber', 'token').findings.map(({ cause }) => cause)
const opened: string = shanyan.decryptNumber('AAAA')

try {
  await shanyan.fetchNumber('token')
} catch (error) {
  if (error instanceof TokenError) {
    const retry: Retry = error.retry
    const code: 'QUHAO_TOKEN' | string = error.code
  }
  if (error instanceof QuhaoError && error.kind === 'transport') {
    const phase: 'connect' | 'send' | 'receive' | null = error.phase
    const hint: string = error.hint
    // @ts-expect-error no such kind
    if (error.kind === 'unknown') throw error
  }
}
const made: QuhaoError = new QuhaoError({ kind: 'quota', message: 'too many' } satisfies ErrorFacts)

const rows: readonly CodeRow[] = explain('403000')
const meanings: ('answer' | 'on_phone' | 'match' | 'mismatch' | 'unknown' | QuhaoError['kind'])[] = rows.map(({ meaning }) => meaning)
const counted: readonly Counter[] = counters()
subscribe('quhao:call', (message) => {
  const { operation, kind, durationMs }: CallEvent = message as CallEvent
  const asked: Operation = operation
  const fault: QuhaoError['kind'] | null = kind
  // @ts-expect-error an event holds no number
  message.number
})
const told: string = version

const sandbox = new Sandbox({ tls: true })
new Client('shanyan', sandbox.options('shanyan'))
new Client('cmcc', { ...sandbox.options('cmcc-rsa2048'), timeoutMs: 100 })
// @ts-expect-error another provider's app
new Client('shanyan', sandbox.options('cmcc'))
const params: Record<string, string> = sandbox.phone('13800138000', 'ctcc').typing('13900139000').params('shanyan', 'fetchNumber')
// @ts-expect-error no such carrier
sandbox.phone('13800138000', 'vodafone')
const nowhere: { baseUrl: string } = sandbox.endpoint('tls-expired')
// @ts-expect-error no such endpoint
sandbox.endpoint('nowhere')
const ledger: readonly Entry[] = sandbox.ledger()
sandbox[Symbol.dispose]()
