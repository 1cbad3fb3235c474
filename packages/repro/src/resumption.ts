// How a run leaves checkpoints and a later one goes on from them. Beside the experiment's checkpoints stands run.json: which
// run they are of, and how long it had taken. Only the same run may go on: other settings would make a result of two.
import type { Checkpoints } from './checkpoints.ts'
import { ReproError, UsageError } from './errors.ts'
import type { Mode } from './experiment.ts'
import { checkFileName, checkpointNames } from './file-name.ts'
import { duration } from './wording.ts'

/** What two runs have in common when one can go on from the other. */
export interface RunIdentity {
  readonly app: string
  readonly mode: Mode
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

/** The contents of run.json. */
interface RunRecord extends RunIdentity, Spent {
  /** The checkpoints that belong to this run; others that lie there are older. */
  readonly names: readonly string[]
}

/** The checkpoints of a run that is on. */
export interface OpenCheckpoints {
  /** What the earlier run had taken until its last checkpoint; undefined when this one starts anew. */
  readonly resumed: Spent | undefined
  read(name: string): Promise<Uint8Array | undefined>
  write(name: string, bytes: Uint8Array): void
  /** Resolves when all is written. */
  settled(): Promise<void>
  /** The run has finished: removes its checkpoints, those that it went on from included. */
  finish(): Promise<void>
}

const [recordName] = checkpointNames

const nowhere: Checkpoints = { read: () => undefined, write: () => {}, remove: () => {} }

/**
 * Opens `place` for a run. With `resume` it goes on from what is there; `log` hears whether there is anything. `spent` is
 * asked at every checkpoint for the time until then. Throws {@link UsageError} `BAD_OPTION` when what is there is of a run
 * with other settings.
 */
export async function openCheckpoints(
  identity: RunIdentity,
  {
    place = nowhere,
    resume,
    spent,
    log,
  }: { place: Checkpoints | undefined; resume: boolean; spent: () => Spent; log: (line: string) => void },
): Promise<OpenCheckpoints> {
  const left = recordIn(await place.read(recordName))
  if (resume && left) checkSame(left, identity)
  const note = noteOn(left, resume)
  if (note !== undefined) log(note)
  const resumed = resume ? left : undefined
  const names = new Set(resumed?.names)
  let begun = resumed !== undefined
  let pending: Promise<void> | undefined

  // at once where the place is: an experiment that computes without a pause never comes to what waits
  const put = (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    const complain = (error: unknown) =>
      log(`checkpoint '${name}' could not be kept: ${error instanceof Error ? error.message : String(error)}`)
    const attempt = () => {
      try {
        const written = place.write(name, bytes)
        return written instanceof Promise ? written.catch(complain) : undefined
      } catch (error) {
        complain(error)
        return undefined
      }
    }
    pending = pending ? pending.then(attempt) : attempt()
  }
  const record = () => {
    const { seconds, phases } = spent()
    const text = JSON.stringify({ ...identity, names: [...names], seconds, phases } satisfies RunRecord, null, 2)
    put(recordName, new TextEncoder().encode(`${text}\n`))
  }

  return {
    resumed,
    async read(name) {
      checkFileName(name, checkpointNames)
      const bytes = resumed?.names.includes(name) ? await place.read(name) : undefined
      return bytes && new Uint8Array(bytes)
    },
    write(name, bytes) {
      checkFileName(name, checkpointNames)
      if (!(bytes instanceof Uint8Array)) {
        throw new ReproError('BAD_CHECKPOINT', `checkpoint '${name}': give its bytes, as a Uint8Array`)
      }
      if (!begun) record() // from here on, what lies there is of no other run
      begun = true
      put(name, new Uint8Array(bytes))
      names.add(name)
      record()
    },
    settled: async () => pending,
    async finish() {
      await pending
      if (begun) await place.remove()
    },
  }
}

function recordIn(bytes: Uint8Array | undefined): RunRecord | undefined {
  if (bytes === undefined) return undefined
  try {
    const record = JSON.parse(new TextDecoder().decode(bytes)) as RunRecord
    return record.names.length > 0 ? record : undefined
  } catch {
    return undefined
  }
}

function noteOn(left: RunRecord | undefined, resume: boolean): string | undefined {
  if (!left) return resume ? '--resume: no interrupted run left a checkpoint here; this one starts anew' : undefined
  const after = duration(left.seconds)
  if (resume) return `goes on from the last checkpoint of an interrupted run, after ${after}`
  const options = optionsOf(left).slice(0, left.dataFolder === null ? -1 : undefined)
  return (
    `an interrupted run left checkpoints here after ${after}: ${options.join(' ')} --resume goes on from them, ` +
    'the first checkpoint of this run replaces them'
  )
}

function checkSame(left: RunRecord, identity: RunIdentity): void {
  const complain = (what: string, fix: string): never => {
    throw new UsageError('BAD_OPTION', `--resume: ${what}: ${fix}leave out --resume to start anew`)
  }
  if (left.app !== identity.app) {
    complain(`the checkpoints are of app ${left.app}, not ${identity.app}`, 'give the --out of its run, or ')
  }
  const [was, is] = [optionsOf(left), optionsOf(identity)]
  const differing = was.flatMap((option, index) => (option === is[index] ? [] : index))
  if (differing.length > 0) {
    const those = (of: readonly string[]) => differing.map((index) => of[index]).join(' and ')
    complain(`the interrupted run had ${those(was)}, this one has ${those(is)}`, `give ${those(was)}, or `)
  }
  const [before, now] = [left.budget, identity.budget].map((budget) => JSON.stringify(budget))
  if (before !== now) complain(`the app has changed, its budget was ${before} and is ${now}`, '')
}

const optionsOf = ({ mode, seed, backend, dataFolder }: RunIdentity): string[] => [
  `--${mode}`,
  `--seed ${seed}`,
  `--backend ${backend}`,
  dataFolder === null ? 'no --data or SCATTERLAB_DATA' : `--data ${dataFolder}`,
]
