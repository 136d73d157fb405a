/** `13800138000` → `138****8000`, for every run of 11 or more digits: what the core does to all that it prints. */
export function masked(text: string): string {
  return text.replace(/[0-9]{11,}/g, (digits) => `${digits.slice(0, 3)}****${digits.slice(-4)}`)
}

/** The same for every text inside a value. */
export function maskedDeep(value: unknown): unknown {
  if (typeof value === 'string') return masked(value)
  if (Array.isArray(value)) return value.map(maskedDeep)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskedDeep(inner)]))
}
