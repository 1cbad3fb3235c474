// Keeps the checkpoints of a run in a place, and gives back what an earlier run left there. Beside the checkpoints stands run.json:
// which run they are of, how long it had taken, and a checksum of each. It names only what was written.
import { checksum } from '@scatterlab/tensor'
import type { Checkpoints } from './checkpoints.ts'
import { UsageError } from './errors.ts'
import type { Mode } from './experiment.ts'
import { checkpointNames } from './file-name.ts'

/** What two runs have in common when one can go on from the other. */
export interface RunIdentity {
  readonly app: string
  readonly mode: Mode
  readonly recipe?: string | undefined
  readonly seed: number
  /** The name of the back end alone. */
  readonly backend: string
  readonly dataFolder: string | null
  readonly budget: unknown
}

/** Time that went into a run, in seconds. */
export interface Spent {
  readonly seconds: number
  readonly phases: Readonly<Record<string, number>>
}

/** A run that keeps checkpoints, as it is when it keeps one. */
export interface KeptRun extends RunIdentity, Spent {}

/** What an interrupted run left. */
export interface Left {
  readonly run: KeptRun
  /** Its checkpoints by name; empty when nobody asked to resume. */
  readonly files: Readonly<Record<string, Uint8Array>>
}

/** The checkpoints of one run after another in one place. */
export interface Keeper {
  /**
   * What an interrupted run left, with its checkpoints if they are to be resumed from. Throws {@link UsageError}
   * `DAMAGED_CHECKPOINT`, then, for a record or a checkpoint that is not as it was written; the place is left as it is.
   */
  left(resume: boolean): Promise<Left | undefined>
  /** Keeps `bytes` as the latest checkpoint `name` of `run`; at once where the place is. Throws, or rejects, if that fails. */
  keep(name: string, bytes: Uint8Array<ArrayBuffer>, run: KeptRun): void | Promise<void>
  /** Removes the checkpoints of this run, those that it resumed included; leaves those of a run that is another. */
  remove(): void | Promise<void>
}

/** The contents of run.json. */
interface RunRecord extends KeptRun {
  readonly names: readonly string[]
  /** Of each name; two while one checkpoint takes the place of another. */
  readonly checksums: Readonly<Record<string, readonly string[]>>
}

const [recordName] = checkpointNames

/** Keeps checkpoints in `place`; nowhere by default. */
export function keeper(place?: Checkpoints): Keeper {
  if (!place) return { left: async () => undefined, keep: () => {}, remove: () => {} }
  const { path } = place
  let sums: Record<string, readonly string[]> = {}
  let begun = false
  let last: KeptRun | undefined
  let pending: Promise<void> | undefined

  const damaged = (name: string, how: string): UsageError => {
    const file = path === undefined ? name : `${path}/${name}`
    const fix = 'put back what was there, or leave out --resume to start anew'
    return new UsageError('DAMAGED_CHECKPOINT', `--resume: the checkpoint ${file} ${how}: ${fix}`)
  }
  const read = async (name: string): Promise<Uint8Array | undefined> => {
    try {
      return await place.read(name)
    } catch (error) {
      throw damaged(name, `cannot be read (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  const record = (run: KeptRun) => () => {
    const text = JSON.stringify({ ...run, names: Object.keys(sums), checksums: sums } satisfies RunRecord, null, 2)
    return place.write(recordName, new TextEncoder().encode(`${text}\n`))
  }

  return {
    async left(resume) {
      const bytes = await read(recordName).catch((error: unknown) => {
        if (resume) throw error
      })
      const found = bytes && recordIn(bytes)
      if (bytes && !found && resume) throw damaged(recordName, 'is damaged')
      if (!found || found.names.length === 0) return undefined
      const { names, checksums, ...run } = found
      if (!resume) return { run, files: {} }
      const files: Record<string, Uint8Array> = {}
      for (const name of names) {
        const file = await read(name)
        if (!file) throw damaged(name, 'is gone')
        if (!checksums[name].includes(checksum(file))) throw damaged(name, 'is damaged')
        files[name] = file
      }
      sums = checksums
      last = run
      begun = true
      return { run, files }
    },
    keep(name, bytes, run) {
      const keeping = () => {
        const sum = checksum(bytes)
        const before = Object.hasOwn(sums, name) ? sums[name] : undefined
        const kept = (all: readonly string[]) => () => void (sums = { ...sums, [name]: all })
        // whenever the process ends in between, run.json fits what lies beside it
        return inTurn([
          begun ? () => {} : () => place.remove(),
          () => void (begun = true),
          ...(before && last ? [kept([sum, ...before]), record(last)] : []),
          () => place.write(name, bytes),
          kept([sum]),
          record(run),
          () => void (last = run),
        ])
      }
      const done = pending ? pending.then(keeping, keeping) : keeping()
      pending = done instanceof Promise ? done : undefined
      return done
    },
    remove: () => (begun ? place.remove() : undefined),
  }
}

/** Calls in turn; at once where no call gives a promise, so that an experiment that computes without a pause keeps its checkpoint. */
function inTurn([first, ...rest]: readonly (() => void | Promise<void>)[]): void | Promise<void> {
  const done = first?.()
  if (rest.length === 0) return done
  return done instanceof Promise ? done.then(() => inTurn(rest)) : inTurn(rest)
}

function recordIn(bytes: Uint8Array): RunRecord | undefined {
  try {
    const record = JSON.parse(new TextDecoder().decode(bytes)) as RunRecord
    const { app, mode, seed, backend, seconds, phases, names, checksums } = record
    const texts = [app, mode, backend].every((text) => typeof text === 'string')
    const numbers = [seed, seconds, ...Object.values(phases)].every((number) => typeof number === 'number')
    return texts && numbers && names.every((name) => Array.isArray(checksums[name])) ? record : undefined
  } catch {
    return undefined
  }
}
