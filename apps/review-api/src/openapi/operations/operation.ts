import type { Scope } from '../../http/authentication.ts'
import type { ComponentName } from '../components.ts'
import type { Example } from '../examples.ts'

/** One call of the API as the document tells it; a test holds every one against the routes that are registered. */
export interface Operation {
  method: 'get' | 'post' | 'put'
  path: string
  operationId: string
  tag: Tag
  summary: string
  description?: string
  /** The scope a key needs; null for calls that are open to whoever reaches the port. */
  scope: Scope | null
  parameters?: object[]
  body?: { schema: ComponentName; examples: Record<string, Example> }
  answers: Record<number, Answer>
  /** Codes of each refusal by status; null where they are many and may grow: the rules a body or query can break. */
  problems: Record<number, readonly string[] | null>
}

export interface Answer {
  description: string
  /** A named schema of JSON, or the media type of something else. */
  content: { schema: ComponentName } | { mediaType: string }
  headers?: Record<string, object>
}

/** What calls are grouped by. */
export const TAGS = {
  reviews: 'Ask for a verdict on a trade decision, and read what was decided.',
  results: 'Tell what decisions came to, and what people say of them.',
  controls: 'Switches that make the service more careful. None of them can open a gate.',
  rollout: 'Programs, which of them serves, and which may not.',
  operations: 'Look after the process.',
} as const
type Tag = keyof typeof TAGS

/** Refusals of every call that names a scope. */
export const KEYED = { 401: ['unauthenticated'], 403: ['forbidden'] }

/** Refusals of every call that reads or writes the store. */
export const STORED = { 500: ['internal'], 503: ['nothing_recorded'] }

/** What Fastify or Node refuse before a route reads the body. */
export const UNREADABLE = ['invalid_json', 'invalid_body', 'invalid_request']

/** Refusals of every call that takes a body. */
export const POSTED = { 400: UNREADABLE, 413: ['body_too_large'], 415: ['unsupported_media_type'], 422: null }
