// What is computed of one image or sound, as data: it stands in manifests and models, and a worker makes the same transform of it.
import { UsageError } from '../errors.ts'

/** Which transform. */
export const kinds = ['2d', 'roto-translation', '1d', 'joint'] as const
/** One of them. */
export type Kind = (typeof kinds)[number]

/** Whether a kind is of images; the others are of signals. */
export const isOfImages = (kind: Kind): boolean => kind === '2d' || kind === 'roto-translation'

/** The options of a transform by the names that the command has for them; what is left out has the transform's own default. */
export interface TransformOptions {
  readonly scales?: number
  readonly orientations?: number
  readonly order?: number
  readonly averaging?: string
  readonly oversampling?: number
  readonly padding?: string
  readonly q?: number
  readonly stride?: number
  readonly rate?: number
  readonly frequencyScales?: number
  readonly frequencyQ?: number
  readonly frequencyAveraging?: string
  readonly angularAveraging?: string
}

/** A transform of one size of input. */
export interface Settings {
  readonly kind: Kind
  /** [height, width] of images, [length] of signals. */
  readonly size: readonly number[]
  readonly channels: number
  readonly options: TransformOptions
}

const images: readonly Kind[] = ['2d', 'roto-translation']
const signals: readonly Kind[] = ['1d', 'joint']

/** The name of each option in `@scatterlab/scattering`, and the kinds that have it. */
const names: Readonly<Record<keyof TransformOptions, readonly [option: string, kinds: readonly Kind[]]>> = {
  scales: ['scales', kinds],
  orientations: ['orientations', images],
  order: ['maxOrder', ['2d', 'roto-translation', '1d']],
  averaging: ['averaging', kinds],
  oversampling: ['oversampling', ['2d', 'roto-translation', '1d']],
  padding: ['padding', kinds],
  q: ['waveletsPerOctave', signals],
  stride: ['stride', signals],
  rate: ['sampleRate', signals],
  frequencyScales: ['frequencyScales', ['joint']],
  frequencyQ: ['frequencyWaveletsPerOctave', ['joint']],
  frequencyAveraging: ['frequencyAveraging', ['joint']],
  angularAveraging: ['angularAveraging', ['roto-translation']],
}

const defaults: Readonly<Record<Kind, Record<string, unknown>>> = {
  '2d': { scales: 3 },
  'roto-translation': { scales: 3 },
  '1d': { scales: 8, waveletsPerOctave: 8 },
  joint: { scales: 8, waveletsPerOctave: 8, frequencyScales: 3 },
}

/** The names of options as they are typed. */
export const optionNames = Object.keys(names) as (keyof TransformOptions)[]

/** An option as it is typed: frequencyScales is --frequency-scales. */
export const flagOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** The options for `@scatterlab/scattering`. Throws {@link UsageError} `BAD_OPTION` for one that this kind has not. */
export function scatteringOptions(kind: Kind, options: TransformOptions): Record<string, unknown> {
  const named: Record<string, unknown> = { ...defaults[kind] }
  for (const name of optionNames) {
    const value = options[name]
    if (value === undefined) continue
    const [own, of] = names[name]
    if (!of.includes(kind)) {
      throw new UsageError(
        'BAD_OPTION',
        `${flagOf(name)} is not for --transform ${kind}, but for ${of.join(', ')}: leave it out`,
      )
    }
    named[own] = /averaging$/i.test(name) && /^\d/.test(String(value)) ? Number(value) : value
  }
  if (named['averaging'] === 'none') {
    throw new UsageError(
      'BAD_OPTION',
      "--averaging none: paths differ in size then, and make no rows; give 'window', 'global' or a number",
    )
  }
  return named
}
