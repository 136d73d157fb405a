/** The calls under way on this thread. Answers that come in together are one wake-up and one JSON text. */

import { whenAborted } from './abort.js'
import { here } from './errors.js'
import { native, type Mailbox, type NativeClient } from './native.js'

/** What became of a call: `null` if it broke off, else the answer or its error, and the event if it was to be told. */
export type Letter = readonly [ticket: number, ended: object | { error: object } | null, event?: object]

/** Sends a question. The promise rejects with the signal's reason, or with what the native part throws. */
export function send(client: NativeClient, question: string, told: boolean, signal?: AbortSignal): Promise<Letter> {
  return new Promise((resolve, reject) => {
    const box = (mailbox ??= new native.Mailbox(receive))
    const ticket = next
    next = (next + 1) >>> 0
    const ended = here(send, () => client.call(question, box, ticket, told))
    if (ended !== null) return resolve(JSON.parse(`[${ticket},${ended}]`))
    WAITING.set(ticket, signal === undefined ? resolve : underSignal(signal))

    function underSignal(signal: AbortSignal): (letter: Letter) => void {
      const landed = whenAborted(signal, () => {
        landed()
        WAITING.delete(ticket)
        box.cancel(ticket)
        reject(signal.reason)
      })
      return (letter) => {
        landed()
        resolve(letter)
      }
    }
  })
}

function receive(letters: string): void {
  for (const letter of JSON.parse(letters) as Letter[]) {
    const resolve = WAITING.get(letter[0])
    WAITING.delete(letter[0])
    resolve?.(letter)
  }
}

const WAITING = new Map<number, (letter: Letter) => void>()
let mailbox: Mailbox | undefined
let next = 0
