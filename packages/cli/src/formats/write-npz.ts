// Features as .npz: the arrays `features` and `name`. They are gathered in a file beside it, as a ZIP member wants its length and shape first.
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { ZipFile } from 'yazl'
import type { RowSink, SinkOptions } from './feature-writer.ts'
import { encodeHeader } from './npy-header.ts'
import { outputFile } from './output-file.ts'
import { npySink } from './write-npy.ts'

// the same bytes at every run
const FIXED = {
  mtime: new Date('1980-01-01T12:00:00Z'),
  mode: 0o100644,
  compress: false,
  forceDosTimestamp: true,
} as const

/** Rows into an .npz file. */
export async function npzSink(path: string, options: SinkOptions): Promise<RowSink> {
  const gathered = `${path}.features.tmp`
  const features = await npySink(gathered, options)
  const names: string[] = []
  return {
    write: (rows, named) => {
      names.push(...named)
      return features.write(rows, named)
    },
    close: async (rows) => {
      await features.close(rows)
      const out = await outputFile(path)
      try {
        const zip = new ZipFile()
        zip.addReadStreamLazy('features.npy', FIXED, (give) => give(null, createReadStream(gathered)))
        if (options.names) zip.addBuffer(encodeNames(names), 'name.npy', FIXED)
        zip.end()
        for await (const chunk of zip.outputStream) await out.write(chunk as unknown as Uint8Array)
      } catch (error) {
        await out.abort()
        throw error
      }
      await out.close()
      await rm(gathered)
    },
    abort: async () => {
      await features.abort()
      await rm(gathered, { force: true })
    },
  }
}

/** Text as NumPy keeps it: code points of 32 bits, as many for each as the longest has. */
function encodeNames(names: readonly string[]): Buffer {
  const points = names.map((name) => Array.from(name, (letter) => letter.codePointAt(0)!))
  const longest = points.reduce((length, name) => Math.max(length, name.length), 1)
  const body = Buffer.alloc(4 * longest * names.length)
  points.forEach((name, i) => name.forEach((point, j) => body.writeUInt32LE(point, 4 * (i * longest + j))))
  return Buffer.concat([encodeHeader(`<U${longest}`, [names.length]), body])
}
