/** A command line that asks for nothing we can write, or for a name that is bad or taken. Exit 2. */
export class TemplateRefusedError extends Error {
  override readonly name = 'TemplateRefusedError'
  readonly code = 'TEMPLATE_REFUSED'
}
