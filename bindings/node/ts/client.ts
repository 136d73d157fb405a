import { inspect, type InspectOptions } from 'node:util'

import { underSignal } from './abort.js'
import * as check from './arguments.js'
import type { SdkResult } from './arguments.js'
import { errorOf, here, site } from './errors.js'
import { CALLS, publish } from './events.js'
import { snake } from './names.js'
import { native, type NativeAbort, type NativeCall, type NativeClient, type Request } from './native.js'
import type { Operation, Provider, ProviderOptions } from './providers.js'
import { answerOf, type FetchedNumber, type Verification } from './results.js'

/**
 * One app at one provider, or several of its apps.
 *
 * All clients of a process share one pool of connections; nothing is connected before the first call.
 */
export class Client<P extends Provider = Provider> {
  /** The provider's id. */
  readonly provider: P
  readonly #native: NativeClient

  /** @throws {ConfigError} for an unknown provider or option, a missing one, or a key that cannot be read */
  constructor(provider: P, options: ProviderOptions[P]) {
    if (options instanceof native.NativeClient) {
      this.#native = options
    } else {
      const [id, texts] = [check.text('provider', provider), check.options(options)]
      this.#native = here(Client, () => new native.NativeClient(id, texts), Object.keys(options ?? {}))
    }
    this.provider = provider
  }

  /**
   * Several apps of one provider: each has its own options, and `common` holds for all.
   *
   * A call finds its app by the params: their `appId`, or their token's envelope. `app` names one.
   *
   * @throws {ConfigError} as the constructor, and for an app without an `appId` of its own
   */
  static withApps<P extends Provider>(
    provider: P,
    apps: readonly (Partial<ProviderOptions[P]> & { appId: string })[],
    common: Partial<ProviderOptions[P]> = {},
  ): Client<P> {
    const [id, shared] = [check.text('provider', provider), check.options(common)]
    if (!Array.isArray(apps)) throw check.wrong('apps', 'an array', apps)
    const each = apps.map(check.options)
    const given = [common, ...apps].flatMap((options) => Object.keys(options ?? {}))
    const several = here(Client.withApps, () => new native.NativeClient(id, shared, each), given)
    return new Client(provider, several as never)
  }

  /** The same client for one of its apps alone, whatever the params say. */
  app(appId: string): Client<P> {
    const id = check.text('appId', appId)
    return new Client(this.provider, here(this.app, () => this.#native.app(id)) as never)
  }

  /**
   * 取号 / 一键登录: turns what the phone's SDK returned into the number.
   *
   * Rejects with a `QuhaoError`, whose `retry` says whether the token is spent, or with the signal's reason.
   */
  fetchNumber(params: SdkResult, options?: CallOptions): Promise<FetchedNumber> {
    return this.#send(options, () => aboutPhone('fetch_number', params))
  }

  /**
   * 本机号校验: checks whether `number` is the SIM's; it may be left out where the params carry it.
   *
   * "Not this number" is a verdict, not an error.
   */
  verifyNumber(params: SdkResult, number?: string | null, options?: CallOptions): Promise<Verification> {
    return this.#send(options, () => aboutPhone('verify_number', params, number))
  }

  /** 手机实名认证: tells whether number, name and id card belong together. "They do not" is a verdict, not an error. */
  verifyIdentity(person: Person, options?: CallOptions): Promise<Verification> {
    return this.#send(options, () => aboutPerson(person))
  }

  /** Opens a number that the gateway encrypted, for those who post the form themselves. */
  decryptNumber(ciphertext: string): string {
    const checked = check.text('ciphertext', ciphertext)
    return here(this.decryptNumber, () => this.#native.decryptNumber(checked))
  }

  /** Builds the signed request of `fetchNumber` without sending it. */
  prepareFetchNumber(params: SdkResult): Call<FetchedNumber> {
    return this.#prepare(this.prepareFetchNumber, aboutPhone('fetch_number', params))
  }

  /** Builds the signed request of `verifyNumber` without sending it. */
  prepareVerifyNumber(params: SdkResult, number?: string | null): Call<Verification> {
    return this.#prepare(this.prepareVerifyNumber, aboutPhone('verify_number', params, number))
  }

  /** Builds the signed request of `verifyIdentity` without sending it. */
  prepareVerifyIdentity(person: Person): Call<Verification> {
    return this.#prepare(this.prepareVerifyIdentity, aboutPerson(person))
  }

  /** Reads a reply whose `Call` is not at hand, say in another process than the one that prepared it. */
  read<O extends Operation>(operation: O, status: number, body: string | Uint8Array): AnswerTo<O> {
    const given = [snake(check.text('operation', operation)), check.status(status), check.body(body)] as const
    return here(this.read, () => answerOf(this.#native.read(...given)) as AnswerTo<O>)
  }

  /** Tells what is wrong with the phone's params and repairs what loses nothing; no I/O. */
  inspect(operation: Operation, params: SdkResult): Inspection {
    const request = aboutPhone(snake(check.text('operation', operation)), params)
    return here(this.inspect, () => this.#native.inspect(request))
  }

  async #send<T>(options: CallOptions | undefined, ask: () => Request): Promise<T> {
    const request = ask()
    const signal = check.signal(options)
    if (signal?.aborted) throw signal.reason
    const begin = (abort?: NativeAbort) => this.#native.call(request, CALLS.hasSubscribers, abort)
    const ended = await here(this.#send, () => (signal ? underSignal(signal, begin) : begin()))
    if (!ended) throw new Error('the call ended without an answer')
    if (ended.event) publish(ended.event)
    // Now, and not before the call, which is free: the engine knows who awaits this.
    if (ended.error) throw errorOf(ended.error, site(this.#send))
    return answerOf(ended.result) as T
  }

  #prepare<T>(method: Function, request: Request): Call<T> {
    return new Call<T>(here(method, () => this.#native.prepare(request)))
  }
}

function aboutPhone(operation: string, params: unknown, number?: unknown): Request {
  return { operation, number: check.textOrNone('number', number), params: check.params(params) }
}

function aboutPerson(person: unknown): Request {
  return { operation: 'verify_identity', ...check.person(person) }
}

/** A signed request as plain data. Send it once: the token inside is single-use. Frozen; a console leaves the body out. */
export class Call<T extends FetchedNumber | Verification | unknown = unknown> {
  /** The HTTP method, `POST`. */
  readonly method: string
  readonly url: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The id under which the vendor can find this request. */
  readonly requestId: string | null
  readonly #native: NativeCall
  readonly #body: string

  /** @internal */
  constructor(native: NativeCall) {
    const { method, url, headers, request_id, body } = native.facts()
    this.method = method
    this.url = url
    this.headers = Object.freeze(headers)
    this.requestId = request_id
    this.#native = native
    this.#body = body
    Object.freeze(this)
  }

  /** The body, which holds the token. Not enumerable: it is not for consoles and logs. */
  get body(): string {
    return this.#body
  }

  /** Reads the reply: HTTP status and body as they came. */
  read(status: number, body: string | Uint8Array): T {
    const reply = [check.status(status), check.body(body)] as const
    return here(this.read, () => answerOf(this.#native.read(...reply)) as T)
  }

  /** What a console shows, whatever it is asked to show: all but the body. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `Call ${inspect({ ...this }, options)}`
  }
}

/** The last argument of a call. */
export interface CallOptions {
  /** Ends the call: nothing more is sent, and the promise rejects with the signal's reason. */
  signal?: AbortSignal | null | undefined
}

/** Whom an identity check is about. */
export interface Person {
  readonly number: string
  /** The name on the id card. */
  readonly name: string
  /** 18 characters by GB 11643. */
  readonly idCard: string
}

/** What an operation answers. */
export type AnswerTo<O extends Operation> = O extends 'fetchNumber' ? FetchedNumber : Verification

/** What was found in the params, and the params as they will be sent. */
export interface Inspection {
  /** Whether a call with these params is refused before it is sent. */
  readonly refused: boolean
  readonly findings: readonly Finding[]
  readonly params: Readonly<Record<string, string>>
  /** The carrier that issued the token, where the token or the params tell: `CMCC`, `CTCC` or `CUCC`. */
  readonly carrier: string | null
}

/** One thing found in the params. */
export interface Finding {
  /** The field, in the vendor's spelling. */
  readonly field: string
  /** What is wrong with it: `blank_for_plus`, `stale`, `missing` … */
  readonly cause: string
  readonly action: 'noted' | 'refused' | 'repaired'
  readonly message: string
}
