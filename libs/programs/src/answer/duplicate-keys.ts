/**
 * True when an object in a valid JSON text names a key twice. `JSON.parse` would silently keep the last one, and a
 * lost piece of the stream could turn one field's name into another's.
 */
export function hasDuplicateKeys(json: string): boolean {
  const scopes: Set<string>[] = []
  let lastText = ''
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === '{' || token === '[') scopes.push(new Set())
    else if (token === '}' || token === ']') scopes.pop()
    else if (token !== ':') lastText = token
    else if (!addKey(scopes.at(-1), lastText)) return true
  }
  return false
}

function addKey(scope: Set<string> | undefined, keyText: string): boolean {
  const key: unknown = JSON.parse(keyText)
  if (typeof key !== 'string' || scope === undefined || scope.has(key)) return false
  scope.add(key)
  return true
}
