// What a JSON header must not be, and JSON.parse does not say: deep, or with a name twice in one object.

/**
 * What is wrong with a header before it is parsed: an object or list inside more than `depth` others, or a name that one object has
 * twice, however it is written. Undefined for what is fine, and for what is no JSON.
 */
export function headerFault(json: string, depth: number): string | undefined {
  // names of the objects and lists that are open; a list has none
  const open: Set<string>[] = []
  const colon = /\s*:/y
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '{' || json[at] === '[') {
      if (open.push(new Set()) > depth) return `the header is deeper than ${depth} levels`
    } else if (json[at] === '}' || json[at] === ']') open.pop()
    else if (json[at] === '"') {
      const start = at
      for (at++; at < json.length && json[at] !== '"'; at++) if (json[at] === '\\') at++
      colon.lastIndex = at + 1
      const names = open.at(-1)
      if (!colon.test(json) || names === undefined) continue
      const name = unquoted(json.slice(start, at + 1))
      if (names.has(name)) return `'${name}' stands twice in the header: one name, one array`
      names.add(name)
    }
  }
  return undefined
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string
  } catch {
    return text
  }
}
