// Holds every outside dependency of the workspace to one exact version, the root's own tools included. What a named catalog in
// pnpm-workspace.yaml lists may be at one more, for those who ask that catalog.
// `node tools/versions.ts` prints each clash and fails if there is one. What dependencies bring along is not looked at.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest, readMembers, repositoryRoot } from './workspace.ts'
import type { Manifest } from './workspace.ts'

/** A dependency that is not pinned, or is named at different versions, as one line. */
export type Clash = string

/** One version for all: `manifests` by folder, the catalogs of pnpm-workspace.yaml by what asks them: `catalog:`, `catalog:name`. */
export function versionClashes(
  manifests: ReadonlyMap<string, Manifest>,
  catalogs: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Clash[] {
  const folders = new Map<string, Map<string, string[]>>()
  const clashes: Clash[] = []
  for (const [folder, { dependencies, devDependencies, optionalDependencies }] of manifests) {
    for (const [name, written] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      if (written.startsWith('workspace:')) continue
      const asks = written.startsWith('catalog:')
      const version = asks ? (catalogs.get(written)?.get(name) ?? `missing from ${written}`) : written
      if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        clashes.push(`${folder}: ${name} is ${version}, not one exact version`)
      if (!asks && catalogs.get('catalog:')?.has(name))
        clashes.push(`${folder}: ${name} stands in the catalog: write "catalog:"`)
      const group = asks ? name + written.replace('catalog:', ' ').trimEnd() : name
      const byVersion = folders.get(group) ?? new Map<string, string[]>()
      folders.set(group, byVersion.set(version, [...(byVersion.get(version) ?? []), folder]))
    }
  }
  for (const [name, byVersion] of folders) {
    if (byVersion.size < 2) continue
    clashes.push(`${name}: ${[...byVersion].map(([version, where]) => `${version} in ${where.join(', ')}`).join('; ')}`)
  }
  return clashes
}

/** The catalogs of a pnpm-workspace.yaml by what asks them: the `name: version` lines indented under `catalog:`, and under each name in
 * `catalogs:`. */
export function catalogsOf(yaml: string): Map<string, Map<string, string>> {
  const [, plain = ''] = /^catalog:\n((?: +.*\n?)*)/m.exec(yaml) ?? []
  const [, named = ''] = /^catalogs:\n((?: +.*\n?)*)/m.exec(yaml) ?? []
  const blocks = [...named.matchAll(/^  (\w+):\n((?: {4}.*\n?)*)/gm)]
  const line = /^ +['"]?([^'":\s]+)['"]?: *['"]?([^'"\s]+)['"]?/gm
  const versions = (block: string) =>
    new Map([...block.matchAll(line)].map(([, name = '', version = '']) => [name, version]))
  return new Map([
    ['catalog:', versions(plain)],
    ...blocks.map(([, name = '', block = '']) => [`catalog:${name}`, versions(block)] as const),
  ])
}

if (process.argv[1] === import.meta.filename) {
  const manifests = new Map([
    ['.', readManifest('.')],
    ...readMembers().map(({ folder, manifest }) => [folder, manifest] as const),
  ])
  const clashes = versionClashes(
    manifests,
    catalogsOf(readFileSync(join(repositoryRoot, 'pnpm-workspace.yaml'), 'utf8')),
  )
  for (const clash of clashes) console.error(clash)
  console.log(`versions: ${manifests.size} package.json files, ${clashes.length} clashes`)
  if (clashes.length > 0) process.exitCode = 1
}
