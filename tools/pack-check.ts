// Proves the tarballs, not the repository: packs every publishable package, checks the tarball's manifest and types with
// publint and attw, and installs all tarballs together in an empty folder elsewhere. There each README's first example must
// type-check and print nothing to standard error; all types must be right without `skipLibCheck`, from ES modules, from
// CommonJS and for bundlers, down to the least TypeScript; and a bundle for Node must read a folder of images. Needs the npm
// registry for what packages depend on.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entryPoints, firstExample, misplacedFiles } from './tarball.ts'
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

/** The least TypeScript that reads the types, and the least that imports them into CommonJS. */
const LEAST_TYPESCRIPT = '5.7.3'
const LEAST_FROM_COMMONJS = '5.8.3'
const ESBUILD = '0.28.2'

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

/** Installs the tarballs in `elsewhere`, and what they are checked with. */
async function installElsewhere(tarballs: readonly string[], elsewhere: string): Promise<boolean> {
  mkdirSync(elsewhere)
  // in the place of the native packages that this workspace leaves out as well: npm cannot leave them out, but it can put another
  // one there
  const overrides = { 'gpu.js': { gl: 'npm:gpu-mock.js@1.4.1', webgpu: 'npm:gpu-mock.js@1.4.1' } }
  const manifest = { name: 'elsewhere', private: true, type: 'module', overrides }
  writeFileSync(join(elsewhere, 'package.json'), JSON.stringify(manifest))
  const others = [
    `least@npm:typescript@${LEAST_TYPESCRIPT}`,
    `least-from-commonjs@npm:typescript@${LEAST_FROM_COMMONJS}`,
    `esbuild@${ESBUILD}`,
  ]
  const flags = ['--no-audit', '--no-fund', '--loglevel=error']
  const install = await run('npm', ['install', ...flags, ...tarballs, ...others], elsewhere)
  report('install of the tarballs elsewhere', problemOf(install))
  return install.ok
}

async function checkExamples(members: readonly Member[], elsewhere: string): Promise<void> {
  const options = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, types: [] }
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

/** Every entry point of every package, in one program, by every way to resolve it. */
async function checkTypes(members: readonly Member[], elsewhere: string): Promise<void> {
  const entries = members.flatMap(({ manifest }) =>
    entryPoints(manifest.name, Object.keys(manifest.publishConfig?.exports ?? {})),
  )
  const program = entries.map((entry, i) => `import * as all${i} from '${entry}'\nexport { all${i} }\n`).join('')
  for (const name of ['all.mts', 'all.cts']) writeFileSync(join(elsewhere, name), program)
  const node = ['--module', 'nodenext']
  const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler']
  const own = [tool('tsc')]
  const least = [process.execPath, 'node_modules/least/bin/tsc']
  const leastFromCommonJs = [process.execPath, 'node_modules/least-from-commonjs/bin/tsc']
  for (const [title, [program = '', ...script], file, how] of [
    ['ES modules, the own TypeScript', own, 'all.mts', node],
    ['CommonJS, the own TypeScript', own, 'all.cts', node],
    ['bundlers, the own TypeScript', own, 'all.mts', bundler],
    [`ES modules, TypeScript ${LEAST_TYPESCRIPT}`, least, 'all.mts', node],
    [`bundlers, TypeScript ${LEAST_TYPESCRIPT}`, least, 'all.mts', bundler],
    [`CommonJS, TypeScript ${LEAST_FROM_COMMONJS}`, leastFromCommonJs, 'all.cts', node],
  ] as const) {
    const flags = ['--noEmit', '--strict', '--target', 'es2022', ...how, file]
    report(
      `types of ${entries.length} entry points: ${title}`,
      problemOf(await run(program, [...script, ...flags], elsewhere)),
    )
  }
  const required = entries.map((entry) => `require('${entry}')\n`).join('')
  writeFileSync(join(elsewhere, 'all.cjs'), required)
  report('CommonJS requires all entry points', problemOf(await run(process.execPath, ['all.cjs'], elsewhere)))
}

/** A folder of images, read by a program and by its bundle for Node. */
async function checkBundle(elsewhere: string): Promise<void> {
  mkdirSync(join(elsewhere, 'images/class'), { recursive: true })
  writeFileSync(join(elsewhere, 'images/class/a.pgm'), 'P2 2 1 255 7 9')
  writeFileSync(
    join(elsewhere, 'folder.mjs'),
    `import { labelledFolder } from '@scatterlab/datasets/folder'
     const { images } = await (await labelledFolder('images', { size: [1, 2], fit: 'stretch' })).load()
     console.log(images.data.join())`,
  )
  const flags = ['--bundle', '--platform=node', '--format=esm', '--outfile=bundle.mjs', '--log-level=warning']
  const bundled = await run(join(elsewhere, 'node_modules/.bin/esbuild'), ['folder.mjs', ...flags], elsewhere)
  report('bundle for Node', [...problemOf(bundled), ...(bundled.stderr === '' ? [] : [bundled.stderr])])
  for (const name of ['folder.mjs', 'bundle.mjs']) {
    const { stdout, stderr } = await run(process.execPath, [name], elsewhere)
    report(`a folder of images by ${name}`, stdout === '7,9,7,9,7,9\n' ? [] : [`${stdout}${stderr}`])
  }
}

const members = readMembers().filter(({ kind, manifest }) => kind === 'package' && manifest.private !== true)
const temporary = mkdtempSync(join(tmpdir(), 'pack-check-'))
try {
  const tarballs = members.map(({ title }) => join(temporary, `${title}.tgz`))
  await buildAll(members)
  for (const [index, member] of members.entries()) await checkTarball(member, tarballs[index] ?? '')
  const elsewhere = join(temporary, 'elsewhere')
  if (await installElsewhere(tarballs, elsewhere)) {
    await checkExamples(members, elsewhere)
    await checkTypes(members, elsewhere)
    await checkBundle(elsewhere)
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`)
if (failed > 0) process.exitCode = 1
