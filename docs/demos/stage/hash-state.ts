// A demo's settings in the URL's hash, so that a link shows what one sees: `#J=3&L=8`. What is as it is at first is left out, and what is
// out of range is passed over.

/** One setting. */
export interface Field<T> {
  readonly initial: T
  /** The value that a text of the hash stands for; undefined for what is none. */
  readonly read: (text: string) => T | undefined
}

type Fields = Readonly<Record<string, Field<number> | Field<string> | Field<boolean>>>

/** The settings by name. */
export type Values<F extends Fields> = { -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

/** A number within limits. */
export function number(initial: number, least: number, most: number): Field<number> {
  const read = (text: string): number | undefined => {
    const value = Number(text)
    return text.trim() !== '' && value >= least && value <= most ? value : undefined
  }
  return { initial, read }
}

/** A whole number within limits. */
export function whole(initial: number, least: number, most: number): Field<number> {
  const { read } = number(initial, least, most)
  return { initial, read: (text) => (/^-?\d+$/.test(text) ? read(text) : undefined) }
}

/** One of some words. */
export function choice<T extends string>(initial: T, ...options: readonly T[]): Field<T> {
  return { initial, read: (text) => options.find((option) => option === text) }
}

export const yesNo = (initial: boolean): Field<boolean> => ({
  initial,
  read: (text) => (text === '1' ? true : text === '0' ? false : undefined),
})

/** Letters that a URL may hold as they are. */
export const letters = (initial: string): Field<string> => ({
  initial,
  read: (text) => (/^[\w-]*$/.test(text) ? text : undefined),
})

/** The settings that a hash tells. */
export function fromHash<F extends Fields>(fields: F, hash: string): Values<F> {
  const told = new URLSearchParams(hash.replace(/^#/, ''))
  return Object.fromEntries(
    Object.entries(fields).map(([name, { initial, read }]) => [name, read(told.get(name) ?? '\0') ?? initial]),
  ) as Values<F>
}

/** The hash of some settings, '' where all are as at first. */
export function toHash<F extends Fields>(fields: F, values: Values<F>): string {
  const told = new URLSearchParams()
  for (const [name, { initial }] of Object.entries(fields)) {
    const value = values[name]
    if (value !== initial) told.set(name, typeof value === 'boolean' ? (value ? '1' : '0') : String(value))
  }
  return told.size > 0 ? `#${told}` : ''
}
