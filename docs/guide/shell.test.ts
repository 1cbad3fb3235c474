// Runs the commands of scatterlab on the site: those of the READMEs one after the other in a folder of small pictures; the scripts of the page on many
// machines in bash, with stand-ins for what starts tasks. Not run here: the queue (packages/cli/src/queue), `pnpm repro` (each app's main.test.ts), the
// summary of a run (docs/tools/run-summary.test.ts), installing (tools/pack-check.ts).
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(resolve(root, path), 'utf8')
const bin = join(root, 'packages/cli/src/bin.ts')
const place = mkdtempSync(join(tmpdir(), 'scatterlab-'))
afterAll(() => rmSync(place, { recursive: true }))

function write(path: string, content: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(join(place, path)), { recursive: true })
  writeFileSync(join(place, path), content, { mode })
}

/** Stripes across or down. What kind of image a file is, its first bytes say, and not its name. */
const picture = (down: boolean, seed: number) =>
  Buffer.concat([
    Buffer.from('P5 16 16 255 '),
    Uint8Array.from({ length: 256 }, (_, i) => 128 + 100 * Math.sin(1.5 * (down ? i >> 4 : i % 16) + seed)),
  ])

beforeAll(() => {
  for (const folder of ['train', 'test', 'photos/train', 'photos/test', 'photos/new'])
    for (let i = 0; i < 8; i++) write(`${folder}/${i % 2 ? 'down' : 'across'}/${i}.jpg`, picture(i % 2 === 1, i))
  for (const file of ['texture.jpg', 'photos/joshua_tree/image_0001.jpg', 'photos/joshua_tree/image_0002.jpg'])
    write(file, picture(true, 0.5))
})

/** The lines of a README that begin with the command, as words; without those of the queue, which asks for Redis. */
const commandsOf = (page: string): string[][] =>
  [
    ...read(page).matchAll(
      /^ {4}(?:\$ )?(?:pnpm |npx )?scatterlab (\w.*)$|`((?:info|filters|invert|synthesise|completion) [^`]+)`/gm,
    ),
  ]
    .map(([, line, inline]) => (line ?? inline)!.replace(/ +#.*| \|.*/g, '').split(/ +/))
    .filter(([name, ...rest]) => !['work', 'submit', 'status'].includes(name!) && !rest.includes('PATH'))

/** The same with as few iterations as do, on one thread, and all shards in one task. */
const shortened = (words: readonly string[]): string[] => {
  const more = /^(invert|synthesise)$/.test(words[0]!) ? ['--iterations', '2'] : []
  const alone =
    /^(transform|fit|evaluate|predict)$/.test(words[0]!) && !words.includes('--threads') ? ['--threads', '1'] : []
  return [...words.map((word) => (word === '1/8' ? '1/1' : word)), ...more, ...alone]
}

/** Does all commands in one process, and gives the exit code of each. */
const oneProcess = `
  import { existsSync, rmSync, writeFileSync } from 'node:fs'
  import { command } from ${JSON.stringify(String(pathToFileURL(join(root, 'packages/cli/src/index.ts'))))}
  const codes = []
  for (const argv of JSON.parse(process.argv[2])) {
    const output = argv[argv.indexOf('-o') + 1]
    if (argv.includes('-o') && existsSync(output)) rmSync(output)
    codes.push(await command(argv))
  }
  writeFileSync('codes.json', JSON.stringify(codes))
  process.exit()`

function expectDone(commands: readonly string[][], more: NodeJS.ProcessEnv = {}): void {
  write('commands.mjs', oneProcess)
  const options = { cwd: place, encoding: 'utf8', env: { ...process.env, ...more } } as const
  const { stderr } = spawnSync(process.execPath, ['commands.mjs', JSON.stringify(commands)], options)
  const codes = JSON.parse(read(join(place, 'codes.json'))) as number[]
  const ended = commands.map((argv, i) => `${argv.join(' ')}: ${codes[i]}`)
  expect(ended, stderr).toEqual(commands.map((argv) => `${argv.join(' ')}: 0`))
}

test('the commands of the READMEs end with 0', { timeout: 120_000 }, () => {
  const all = [...commandsOf('packages/cli/README.md'), ...commandsOf('README.md')].map(shortened)
  const commands = [...new Map(all.map((argv) => [argv.join(' '), argv])).values()]
  const names = [
    'transform',
    'info',
    'fit',
    'evaluate',
    'predict',
    'synthesise',
    'filters',
    'invert',
    'completion',
    'merge',
  ]
  expect(new Set(commands.map(([name]) => name))).toEqual(new Set(names))
  expectDone(commands)
})

test('the scripts for Slurm and the Job of Kubernetes give the same file', { timeout: 120_000 }, () => {
  const page = read('docs/guide/many-machines.md').replaceAll(/(?<=[ [])\/data\//g, `${place}/`)
  const [, script] = /^```bash\n([\s\S]*?)^```/m.exec(page)!
  const [, submission] = /^```sh\n(id=[\s\S]*?)^```/m.exec(page)!
  write('features.sh', script!)
  write('bin/npx', `#!/bin/sh\nshift\nexec '${process.execPath}' '${bin}' "$@"\n`, 0o755)
  // two tasks in the place of eight, and what is wrapped
  write(
    'bin/sbatch',
    `#!/bin/sh
case "$1" in
--parsable)
  for task in 1 2; do
    SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=1 SLURM_CPUS_PER_TASK=1 bash "$2" >&2 || exit 1
  done
  echo 7 ;;
--dependency=afterok:7) sh -c "$3" ;;
*) exit 2 ;;
esac
`,
    0o755,
  )
  const env = { ...process.env, PATH: `${join(place, 'bin')}:${process.env['PATH']}` }
  const { status, stderr } = spawnSync('bash', ['-euc', submission!], { cwd: place, encoding: 'utf8', env })
  expect(status, stderr).toBe(0)
  const output = join(place, 'features.parquet')
  const bySlurm = readFileSync(output)
  rmSync(output)

  const [, manifest] = /^```yaml\n([\s\S]*?)^```/m.exec(page)!
  const { spec } = parse(manifest!) as { spec: { template: { spec: { containers: { command: string[] }[] } } } }
  const [npx, yes, name, ...transform] = spec.template.spec.containers[0]!.command
  expect([npx, yes, name]).toEqual(['npx', '--yes', 'scatterlab'])
  const [, merge] = /`scatterlab (merge .*\.parquet)`/.exec(page)!
  expectDone([transform, merge!.split(' ')], { JOB_COMPLETION_INDEX: '0', SCATTERLAB_SHARDS: '1' })
  expect(readFileSync(output).equals(bySlurm)).toBe(true)
})
