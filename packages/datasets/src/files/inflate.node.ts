// What a gzip file holds, piece by piece, by Node's zlib: it reads all members, and passes over zeros after the last.

import { createGunzip } from 'node:zlib'

/** The bytes in the gzip file `bytes` as they come; throws zlib's errors, and one where more than zeros follow. */
export async function* inflated(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const engine = createGunzip({ chunkSize: 2 ** 18 })
  engine.end(bytes)
  yield* engine as AsyncIterable<Uint8Array>
  if (bytes.subarray(engine.bytesWritten).some((byte) => byte !== 0))
    throw new Error('other bytes follow its last member')
}
