// When a run saves itself: as often as it was asked to, of sound numbers only, and never twice of the same moment.
import { DivergedError, lastNonFinite } from './diverged.ts'
import type { Settings } from './settings.ts'
import { type RunIdentity, type TrainingRun, encodeRun } from '../checkpoints/training-checkpoint.ts'

/** The checkpoints of a run. Each call may reject with `DivergedError` for weights that are not finite; nothing is saved then. */
export interface Checkpoints {
  /** Saves if this step is one to save after. */
  afterStep(): Promise<void>
  /** Saves if epochs are what to save after. */
  afterEpoch(): Promise<void>
  /** Saves unless what the run has come to is saved already. */
  last(): Promise<void>
}

/** The checkpoints of a run as its options ask for them; none if they do not. */
export function checkpointsOf(
  run: TrainingRun,
  identity: RunIdentity,
  { checkpoint, resume, onProgress }: Pick<Settings<unknown>, 'checkpoint' | 'resume' | 'onProgress'>,
): Checkpoints {
  const { position, weights } = run
  const { every = 'epoch' } = checkpoint ?? {}
  const moment = (): number => position.step + position.epoch
  let saved = resume ? moment() : null

  async function save(): Promise<void> {
    if (!checkpoint) return
    const broken = await lastNonFinite({ ...weights.parameters, ...weights.state }, 'weights')
    if (broken) throw new DivergedError(broken, run)
    const { step, epoch, best } = position
    const bytes = await encodeRun(run, identity)
    await checkpoint.save(bytes, { step, epoch, best })
    saved = moment()
    onProgress({ kind: 'checkpoint', step, epoch, best, bytes: bytes.length })
  }

  return {
    async afterStep() {
      if (typeof every === 'number' && position.step % every === 0) await save()
    },
    async afterEpoch() {
      if (every === 'epoch') await save()
    },
    async last() {
      if (saved !== moment()) await save()
    },
  }
}
