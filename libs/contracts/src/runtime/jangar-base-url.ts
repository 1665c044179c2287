/** Paths people configure; all mean the same gateway (contract, 4.4). */
const KNOWN_PATHS = ['', '/openai/v1', '/openai/v1/chat/completions']

/** Reads `JANGAR_BASE_URL`: http or https, a host, no query, no fragment, no other path. */
export function parseJangarBaseUrl(
  value: string,
): { ok: true; origin: string; chatUrl: string } | { ok: false; problem: string } {
  const url = URL.parse(value)
  if (url === null) return refuse('is not a URL: write http://host:port')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse(`has scheme "${url.protocol}": use http or https`)
  if (url.username !== '' || url.password !== '') return refuse('holds credentials: use JANGAR_API_KEY')
  if (url.search !== '' || url.hash !== '') return refuse('holds a query or fragment: remove it')
  if (!KNOWN_PATHS.includes(url.pathname.replace(/\/+$/, ''))) {
    return refuse(`has path "${url.pathname}": use no path or /openai/v1`)
  }
  return { ok: true, origin: url.origin, chatUrl: `${url.origin}/openai/v1/chat/completions` }
}

function refuse(what: string): { ok: false; problem: string } {
  return { ok: false, problem: `JANGAR_BASE_URL ${what}` }
}
