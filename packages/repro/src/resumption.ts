// How a run goes on from what an earlier one left, and keeps checkpoints itself. Only the same run may go on: other settings
// would make a result of two.
import { ReproError, UsageError } from './errors.ts'
import { checkFileName, checkpointNames } from './file-name.ts'
import type { Keeper, KeptRun, RunIdentity, Spent } from './keeper.ts'
import { duration } from './wording.ts'

/** The checkpoints of a run that is on. */
export interface OpenCheckpoints {
  /** What the earlier run had taken until its last checkpoint; undefined when this one starts anew. */
  readonly resumed: Spent | undefined
  read(name: string): Promise<Uint8Array | undefined>
  write(name: string, bytes: Uint8Array): void
  /** Resolves when all is kept. */
  settled(): Promise<void>
}

/**
 * Opens what `kept` keeps for a run. With `resume` it goes on from what is there; `log` hears whether there is anything. `spent`
 * is asked at every checkpoint for the time until then. Throws {@link UsageError} `BAD_OPTION` when what is there is of a run
 * with other settings, `DAMAGED_CHECKPOINT` when it is not as it was written.
 */
export async function openCheckpoints(
  identity: RunIdentity,
  { kept, resume, spent, log }: { kept: Keeper; resume: boolean; spent: () => Spent; log: (line: string) => void },
): Promise<OpenCheckpoints> {
  const left = await kept.left(resume)
  if (resume && left) checkSame(left.run, identity)
  const note = noteOn(left?.run, resume)
  if (note !== undefined) log(note)
  const files = new Map(Object.entries(left?.files ?? {}))
  const pending = new Set<Promise<void>>()
  return {
    resumed: resume ? left?.run : undefined,
    async read(name) {
      checkFileName(name, checkpointNames)
      const bytes = files.get(name)
      return bytes && new Uint8Array(bytes)
    },
    write(name, bytes) {
      checkFileName(name, checkpointNames)
      if (!(bytes instanceof Uint8Array)) {
        throw new ReproError('BAD_CHECKPOINT', `checkpoint '${name}': give its bytes, as a Uint8Array`)
      }
      files.delete(name)
      const { seconds, phases } = spent()
      const complain = (error: unknown) => log(notKept(name, error))
      try {
        const done = kept.keep(name, new Uint8Array(bytes), { ...identity, seconds, phases })
        if (done instanceof Promise) pending.add(done.catch(complain))
      } catch (error) {
        complain(error)
      }
    },
    settled: async () => void (await Promise.all(pending)),
  }
}

/** What is said of a checkpoint that could not be kept; the run goes on. */
export const notKept = (name: string, error: unknown): string =>
  `checkpoint '${name}' could not be kept: ${error instanceof Error ? error.message : String(error)}`

function noteOn(left: KeptRun | undefined, resume: boolean): string | undefined {
  if (!left) return resume ? '--resume: no interrupted run left a checkpoint here; this one starts anew' : undefined
  const after = duration(left.seconds)
  if (resume) return `goes on from the last checkpoint of an interrupted run, after ${after}`
  const options = optionsOf(left).slice(0, left.dataFolder === null ? -1 : undefined)
  return (
    `an interrupted run left checkpoints here after ${after}: ${options.join(' ')} --resume goes on from them, ` +
    'the first checkpoint of this run replaces them'
  )
}

function checkSame(left: KeptRun, identity: RunIdentity): void {
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

const optionsOf = ({ mode, recipe, seed, backend, dataFolder }: RunIdentity): string[] => [
  recipe === undefined ? `--${mode}` : `--recipe ${recipe}`,
  `--seed ${seed}`,
  `--backend ${backend}`,
  dataFolder === null ? 'no --data or SCATTERLAB_DATA' : `--data ${dataFolder}`,
]
