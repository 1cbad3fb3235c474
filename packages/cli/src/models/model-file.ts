// A model in one file: the pipeline as `learn` saves it, and in the text of the same file the names of classes and Φ.
import { readFile } from 'node:fs/promises'
import { type Classifier, loadModel, saveModel } from '@scatterlab/learn'
import { CliError } from '../errors.ts'
import { writeWhole } from '../shards/whole-file.ts'
import type { Phi } from './labelled.ts'

/** What the command keeps of a model. */
export interface About {
  readonly classes: readonly string[]
  /** Shape of a row that it was fitted to. */
  readonly rowShape: readonly number[]
  readonly steps: readonly string[]
  readonly settings: object
  readonly phi: Phi | null
  readonly samples: number
}

const KEY = 'scatterlab-cli'

/** Writes a model, whole or not at all. */
export async function writeModel(file: string, classifier: Classifier, about: About): Promise<void> {
  const bytes = saveModel(classifier)
  const { header, numbers } = parts(bytes)
  header.__metadata__ = { ...header.__metadata__, [KEY]: JSON.stringify(about) }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const length = Math.ceil(text.length / 8) * 8
  const head = new Uint8Array(8 + length).fill(0x20)
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true)
  head.set(text, 8)
  await writeWhole(file, async (handle) => {
    await handle.appendFile(head)
    await handle.appendFile(numbers)
  })
}

/** Reads one. Throws {@link CliError} `NOT_A_MODEL`, and DataError for one that is damaged. */
export async function readModel(file: string): Promise<{ readonly classifier: Classifier; readonly about: About }> {
  const bytes = new Uint8Array(
    await readFile(file).catch((cause: Error) => {
      throw new CliError('NOT_A_MODEL', `'${file}' cannot be read (${cause.message})`, { cause })
    }),
  )
  return { classifier: loadModel(bytes), about: aboutOf(bytes, file) }
}

/** What the command keeps of a model, without its numbers. */
export function aboutOf(bytes: Uint8Array, file: string): About {
  try {
    return JSON.parse(parts(bytes).header.__metadata__[KEY]) as About
  } catch (cause) {
    throw new CliError('NOT_A_MODEL', `'${file}' is no model of 'scatterlab fit'`, { cause })
  }
}

interface Header {
  __metadata__: Record<string, string>
}

function parts(bytes: Uint8Array): { readonly header: Header; readonly numbers: Uint8Array } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header
  return { header, numbers: bytes.subarray(8 + length) }
}
