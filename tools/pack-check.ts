// Proves the tarballs, not the repository: packs every publishable package, checks the tarball's manifest and types with
// publint and attw, installs all tarballs together in an empty folder elsewhere, and runs each README's first example
// there, which must type-check and print nothing to standard error. Needs the npm registry for what packages depend on.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstExample, misplacedFiles } from './tarball.ts'
import { readMembers, repositoryRoot } from './workspace.ts'
import type { Member } from './workspace.ts'

interface Outcome {
  readonly ok: boolean
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; a failure is an outcome, not an exception. */
function run(program: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, maxBuffer: 2 ** 26, timeout: 300_000 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, stdout, stderr }),
    )
  })
}

const tool = (name: string): string => join(repositoryRoot, 'node_modules/.bin', name)

let passed = 0
let failed = 0
function report(what: string, problems: readonly string[]): void {
  if (problems.length === 0) passed++
  else failed++
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${what}`)
  for (const problem of problems) console.log(problem.replaceAll(/^/gm, '     '))
}

const problemOf = ({ ok, stdout, stderr }: Outcome): string[] => (ok ? [] : [`${stdout}${stderr}`.trim()])

/** Builds every package from nothing, so that no output of a source that is gone gets packed. */
async function buildAll(members: readonly Member[]): Promise<void> {
  for (const { folder } of members) {
    rmSync(join(repositoryRoot, folder, 'dist'), { recursive: true, force: true })
    rmSync(join(repositoryRoot, folder, '.tsbuildinfo'), { force: true })
  }
  const folders = members.map(({ folder }) => folder)
  report(`build of ${folders.length} packages`, problemOf(await run(tool('tsc'), ['-b', ...folders], repositoryRoot)))
}

async function checkTarball({ folder, manifest }: Member, tarball: string): Promise<void> {
  const packed = await run('pnpm', ['pack', '--json', '--out', tarball], join(repositoryRoot, folder))
  report(`${manifest.name}: pack`, problemOf(packed))
  if (!packed.ok) return
  const listed = await run('tar', ['-tzf', tarball], repositoryRoot)
  const files = listed.stdout
    .split('\n')
    .filter(Boolean)
    .map((path) => path.replace(/^package\//, ''))
  report(`${manifest.name}: contents (${files.length} files, ${Math.ceil(readFileSync(tarball).length / 1024)} kB)`, [
    ...problemOf(listed),
    ...misplacedFiles(files),
  ])
  const [lint, types] = await Promise.all([
    run(tool('publint'), ['--strict', tarball], repositoryRoot),
    run(tool('attw'), [tarball, '--profile', 'esm-only', '--no-color'], repositoryRoot),
  ])
  report(`${manifest.name}: publint`, problemOf(lint))
  report(`${manifest.name}: attw`, problemOf(types))
}

async function checkExamples(
  members: readonly Member[],
  tarballs: readonly string[],
  elsewhere: string,
): Promise<void> {
  mkdirSync(elsewhere)
  // in the place of the native packages that this workspace leaves out as well: npm cannot leave them out, but it can put another
  // one there
  const overrides = { 'gpu.js': { gl: 'npm:gpu-mock.js@1.4.1', webgpu: 'npm:gpu-mock.js@1.4.1' } }
  const manifest = { name: 'elsewhere', private: true, type: 'module', overrides }
  writeFileSync(join(elsewhere, 'package.json'), JSON.stringify(manifest))
  const install = await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs], elsewhere)
  report('install of the tarballs elsewhere', problemOf(install))
  if (!install.ok) return
  const options = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, skipLibCheck: true, types: [] }
  for (const { title, folder, manifest } of members) {
    const readme = join(repositoryRoot, folder, 'README.md')
    const example = existsSync(readme) ? firstExample(readFileSync(readme, 'utf8')) : undefined
    if (example === undefined) {
      report(`${manifest.name}: README example`, ['README.md has no ```ts block'])
      continue
    }
    writeFileSync(join(elsewhere, `${title}.ts`), example)
    const config = { compilerOptions: options, files: [`${title}.ts`] }
    writeFileSync(join(elsewhere, `${title}.json`), JSON.stringify(config))
    report(
      `${manifest.name}: README example type-checks`,
      problemOf(await run(tool('tsc'), ['-p', `${title}.json`], elsewhere)),
    )
    const ran = await run(process.execPath, [`${title}.ts`], elsewhere)
    const noise = ran.ok && ran.stderr !== '' ? [`standard error is not empty:\n${ran.stderr}`] : []
    report(`${manifest.name}: README example runs`, [...problemOf(ran), ...noise])
  }
}

const members = readMembers().filter(({ kind, manifest }) => kind === 'package' && manifest.private !== true)
const temporary = mkdtempSync(join(tmpdir(), 'pack-check-'))
try {
  const tarballs = members.map(({ title }) => join(temporary, `${title}.tgz`))
  await buildAll(members)
  for (const [index, member] of members.entries()) await checkTarball(member, tarballs[index] ?? '')
  await checkExamples(members, tarballs, join(temporary, 'elsewhere'))
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`)
if (failed > 0) process.exitCode = 1
