// What JSON.parse passes over: a name that stands twice in one object, of which it keeps the last.

/** The first name that an object of this JSON text has twice, however it is written; undefined if there is none. */
export function repeatedKey(json: string): string | undefined {
  // names of the objects and lists that are open; a list has none
  const open: Set<string>[] = []
  const colon = /\s*:/y
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '{' || json[at] === '[') open.push(new Set())
    else if (json[at] === '}' || json[at] === ']') open.pop()
    else if (json[at] === '"') {
      const start = at
      for (at++; json[at] !== '"'; at++) if (json[at] === '\\') at++
      colon.lastIndex = at + 1
      if (!colon.test(json)) continue
      const name = JSON.parse(json.slice(start, at + 1)) as string
      const names = open.at(-1)!
      if (names.has(name)) return name
      names.add(name)
    }
  }
  return undefined
}
