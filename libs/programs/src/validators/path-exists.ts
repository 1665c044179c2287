/** True when a dotted path such as `positions.0.qty` leads to a field; a key may hold dots itself, as "BRK.B" does. */
export function pathExists(root: unknown, path: string): boolean {
  if (root === null || typeof root !== 'object') return false
  return Object.entries(root).some(
    ([key, child]) => path === key || (path.startsWith(`${key}.`) && pathExists(child, path.slice(key.length + 1))),
  )
}
