import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Member, readMembers, repositoryRoot } from './workspace.ts'

interface TsConfig {
  readonly references: readonly { readonly path: string }[]
}
const referencesOf = (folder: string): string[] => {
  const config = JSON.parse(readFileSync(join(repositoryRoot, folder, 'tsconfig.json'), 'utf8')) as TsConfig
  return config.references.map(({ path }) => path).sort()
}
const members = readMembers()
/** From the folder of a member to the root. */
const up = (member: Member) => (member.kind === 'site' ? '..' : '../..')

test('the root tsconfig.json builds every package, every app, the site and the tools', () => {
  expect(referencesOf('.')).toEqual([...members.map(({ folder }) => folder), 'tools'].sort())
})

describe.each(members.map((member) => [member.folder, member] as const))('%s', (_, member) => {
  const { dependencies, devDependencies, scripts } = member.manifest

  test('refers in tsconfig.json to the packages that its package.json names', () => {
    const named = Object.keys({ ...dependencies, ...devDependencies })
    const folders = members
      .filter(({ manifest }) => named.includes(manifest.name))
      .map(({ kind, title }) => (kind === member.kind ? `../${title}` : `${up(member)}/${kind}s/${title}`))
    expect(referencesOf(member.folder)).toEqual(folders.sort())
  })

  test('has a test script that runs its own tests', () => {
    expect(scripts?.['test']).toBe(`vitest run --root ${up(member)} --project ${member.manifest.name}`)
  })

  test('publishes, built, the entry points that it has here', () => {
    const { private: isPrivate, exports, imports, publishConfig } = member.manifest
    // what only tests import is not published
    const subpaths = (map: object | undefined) =>
      Object.entries(map ?? {}).flatMap(([path, target]) => (/\.test\./.test(String(target)) ? [] : [path]))
    expect(subpaths(publishConfig?.exports)).toEqual(isPrivate ? [] : subpaths(exports))
    expect(subpaths(publishConfig?.imports)).toEqual(isPrivate ? [] : subpaths(imports))
    expect(JSON.stringify(publishConfig ?? {})).not.toContain('src/')
  })
})
