// Rows of features of blocks of inputs, by the settings of a manifest.
import { rotoTranslation2d, scattering1d, scattering2d, timeFrequencyScattering } from '@scatterlab/scattering'
import type { Backend, ShapedArray } from '@scatterlab/tensor'
import { type Settings, scatteringOptions } from './settings.ts'

/** What every transform of `@scatterlab/scattering` has that is used here. */
interface Transform {
  readonly paths: readonly object[]
  transform(x: ShapedArray): ShapedArray
  dispose(): void
}

/** Makes rows. */
export interface FeatureMaker {
  /** What each coefficient of a row is of, in order. */
  readonly paths: readonly object[]
  /** Shape of one row: [paths, …], behind the channels where there are several. */
  readonly rowShape: readonly number[]
  /** Numbers of one input. */
  readonly inputLength: number
  /** Inputs one after the other → rows one after the other. */
  rows(inputs: Float32Array): Float32Array
  close(): void
}

/** The transform of these settings, as `@scatterlab/scattering` has it. Throws ValueError for options that do not fit the size. */
export function scatteringOf({ kind, size, options }: Settings, backend: Backend): Transform {
  const own = { ...scatteringOptions(kind, options), backend }
  const image = { ...own, shape: size }
  const signal = { ...own, length: size[0] }
  // the options are checked by name and value where they arrive
  return {
    '2d': () => scattering2d(image as never),
    'roto-translation': () => rotoTranslation2d(image as never),
    '1d': () => scattering1d(signal as never),
    joint: () => timeFrequencyScattering(signal as never),
  }[kind]() as unknown as Transform
}

/** What makes rows by these settings. Throws ValueError for options that do not fit the size. */
export function featureMaker(settings: Settings, backend: Backend): FeatureMaker {
  const { size, channels } = settings
  const transform = scatteringOf(settings, backend)
  const inputLength = size.reduce((product, n) => product * n, channels)
  const shapeOf = (count: number): number[] => [count, ...(channels > 1 ? [channels] : []), ...size]
  const rows = (inputs: Float32Array): Float32Array => {
    const { data } = transform.transform({ data: inputs, shape: shapeOf(inputs.length / inputLength) })
    return data as Float32Array
  }
  // the shape of a row is the transform's own to say
  const [, ...rowShape] = transform.transform({ data: new Float32Array(inputLength), shape: shapeOf(1) }).shape
  return { paths: transform.paths.map(described), rowShape, inputLength, rows, close: () => transform.dispose() }
}

/** A path without what only the transform itself needs. */
function described(path: object): object {
  const { children: _, level: __, ...rest } = path as { readonly children?: unknown; readonly level?: unknown }
  return rest
}
