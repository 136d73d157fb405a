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
  declare readonly provider: string
  declare readonly code: string
  declare readonly message: string
  declare readonly charge: Charge
  declare readonly tradeNo: string | null
  declare readonly requestId: string | null
  declare readonly risk: Risk | null
  declare readonly extra: Readonly<Record<string, Json>>

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
    super()
    this.number = fields.number
    endorse(this, fields)
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
    super()
    this.verdict = fields.verdict
    this.matches = fields.matches
    endorse(this, fields)
  }

  /** The verdict. */
  override toString(): string {
    return this.verdict
  }
}

/** What the native part answered, as its class. */
export function answerOf(plain: object): FetchedNumber | Verification {
  const fields = plain as Record<string, unknown>
  fields.tradeNo = fields.trade_no
  fields.requestId = fields.request_id
  return 'verdict' in fields ? new Verification(fields as never) : new FetchedNumber(fields as never)
}

/** Puts the receipt behind the answer, and closes it. */
function endorse(answer: { -readonly [fact in keyof Receipt]: Receipt[fact] }, receipt: Receipt): void {
  answer.provider = receipt.provider
  answer.code = receipt.code
  answer.message = receipt.message
  answer.charge = receipt.charge
  answer.tradeNo = receipt.tradeNo
  answer.requestId = receipt.requestId
  answer.risk = receipt.risk
  answer.extra = receipt.extra
  if (receipt.risk !== null) frozen(receipt.risk)
  frozen(receipt.extra)
  Object.freeze(answer)
}

/** Freezes what is nested too, which hardly any reply has. */
function frozen(value: object): void {
  const inner = Object.values(value)
  if (inner.some(isObject)) inner.filter(isObject).forEach(frozen)
  Object.freeze(value)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
