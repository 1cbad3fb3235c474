// `pnpm release`: new versions and changelogs where changesets are waiting, a build from nothing, and every package that the registry does
// not have yet. `--rehearsal` leaves Git alone, and goes to a registry on this machine only. See docs/releasing.md.
import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readMembers, repositoryRoot } from './workspace.ts'

const isRehearsal = process.argv.includes('--rehearsal')
// a signed statement of where a package was built can be had on a build server only
const provenance = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] === undefined ? {} : { NPM_CONFIG_PROVENANCE: 'true' }

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { cwd: repositoryRoot, stdio: 'inherit', env: { ...process.env, ...provenance } })
}
const textOf = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: repositoryRoot, encoding: 'utf8' }).trim()
const tool = (name: string): string => join(repositoryRoot, 'node_modules/.bin', name)

function refuse(why: string): never {
  console.error(why)
  process.exit(2)
}

const registry = new URL(textOf('npm', 'config', 'get', 'registry'))
if (isRehearsal && registry.hostname !== '127.0.0.1')
  refuse(`a rehearsal does not publish to ${registry.href}: run pnpm release:rehearse`)
if (!isRehearsal) {
  if (textOf('git', 'status', '--porcelain') !== '') refuse('uncommitted changes: commit them, or put them away')
  const waiting = readdirSync(join(repositoryRoot, '.changeset')).filter(
    (name) => name.endsWith('.md') && name !== 'README.md',
  )
  if (waiting.length > 0) {
    run(tool('changeset'), 'version')
    run('pnpm', 'install', '--no-frozen-lockfile')
    run(tool('oxfmt'))
    run('git', 'add', '--all')
    run('git', 'commit', '--message', `release of ${waiting.length} changes`)
  }
}

const folders = readMembers()
  .filter(({ kind, manifest }) => kind === 'package' && !manifest.private)
  .map(({ folder }) => folder)
for (const folder of folders) {
  rmSync(join(repositoryRoot, folder, 'dist'), { recursive: true, force: true })
  rmSync(join(repositoryRoot, folder, '.tsbuildinfo'), { force: true })
}
run(tool('tsc'), '-b', ...folders)
run(tool('changeset'), 'publish', ...(isRehearsal ? ['--no-git-tag'] : []))
if (!isRehearsal) console.log('Published. git push --follow-tags makes the versions known to others.')
