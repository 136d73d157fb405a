import type { Flight } from './native.js'

/**
 * Ends a flight when its signal aborts, until the function that this returns is called.
 *
 * A signal has one listener of ours, however many calls it is for: a program may well have a thousand under one, and
 * Node warns of a leak at eleven.
 */
export function endWith(signal: AbortSignal, flight: Flight): () => void {
  const { flights, abort } = UNDER.get(signal) ?? watch(signal)
  flights.add(flight)
  return () => {
    flights.delete(flight)
    if (flights.size > 0) return
    signal.removeEventListener('abort', abort)
    UNDER.delete(signal)
  }
}

function watch(signal: AbortSignal): Watch {
  const flights = new Set<Flight>()
  const abort = () => flights.forEach((flight) => flight.cancel())
  signal.addEventListener('abort', abort, { once: true })
  UNDER.set(signal, { flights, abort })
  return { flights, abort }
}

interface Watch {
  flights: Set<Flight>
  abort: () => void
}

const UNDER = new WeakMap<AbortSignal, Watch>()
