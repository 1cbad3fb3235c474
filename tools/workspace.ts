// Reads the workspace from disk: its packages and apps, their manifests and TypeScript sources. Judges nothing.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The folder that holds the whole repository. */
export const repositoryRoot: string = dirname(import.meta.dirname)

/** The fields of a package.json that the tools read. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly scripts?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly imports?: Readonly<Record<string, unknown>>
  /** What takes the place of the fields above when the package is packed. */
  readonly publishConfig?: Pick<Manifest, 'exports' | 'imports'>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** One package or app of the workspace; `folder` is relative to the repository, with forward slashes. */
export interface Member {
  readonly kind: 'package' | 'app'
  /** The last part of `folder`, by which the table of arrows names it. */
  readonly title: string
  readonly folder: string
  readonly manifest: Manifest
}

/** A source file; `path` is relative to the repository, with forward slashes. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** Parses the package.json in `folder` (relative to `root`). */
export function readManifest(folder: string, root: string = repositoryRoot): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
}

/** Every package, then every app, each in alphabetical order. */
export function readMembers(root: string = repositoryRoot): Member[] {
  const under = (kind: Member['kind'], parent: string) =>
    globSync(`${parent}/*/package.json`, { cwd: root })
      .map((path) => dirname(path).replaceAll('\\', '/'))
      .sort()
      .map((folder) => ({ kind, title: basename(folder), folder, manifest: readManifest(folder, root) }))
  return [...under('package', 'packages'), ...under('app', 'apps')]
}

/** The TypeScript and JavaScript files under `src`, `bench` and `tools` of a member. */
export function readSources(member: Member, root: string = repositoryRoot): SourceFile[] {
  return ['src', 'bench', 'tools']
    .filter((part) => existsSync(join(root, member.folder, part)))
    .flatMap((part) => globSync(`${member.folder}/${part}/**/*.{ts,tsx,mts,js,mjs}`, { cwd: root }))
    .filter((path) => !path.includes('node_modules'))
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}
