// Reads the workspace from disk: its packages, apps and site, their manifests and TypeScript sources. Judges nothing.
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

/** A package or an app of the workspace, or its site; `folder` is relative to the repository, with forward slashes. */
export interface Member {
  readonly kind: 'package' | 'app' | 'site'
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

/** Every package, then every app, each in alphabetical order, and last the site, `docs`, where there is one. */
export function readMembers(root: string = repositoryRoot): Member[] {
  const at = (kind: Member['kind'], pattern: string) =>
    globSync(`${pattern}/package.json`, { cwd: root })
      .map((path) => dirname(path).replaceAll('\\', '/'))
      .sort()
      .map((folder) => ({ kind, title: basename(folder), folder, manifest: readManifest(folder, root) }))
  return [...at('package', 'packages/*'), ...at('app', 'apps/*'), ...at('site', 'docs')]
}

/** The TypeScript and JavaScript files under `src`, `bench` and `tools` of a member; of the site, everywhere but in what is built, and
 * the scripts of its components. */
export function readSources(member: Member, root: string = repositoryRoot): SourceFile[] {
  const parts = member.kind === 'site' ? ['.', '.vitepress'] : ['src', 'bench', 'tools']
  const paths = parts
    .filter((part) => existsSync(join(root, member.folder, part)))
    .flatMap((part) => globSync(`${member.folder}/${part}/**/*.{ts,tsx,mts,js,mjs,vue}`, { cwd: root }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/node_modules|\.vitepress\/(dist|cache)\//.test(path))
  return [...new Set(paths)]
    .sort()
    .map((path) => ({ path, text: scriptOf(path, readFileSync(join(root, path), 'utf8')) }))
}

/** Of a Vue component its script, at its own lines; any other text whole. */
function scriptOf(path: string, text: string): string {
  if (!path.endsWith('.vue')) return text
  const blank = (part: string) => part.replaceAll(/[^\n]+/g, '')
  let end = 0
  let script = ''
  for (const match of text.matchAll(/^<script[^>]*>([\s\S]*?)^<\/script>/gm)) {
    const start = match.index + match[0].indexOf('>') + 1
    script += blank(text.slice(end, start)) + match[1]
    end = start + match[1]!.length
  }
  return script
}
