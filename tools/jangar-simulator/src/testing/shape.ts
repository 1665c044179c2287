/** An event with every value replaced by its type, so that members and their order remain. */
export function shapeOf(event: string): string {
  if (!event.startsWith('data: {')) return event
  return JSON.stringify(JSON.parse(event.slice(6)), (_, value: unknown) => {
    if (typeof value === 'object' || value === 'stop' || value === null) return value
    return typeof value
  })
}

/** The shapes of all events of a body, usage without the details that come only when above zero. */
export function shapesOf(body: string): string[] {
  return body
    .split('\n\n')
    .map((event) =>
      shapeOf(event).replace(/,"(prompt|completion)_tokens_details":\{[^}]*\}/g, ''),
    )
}
