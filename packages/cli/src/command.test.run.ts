// The command in this process, with what it prints; and pictures to run it on.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'
import { command } from './command.ts'

/** Runs it on one thread and without progress. */
export async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => stdout.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => stderr.push(String(text)) > 0),
  ]
  const code = await command(argv)
  for (const spy of spies) spy.mockRestore()
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

/** A grey picture of its own for each seed. */
export const picture = (seed: number, height = 16, width = 16): Uint8Array =>
  Uint8Array.from({ length: height * width }, (_, i) => 128 + 120 * Math.sin(0.37 * i * (1 + (seed % 7)) + seed))

/** The same as a file. */
export const pgm = (seed: number, height = 16, width = 16): Uint8Array =>
  Buffer.concat([Buffer.from(`P5 ${width} ${height} 255 `), picture(seed, height, width)])

/** Writes `files`, by their paths below `folder`. */
export function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}
