import swagger from '@fastify/swagger'
import type { StaticDocumentSpec } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

import { openApiDocument, openApiText } from '../openapi/document.ts'

/**
 * What the page may load: its own files, nothing from elsewhere, so that it works without a network and leaks nothing.
 * Swagger UI draws its icons from data addresses and sets styles on elements.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** `/openapi.json` and, for people, the same at `/docs`. Both are open: the contract is no secret. */
export function documentationRoutes(app: FastifyInstance): void {
  const text = openApiText()
  app.get('/openapi.json', async (_request, reply) => reply.type('application/json').send(text))
  // The plugin's types stop at OpenAPI 3.0; it hands the document on as it is.
  const document = openApiDocument() as unknown as StaticDocumentSpec['document']
  app.register(swagger, { mode: 'static', specification: { document } })
  app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY_POLICY,
    theme: { title: 'Torghut review API' },
    // The default sends the document's address to a validator on the internet.
    uiConfig: { validatorUrl: null, docExpansion: 'list', layout: 'BaseLayout' },
  })
}
