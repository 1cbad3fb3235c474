// CIFAR-10 with few images, for tests that would take longer to unpack the whole set than to do their work.
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, closeSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'

const RECORD = 1 + 3 * 32 * 32

/**
 * Makes a folder with the first `perBatch` images of each of the five training batches and of the test batch of `folder`, a folder
 * of data sets that holds `cifar10` in its binary version, plain or gzip. Whoever asks for it removes it.
 */
export function fewOfCifar10(folder: string, perBatch: number): string {
  const root = mkdtempSync(join(tmpdir(), 'few-cifar10-'))
  mkdirSync(join(root, 'cifar10'))
  for (const batch of ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch']) {
    const plain = join(folder, 'cifar10', `${batch}.bin`)
    const length = perBatch * RECORD
    const bytes = existsSync(plain) ? readFileSync(plain) : unpacked(`${plain}.gz`, length)
    writeFileSync(join(root, 'cifar10', `${batch}.bin`), bytes.subarray(0, length))
  }
  return root
}

/** At least the first `length` bytes in a gzip file. */
function unpacked(path: string, length: number): Uint8Array {
  // what cannot be packed takes a little more in packs
  const packed = new Uint8Array(length + Math.ceil(length / 1000) + 1000)
  const file = openSync(path, 'r')
  const count = readSync(file, packed)
  closeSync(file)
  return gunzipSync(packed.subarray(0, count), { finishFlush: constants.Z_SYNC_FLUSH })
}
