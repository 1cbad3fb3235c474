// The error of files that cannot be read, and of files that belong to something else.
import { ScatterlabError } from '@scatterlab/tensor'

/**
 * What is wrong with a checkpoint. The file: TRUNCATED (cut short), HEADER (not a safetensors header), OFFSETS (arrays that
 * overlap, leave gaps or do not fill their shapes), DTYPE (an element type that is not read), CORRUPT (not what was written). What is
 * in it: ARCHITECTURE (of another network), OPTIMIZER (of another optimizer), SEED (of a run with another seed), SETTINGS (of a run
 * with another rate, momentum, batch size …), DATA (of a run on other batches), FORMAT (no checkpoint of a training run).
 */
export type CheckpointErrorCode = FileFault | 'ARCHITECTURE' | 'OPTIMIZER' | 'SEED' | 'SETTINGS' | 'DATA' | 'FORMAT'

type FileFault = 'TRUNCATED' | 'HEADER' | 'OFFSETS' | 'DTYPE' | 'CORRUPT'

/** Thrown for a checkpoint that cannot be used; the message names the file if it is known, the array or the option, and the fix. */
export class CheckpointError extends ScatterlabError {
  /** What is wrong with the file, one of a fixed list; see `CheckpointErrorCode`. */
  declare readonly code: CheckpointErrorCode

  constructor(code: CheckpointErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}

const FILE_FAULTS: readonly string[] = ['TRUNCATED', 'HEADER', 'OFFSETS', 'DTYPE', 'CORRUPT'] satisfies FileFault[]

/** What `read` gives; a `CheckpointError` of it names the file, and says what to do if that is damaged. */
export function inFile<T>(file: string | undefined, fix: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error
    const name = file === undefined ? '' : `${file}: `
    throw new CheckpointError(
      error.code,
      `${name}${error.message}${FILE_FAULTS.includes(error.code) ? `: ${fix}` : ''}`,
      {
        cause: error,
      },
    )
  }
}
