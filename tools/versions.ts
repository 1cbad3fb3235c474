// Holds every outside dependency of the workspace to one exact version, the root's own tools included.
// `node tools/versions.ts` prints each clash and fails if there is one. What dependencies bring along is not looked at.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest, readMembers, repositoryRoot } from './workspace.ts'
import type { Manifest } from './workspace.ts'

/** A dependency that is not pinned, or is named at different versions, as one line. */
export type Clash = string

/** One version for all: `manifests` by folder, `catalog` as pnpm-workspace.yaml names it. */
export function versionClashes(
  manifests: ReadonlyMap<string, Manifest>,
  catalog: ReadonlyMap<string, string>,
): Clash[] {
  const folders = new Map<string, Map<string, string[]>>()
  const clashes: Clash[] = []
  for (const [folder, { dependencies, devDependencies, optionalDependencies }] of manifests) {
    for (const [name, written] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      if (written.startsWith('workspace:')) continue
      const version = written === 'catalog:' ? (catalog.get(name) ?? 'missing from the catalog') : written
      if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        clashes.push(`${folder}: ${name} is ${version}, not one exact version`)
      if (written !== 'catalog:' && catalog.has(name))
        clashes.push(`${folder}: ${name} stands in the catalog: write "catalog:"`)
      const byVersion = folders.get(name) ?? new Map<string, string[]>()
      folders.set(name, byVersion.set(version, [...(byVersion.get(version) ?? []), folder]))
    }
  }
  for (const [name, byVersion] of folders) {
    if (byVersion.size < 2) continue
    clashes.push(`${name}: ${[...byVersion].map(([version, where]) => `${version} in ${where.join(', ')}`).join('; ')}`)
  }
  return clashes
}

/** The default catalog of a pnpm-workspace.yaml: the `name: version` lines indented under `catalog:`. */
export function catalogOf(yaml: string): Map<string, string> {
  const [, block = ''] = /^catalog:\n((?: +.*\n?)*)/m.exec(yaml) ?? []
  const line = /^ +['"]?([^'":\s]+)['"]?: *['"]?([^'"\s]+)['"]?/gm
  return new Map([...block.matchAll(line)].map(([, name = '', version = '']) => [name, version]))
}

if (process.argv[1] === import.meta.filename) {
  const manifests = new Map([
    ['.', readManifest('.')],
    ...readMembers().map(({ folder, manifest }) => [folder, manifest] as const),
  ])
  const clashes = versionClashes(
    manifests,
    catalogOf(readFileSync(join(repositoryRoot, 'pnpm-workspace.yaml'), 'utf8')),
  )
  for (const clash of clashes) console.error(clash)
  console.log(`versions: ${manifests.size} package.json files, ${clashes.length} clashes`)
  if (clashes.length > 0) process.exitCode = 1
}
