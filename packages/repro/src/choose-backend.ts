// Which back end runs: the one that was asked for or a clear refusal, else the first that works, with the reasons.
import { type Backend, didYouMean, reference } from '@scatterlab/tensor'
import { ReproError, UsageError } from './errors.ts'
import type { Experiment } from './experiment.ts'

/** The back end of a run, and for each that was passed over a line that says why. */
export interface Choice {
  readonly backend: Backend
  readonly passedOver: readonly string[]
}

const houseNames = ['wasm', 'gpu', 'reference']

/**
 * The back end called `wanted`, or, when nothing is wanted, the first of `backends` that works here, at last the reference.
 * Throws {@link ReproError} `BACKEND_UNAVAILABLE` when the wanted one cannot run, never another in its place;
 * {@link UsageError} `BAD_OPTION` for a name that no back end has.
 */
export async function chooseBackend(backends: Experiment['backends'] = {}, wanted?: string): Promise<Choice> {
  const loaders: Readonly<Record<string, () => Promise<Backend>>> = { ...backends, reference: async () => reference }
  const names = Object.keys(loaders)
  if (wanted !== undefined) return { backend: await wantedBackend(loaders, wanted), passedOver: [] }
  const passedOver: string[] = []
  for (const name of names) {
    try {
      return { backend: await loaders[name](), passedOver }
    } catch (error) {
      passedOver.push(`back end ${name} does not run here: ${reasonOf(error)}`)
    }
  }
  throw new ReproError('BACKEND_UNAVAILABLE', passedOver.join('; '))
}

/** What really ran, in words: name, form, and which operations the back end left to the reference. */
export function describeBackend({ name, description, declined }: Backend): string {
  const left = [...declined].filter(([, times]) => times > 0).map(([operation, times]) => `${operation} ×${times}`)
  return `${name}: ${description}${left.length > 0 ? `; left to the reference: ${left.join(', ')}` : ''}`
}

async function wantedBackend(loaders: Record<string, () => Promise<Backend>>, wanted: string): Promise<Backend> {
  const names = Object.keys(loaders)
  const others = names.filter((name) => name !== wanted)
  const fix = `use --backend ${others.join(' or --backend ')}, or leave --backend out for the fastest that works`
  if (!Object.hasOwn(loaders, wanted)) {
    if (houseNames.includes(wanted)) {
      throw new ReproError('BACKEND_UNAVAILABLE', `this experiment does not run on back end ${wanted}: ${fix}`)
    }
    const known = `there is no back end '${wanted}', only ${names.join(', ')}.`
    throw new UsageError('BAD_OPTION', known + didYouMean(wanted, names))
  }
  try {
    return await loaders[wanted]()
  } catch (error) {
    throw new ReproError('BACKEND_UNAVAILABLE', `back end ${wanted} does not run here (${reasonOf(error)}): ${fix}`, {
      cause: error,
    })
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]
