import { inspect, type InspectOptions } from 'node:util'

import type { Charge } from './errors.js'
import { masked, maskedDeep } from './mask.js'

/** Whether what was asked is so; `unknown` only where the vendor says that it cannot tell. */
export type Verdict = 'match' | 'mismatch' | 'unknown'

/** A fraud verdict about the phone or the number (反欺诈). */
export interface Risk {
  readonly level: 'denied' | 'low_trust' | 'not_found' | 'trusted' | 'undocumented'
  /** The vendor's code for the level. */
  readonly code: string
  /** Why, in the vendor's words. */
  readonly tags: readonly string[]
}

/** What a gateway may write in a reply. Whole numbers beyond 2⁵³ are their digits. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** The facts that come with every answer. */
export interface Receipt {
  /** The provider's id, such as `shanyan`. */
  readonly provider: string
  /** The vendor's code as the gateway wrote it. */
  readonly code: string
  /** The vendor's words for it. */
  readonly message: string
  readonly charge: Charge
  /** The vendor's number for the transaction. */
  readonly tradeNo: string | null
  /** The id that we gave the request. */
  readonly requestId: string | null
  readonly risk: Risk | null
  /** Every field of the reply that has no name above, as the gateway wrote it. */
  readonly extra: Readonly<Record<string, Json>>
}

abstract class Answer implements Receipt {
  readonly provider: string
  readonly code: string
  readonly message: string
  readonly charge: Charge
  readonly tradeNo: string | null
  readonly requestId: string | null
  readonly risk: Risk | null
  readonly extra: Readonly<Record<string, Json>>

  constructor(own: object, receipt: Receipt) {
    // What was answered stands before its receipt.
    Object.assign(this, own)
    this.provider = receipt.provider
    this.code = receipt.code
    this.message = receipt.message
    this.charge = receipt.charge
    this.tradeNo = receipt.tradeNo
    this.requestId = receipt.requestId
    this.risk = receipt.risk
    this.extra = receipt.extra
    frozen(this)
  }

  /** The fields in clear, for storing; keep them out of logs. */
  toJSON(): object {
    return { ...this }
  }

  /** What a console shows: numbers masked. */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { tradeNo, requestId } = this
    const shown = { ...(maskedDeep({ ...this }) as object), tradeNo, requestId }
    return `${this.constructor.name} ${inspect(shown, options)}`
  }
}

/** The number behind a phone's token, and the receipt. Frozen; a console shows the number masked. */
export class FetchedNumber extends Answer {
  /** The verified number in clear, 11 digits. */
  declare readonly number: string

  constructor(fields: Receipt & { readonly number: string }) {
    super({ number: fields.number }, fields)
  }

  /** `138****8000` */
  override toString(): string {
    return masked(this.number)
  }
}

/** Whether what was asked is so, and the receipt. Frozen. */
export class Verification extends Answer {
  declare readonly verdict: Verdict
  /** `true` only for the verdict `match`. */
  declare readonly matches: boolean

  constructor(fields: Receipt & { readonly verdict: Verdict; readonly matches: boolean }) {
    super({ verdict: fields.verdict, matches: fields.matches }, fields)
  }

  /** The verdict. */
  override toString(): string {
    return this.verdict
  }
}

/** What the native part answered, as its class. */
export function answerOf(fields: object): FetchedNumber | Verification {
  return 'verdict' in fields ? new Verification(fields as Verification) : new FetchedNumber(fields as FetchedNumber)
}

function frozen(value: object): void {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) frozen(inner)
  }
  Object.freeze(value)
}
