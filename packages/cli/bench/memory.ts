// How much memory `transform` takes at its peak for 200,000 images of every kind of input that is no folder of files: it must not grow with their number.
//   node packages/cli/bench/memory.ts [--images 200000] [--threads 2] [KIND …]
// Images of 32 × 32 from a seed, of floats where the format has them (819 MB; 205 MB as bytes), 614 MB for CIFAR-10's records, in a folder that is
// removed. Each kind runs in a process of its own, whose peak is the system's (maxRSS).
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs, promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { ZipFile } from 'yazl'
import { command } from '../src/command.ts'
import { encodeHeader } from '../src/formats/npy-header.ts'

const SIDE = 32
const AREA = SIDE * SIDE
const OPTIONS = ['--scales', '1', '--orientations', '2', '--order', '1', '--averaging', 'global', '--quiet']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: '200000' },
    threads: { type: 'string', default: '2' },
    one: { type: 'boolean', default: false },
  },
})
if (values.one) {
  const code = await command(positionals[0] === undefined ? [] : (JSON.parse(positionals[0]) as string[]))
  process.stderr.write(`${JSON.stringify({ code, peak: process.resourceUsage().maxRSS / 1024 })}\n`)
  process.exit()
}

const count = Number(values.images)
const root = mkdtempSync(join(tmpdir(), 'memory-'))
process.once('exit', () => rmSync(root, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130))

/** Bytes from a seed (Marsaglia's xorshift), a megabyte at a time; `asFloats` makes numbers from 0 to 1 of them. */
function* content(bytes: number, asFloats: boolean): Generator<Uint8Array> {
  let state = 1
  for (let left = bytes; left > 0;) {
    const piece = new Uint8Array(Math.min(left, 2 ** 20))
    for (let i = 0; i < piece.length; i++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      piece[i] = state & 0xff
    }
    left -= piece.length
    yield asFloats ? new Uint8Array(Float32Array.from(piece, (byte) => byte / 255).buffer) : piece
  }
}

function write(path: string, header: Uint8Array, body: Iterable<Uint8Array>): string {
  const file = openSync(path, 'w')
  writeSync(file, header)
  for (const piece of body) for (let at = 0; at < piece.length;) at += writeSync(file, piece, at)
  return path
}

const npyHeader = (order: 'C' | 'F'): Uint8Array => {
  const header = encodeHeader('<f4', [count, SIDE, SIDE])
  const text = Buffer.from(header).toString('latin1')
  return order === 'C' ? header : Buffer.from(text.replace("False, 'shape'", "True, 'shape' "), 'latin1')
}
const npy = (order: 'C' | 'F'): string => write(join(root, 'x.npy'), npyHeader(order), content(count * AREA, true))
const idx = (): string => {
  const header = Buffer.alloc(16)
  header.writeUInt32BE(0x0803)
  for (const [axis, length] of [count, SIDE, SIDE].entries()) header.writeUInt32BE(length, 4 + 4 * axis)
  return write(join(root, 'x-idx3-ubyte'), header, content(count * AREA, false))
}
async function npz(compress: boolean): Promise<string> {
  const [plain, path] = [npy('C'), join(root, 'x.npz')]
  const zip = new ZipFile()
  zip.addFile(plain, 'features.npy', { compress })
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(path))
  rmSync(plain)
  return path
}

/** Makes the file of each kind, and gives what is read. */
const kinds: Record<string, () => string | Promise<string>> = {
  '.npy': () => npy('C'),
  '.npy, Fortran order': () => npy('F'),
  '.npy, Fortran order, a pipe': () => npy('F'),
  '.npz, stored': () => npz(false),
  '.npz, compressed': () => npz(true),
  IDX: () => idx(),
  'IDX, .gz': async () => {
    const plain = idx()
    await pipeline(createReadStream(plain), createGzip({ level: 1 }), createWriteStream(`${plain}.gz`))
    rmSync(plain)
    return `${plain}.gz`
  },
  'CIFAR-10': () => {
    const folder = join(root, 'cifar')
    mkdirSync(folder)
    const each = Math.ceil(count / 6)
    for (const name of ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch']) {
      // a label that is none would be refused: each record begins with 0
      const records = function* (): Generator<Uint8Array> {
        const body = Buffer.concat([...content(3073 * 1000, false)])
        for (let i = 0; i < 1000; i++) body[i * 3073] = 0
        for (let left = each; left > 0; left -= 1000) yield body.subarray(0, 3073 * Math.min(left, 1000))
      }
      write(join(folder, `${name}.bin`), new Uint8Array(0), records())
    }
    return folder
  },
}

/** Peak in MB, and seconds. */
async function measured(input: string, isPipe: boolean): Promise<readonly [peak: number, seconds: number]> {
  const argv = ['transform', isPipe ? '-' : input, '-o', join(root, 'f.parquet'), '--threads', values.threads]
  const started = performance.now()
  const child = spawn(process.execPath, [import.meta.filename, '--one', JSON.stringify([...argv, ...OPTIONS])], {
    stdio: [isPipe ? openSync(input, 'r') : 'ignore', 'ignore', 'pipe'],
  })
  let told = ''
  child.stderr!.on('data', (text: Buffer) => (told += text.toString()))
  await once(child, 'close')
  const { code, peak } = JSON.parse(told.trim().split('\n').at(-1)!) as { code: number; peak: number }
  if (code !== 0) throw new Error(told)
  return [peak, (performance.now() - started) / 1000]
}

const asked = positionals.length > 0 ? positionals : Object.keys(kinds)
for (const kind of asked) {
  const input = await kinds[kind]()
  const size = statSync(input).isDirectory()
    ? Number((await promisify(execFile)('du', ['-sb', input])).stdout.split('\t')[0])
    : statSync(input).size
  const [peak, seconds] = await measured(input, kind.endsWith('pipe'))
  console.log(
    `${kind}: ${(size / 1e6).toFixed(0)} MB of input, ${peak.toFixed(0)} MB at the peak, ${seconds.toFixed(0)} s`,
  )
  rmSync(root, { recursive: true })
  mkdirSync(root)
}
