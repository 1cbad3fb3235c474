// The error of files that cannot be read, and of files that belong to something else.
import { ScatterlabError } from '@scatterlab/tensor'

/**
 * What is wrong with a checkpoint. The file: TRUNCATED (cut short), HEADER (not a safetensors header), OFFSETS (arrays that
 * overlap, leave gaps or do not fill their shapes), DTYPE (an element type that is not read). What is in it: ARCHITECTURE (of another
 * network), OPTIMIZER (of another optimizer), SEED (of a run with another seed), DATA (of a run on other batches), FORMAT (no
 * checkpoint of a training run).
 */
export type CheckpointErrorCode =
  | 'TRUNCATED'
  | 'HEADER'
  | 'OFFSETS'
  | 'DTYPE'
  | 'ARCHITECTURE'
  | 'OPTIMIZER'
  | 'SEED'
  | 'DATA'
  | 'FORMAT'

/** Thrown for a checkpoint that cannot be used; the message names the array or the option, and the fix. */
export class CheckpointError extends ScatterlabError {
  declare readonly code: CheckpointErrorCode

  constructor(code: CheckpointErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
