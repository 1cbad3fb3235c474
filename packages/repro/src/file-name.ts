// Which names an experiment may give to what it leaves.
import { ReproError } from './errors.ts'

/** Names in the results folder that are the runner's own, and those among the checkpoints. */
export const resultNames: readonly string[] = ['result.json', 'report.md', 'checkpoints']
export const checkpointNames: readonly string[] = ['run.json']

/** Throws {@link ReproError} `BAD_FILE_NAME` for a name that is not one plain file's, or one of `taken`. */
export function checkFileName(name: string, taken: readonly string[]): void {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) && !taken.includes(name)) return
  const rule = `letters, digits, dots, hyphens and underscores, no folders, and not ${taken.join(' or ')}`
  throw new ReproError('BAD_FILE_NAME', `output '${name}': name it with ${rule}`)
}
