// A file that is written from front to back: every byte or an error, then fsync.
import { open } from 'node:fs/promises'

/** Bytes go out in order. */
export interface Output {
  write(bytes: Uint8Array): Promise<void>
  /** Overwrites bytes at the front; a pipe has none to go back to. */
  rewrite?: (bytes: Uint8Array) => Promise<void>
  close(): Promise<void>
  abort(): Promise<void>
}

/** A new file, or one that is written over. */
export async function outputFile(path: string): Promise<Output> {
  const handle = await open(path, 'w')
  return {
    write: (bytes) => handle.writeFile(bytes),
    rewrite: async (bytes) => {
      for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at, at)).bytesWritten
    },
    close: async () => {
      try {
        await handle.sync()
      } finally {
        await handle.close()
      }
    },
    abort: () => handle.close(),
  }
}

/** A stream such as `process.stdout`, which is not ended here; a reader that is slow is waited for. */
export function outputStream(stream: NodeJS.WritableStream): Output {
  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
  return { write, close: () => Promise.resolve(), abort: () => Promise.resolve() }
}
