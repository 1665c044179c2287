/** The model list; `created` is the time of asking, so two lists never compare equal. */
export function listModels(models: readonly string[], now: Date): Record<string, unknown> {
  const created = Math.floor(now.getTime() / 1000)
  const data = models.map((id) => ({
    id,
    object: 'model',
    owned_by: 'jangar',
    created,
    permission: [],
    root: id,
    parent: null,
  }))
  return { object: 'list', data }
}
