import { inspect } from 'node:util'

import * as check from './arguments.js'
import type { Person } from './client.js'
import { here } from './errors.js'
import { masked } from './mask.js'
import { camel, camelFields, snake } from './names.js'
import { native, type NativeSandbox } from './native.js'
import type { Operation, Provider, ProviderOptions } from './providers.js'

/**
 * The gateways on a loopback port of this process, for tests without a phone.
 *
 * They check, spend, expire and charge, and the ledger says why they refused. It listens on a thread of its own, from
 * construction until `close()` or the end of the process, which it does not keep alive.
 */
export class Sandbox {
  /** Where it listens: `http://127.0.0.1:41234`. */
  readonly url: string
  /** The PEM file with the CA that clients have to trust; TLS only. */
  readonly caCertificate: string | null
  /** The apps that its consoles know. */
  readonly apps: readonly App[]
  readonly #native: NativeSandbox

  constructor(options: SandboxOptions = {}) {
    if (typeof options !== 'object' || options === null) throw check.wrong('options', 'an object', options)
    const port = check.whole('port', options.port ?? 0, 0, 65_535)
    const caFile = check.textOrNone('caFile', options.caFile)
    this.#native = here(Sandbox, () => new native.NativeSandbox(port, Boolean(options.tls), caFile))
    const { url, ca_certificate, apps } = run<About>(this.#native, Sandbox, { command: 'about' })
    this.url = url
    this.caCertificate = ca_certificate
    this.apps = apps.map((app) => ({ ...app, operations: app.operations.map(camel) as Operation[] }))
    OPEN.add(this)
  }

  /** An app's options, ready for `new Client` with the app's provider. */
  options<A extends string>(app: A): AppOptions<A> {
    return camelFields(run(this.#native, this.options, { command: 'options', app: check.text('app', app) })) as unknown as AppOptions<A>
  }

  /** The options that lead a client to an address at which connecting fails, to be laid over an app's own. */
  endpoint(name: Endpoint): { baseUrl: string; caCertificate?: string } {
    const command = { command: 'endpoint', name: check.text('name', name) }
    return camelFields(run(this.#native, this.endpoint, command)) as { baseUrl: string }
  }

  /** A phone with this number's SIM card in it. */
  phone(number: string, carrier: Carrier = 'cmcc'): Phone {
    return new Phone(this.#native, check.text('number', number), check.text('carrier', carrier))
  }

  /** Makes a person known to `verifyIdentity`: all three of one person's data match, a known number with others does not. */
  addPerson(person: Person): void {
    const { number, name, idCard } = check.person(person)
    run(this.#native, this.addPerson, { command: 'add_person', number, name, id_card: idCard })
  }

  /** Moves the gateways' clock ahead: everything minted so far gets older. */
  advance(seconds: number): void {
    if (typeof seconds !== 'number') throw check.wrong('seconds', 'a number', seconds)
    run(this.#native, this.advance, { command: 'advance', seconds })
  }

  /** The gateways' clock, in milliseconds since 1970. */
  nowMs(): number {
    return run(this.#native, this.nowMs, { command: 'now_ms' })
  }

  /** Makes the next request fail: `403101`, `403000:重复请求`, `shanyan/500005`, `fault:reset`. Several queue up. */
  failNext(failure: string): void {
    run(this.#native, this.failNext, { command: 'fail_next', failure: check.text('failure', failure) })
  }

  /** Gives an app so many more billed calls; without a balance set there is no limit. */
  setBalance(app: string, calls: number): void {
    const balance = check.whole('calls', calls, 0, Number.MAX_SAFE_INTEGER)
    run(this.#native, this.setBalance, { command: 'set_balance', app: check.text('app', app), calls: balance })
  }

  /** Gives an app an IP list; without one everybody may call. */
  allowIps(app: string, ips: readonly string[]): void {
    if (!Array.isArray(ips)) throw check.wrong('ips', 'an array', ips)
    const texts = ips.map((ip) => check.text('ips', ip))
    run(this.#native, this.allowIps, { command: 'allow_ips', app: check.text('app', app), ips: texts })
  }

  /** Replaces an app's access token: the old one is refused from now on. */
  setToken(app: string, token: string): void {
    run(this.#native, this.setToken, { command: 'set_token', app: check.text('app', app), token: check.text('token', token) })
  }

  /** Everything that reached it, oldest first. */
  ledger(): readonly Entry[] {
    const ledger = run<{ summary: string; revealed: string | null }[]>(this.#native, this.ledger, { command: 'ledger' })
    // Not enumerable, so that a console shows the masked explanation alone.
    return ledger.map(({ summary: _, revealed, ...entry }) =>
      Object.defineProperty(camelFields(entry), 'reveal', { value: () => revealed }) as unknown as Entry)
  }

  /** Empties the ledger; tokens and balances stay as they are. */
  clearLedger(): void {
    run(this.#native, this.clearLedger, { command: 'clear_ledger' })
  }

  /** Stops listening. */
  close(): void {
    OPEN.delete(this)
    this.#native.close()
  }

  [inspect.custom](): string {
    return `Sandbox(${this.url})`
  }
}

/** `using sandbox = new Sandbox()` closes it, where the engine knows `using`. */
export interface Sandbox extends Disposable {}
if (Symbol.dispose) Object.defineProperty(Sandbox.prototype, Symbol.dispose, { value: Sandbox.prototype.close })

/** A phone with a SIM card and every app of the sandbox's on it. */
export class Phone {
  readonly #native: NativeSandbox
  readonly #card: { number: string; carrier: string; typed: string }

  /** @internal */
  constructor(sandbox: NativeSandbox, number: string, carrier: string, typed = number) {
    this.#native = sandbox
    this.#card = { number, carrier, typed }
  }

  /** The number that the user types where the SDK asks for one; the card's own if this is not called. */
  typing(number: string): Phone {
    return new Phone(this.#native, this.#card.number, this.#card.carrier, check.text('number', number))
  }

  /** What that app's phone SDK returns for an operation; mints a fresh single-use token. */
  params(app: string, operation: Operation): Record<string, string> {
    const asked = { app: check.text('app', app), operation: snake(check.text('operation', operation)) }
    return run(this.#native, this.params, { command: 'params', ...this.#card, ...asked })
  }

  [inspect.custom](): string {
    return `Phone(${masked(this.#card.number)}, ${this.#card.carrier})`
  }
}

/** How a sandbox listens. */
export interface SandboxOptions {
  /** Any free port if left out. */
  port?: number
  /** Whether to speak TLS, under a CA of its own. */
  tls?: boolean
  /** Where the CA's certificate is written, and stays; a temporary file if left out. */
  caFile?: string
}

/** An app registered with one of the gateways. */
export interface App {
  readonly name: string
  readonly provider: string
  readonly zh: string
  readonly en: string
  readonly operations: readonly Operation[]
}

/** Why a call fails there: a flood of informational replies, a closed port, no answer, or an untrusted certificate. */
export type Endpoint = 'flood' | 'refused' | 'silent' | 'tls-expired' | 'tls-flood' | 'tls-unknown-ca' | 'tls-wrong-host'

/** China Mobile, China Telecom, China Unicom. */
export type Carrier = 'cmcc' | 'ctcc' | 'cucc'

/** The options of the provider whose id an app's name begins with. */
export type AppOptions<A extends string> = A extends Provider
  ? ProviderOptions[A]
  : A extends `${infer P extends Provider}-${string}`
    ? ProviderOptions[P]
    : never

/** One request, what the gateway thought of it, and whether it cost anything. Numbers, tokens and keys are masked. */
export interface Entry {
  /** When it came, by the sandbox's clock. */
  readonly atMs: number
  /** Whose gateway it reached; empty where no gateway has the path. */
  readonly provider: string
  readonly app: string | null
  readonly method: string
  readonly path: string
  readonly requestId: string | null
  /** Whether an earlier request carried the same token: a client that retries shows here. */
  readonly tokenSeenBefore: boolean
  /** The vendor's code for it, or the HTTP status where it did not come so far. */
  readonly verdict: string
  /** Whether the operation succeeded, be it with "not this number". */
  readonly accepted: boolean
  /** Whether the vendor bills it. */
  readonly charged: boolean
  /** Why it was refused; several lines where a signature did not verify. */
  readonly explanation: string | null
  /** What was done to the reply on its way, where a fault was asked for. */
  readonly fault: string | null
  /** The explanation with tokens and numbers in clear; keys are never in it. */
  reveal(): string | null
}

/** Runs a command for `method`, where the stack of an error begins. */
function run<T extends object | number | void>(sandbox: NativeSandbox, method: Function, command: { command: string; [field: string]: unknown }): T {
  return here(method, () => sandbox.run(command)) as T
}

interface About {
  url: string
  ca_certificate: string | null
  apps: { name: string; provider: string; zh: string; en: string; operations: string[] }[]
}

/** Sandboxes that nobody has closed: one that is out of sight still listens. */
const OPEN = new Set<Sandbox>()
