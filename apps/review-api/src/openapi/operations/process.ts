import { KEYED, STORED } from './operation.ts'
import type { Operation } from './operation.ts'

/** Looking after the process. */
export const processOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/runtime',
    operationId: 'getRuntime',
    tag: 'operations',
    summary: 'What this replica runs',
    description: 'Environment, artifact and code in force, to be compared with what should run. Secrets read `[set]`.',
    scope: 'read',
    answers: { 200: { description: 'The contract in force.', content: { schema: 'RuntimeView' } } },
    problems: { ...KEYED, 500: ['internal'] },
  },
  {
    method: 'get',
    path: '/trading/status',
    operationId: 'getTradingStatus',
    tag: 'operations',
    summary: 'How reviews are guarded now',
    scope: 'read',
    answers: { 200: { description: 'Guardrails, breaker and today’s figures.', content: { schema: 'TradingStatus' } } },
    problems: { ...KEYED, 500: ['internal'] },
  },
  {
    method: 'get',
    path: '/trading/llm-evaluation',
    operationId: 'getLlmEvaluation',
    tag: 'operations',
    summary: 'Figures over today’s reviews',
    description:
      'Today is the day of the decisions in New York. Approve, veto and adjust count final verdicts, abstain and escalate what ' +
      'was advised, error the reviews in which the fallback spoke: a review may count in several. Means leave the fallback ' +
      'out. A share of nothing is 0, a mean of nothing null.',
    scope: 'read',
    answers: { 200: { description: 'The figures.', content: { schema: 'LlmEvaluation' } } },
    problems: { ...KEYED, ...STORED },
  },
  {
    method: 'get',
    path: '/healthz',
    operationId: 'getLiveness',
    tag: 'operations',
    summary: 'Is the process alive?',
    scope: null,
    answers: { 200: { description: 'It is.', content: { schema: 'Liveness' } } },
    problems: {},
  },
  {
    method: 'get',
    path: '/readyz',
    operationId: 'getReadiness',
    tag: 'operations',
    summary: 'Can reviews be recorded?',
    description: 'Refused only until the process has been ready once; later it stays 200 and names what is degraded.',
    scope: null,
    answers: {
      200: { description: 'Ready, or degraded after having been ready.', content: { schema: 'Readiness' } },
      503: { description: 'Not ready yet.', content: { schema: 'Readiness' } },
    },
    problems: {},
  },
  {
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    tag: 'operations',
    summary: 'Metrics for Prometheus',
    scope: null,
    answers: { 200: { description: 'Prometheus’ text format.', content: { mediaType: 'text/plain' } } },
    problems: { 500: ['internal'] },
  },
  {
    method: 'get',
    path: '/openapi.json',
    operationId: 'getDocument',
    tag: 'operations',
    summary: 'This document',
    scope: null,
    answers: { 200: { description: 'OpenAPI 3.1.', content: { mediaType: 'application/json' } } },
    problems: {},
  },
]
