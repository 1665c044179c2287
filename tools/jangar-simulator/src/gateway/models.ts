/** What the real gateway listed at revision R2; the first one serves requests that name none. */
export const MODELS = ['gpt-5.3-codex', 'gpt-5.3-codex-spark'] as const

/** Used when a request without the trade header names no model. */
export const DEFAULT_MODEL: string = MODELS[0]

/** The model list; `created` is the time of asking, so two lists never compare equal. */
export function listModels(now: Date): Record<string, unknown> {
  const created = Math.floor(now.getTime() / 1000)
  const data = MODELS.map((id) => ({
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
