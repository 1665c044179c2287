import { Sha256 } from '@torghut/contracts'

import { API_CONTAINER } from '../torghut/knative-service.ts'
import { WORKER_CONTAINER } from '../torghut/worker-deployment.ts'
import { denialText, findDenial } from './denylist.ts'
import { knownRevisions } from './pin-history.ts'
import type { Inputs } from './read-values.ts'

/** The hash of the bootstrap heuristic (contract, 4.2). It is no program, so it is never pinned in a manifest. */
export const BOOTSTRAP_HASH = 'df087a5e643d6478b1ebe51bf44ad2d0e2228825c1c0a8e9dc345729d6a3bbff'

/** What the files say against each other or against what may be pinned, one sentence each. */
export function contradictions(inputs: Inputs): string[] {
  return [
    ...hashProblems(inputs),
    ...timeoutProblems(inputs),
    ...targetProblems(inputs),
    ...trafficProblems(inputs),
  ]
}

function hashProblems({ pins, denylist }: Inputs): string[] {
  const hash = pins.env['LLM_DSPY_ARTIFACT_HASH']
  if (hash == null) return []
  if (!Sha256.safeParse(hash).success)
    return ['LLM_DSPY_ARTIFACT_HASH is no artifact hash: expected 64 lower-case hex digits']
  if (hash === BOOTSTRAP_HASH) return ['LLM_DSPY_ARTIFACT_HASH is the bootstrap heuristic, which is never pinned']
  const denial = findDenial(denylist, hash)
  return denial === undefined ? [] : [`LLM_DSPY_ARTIFACT_HASH ${hash} is ${denialText(denial)}`]
}

/** A revision holds its artifact for ever: a share of the traffic would bring a denied one back past its pin. */
function trafficProblems({ deploy, traffic, history, denylist }: Inputs): string[] {
  const artifacts = knownRevisions(history)
  return (traffic?.traffic ?? []).flatMap(({ revisionName, percent }) => {
    if (!revisionName.startsWith(`${deploy.api.name}-`))
      return [`traffic.json names ${revisionName}, which is no revision of ${deploy.api.name}`]
    const denial = findDenial(denylist, artifacts.get(revisionName) ?? '')
    return denial === undefined || percent === 0
      ? []
      : [`traffic.json gives ${percent} % to ${revisionName}, whose artifact is ${denialText(denial)}`]
  })
}

function timeoutProblems({ deploy, pins }: Inputs): string[] {
  const programSeconds = Number(pins.env['LLM_DSPY_TIMEOUT_SECONDS'])
  if (!(programSeconds >= deploy.api.requestTimeoutSeconds)) return []
  return [
    'api.requestTimeoutSeconds must be above LLM_DSPY_TIMEOUT_SECONDS: Knative would cut off a review before its deadline',
  ]
}

/** The pins name exactly the containers we write, so that converging our own tree and generating it mean the same. */
function targetProblems({ deploy, pins }: Inputs): string[] {
  const ours = [
    ['serving.knative.dev', 'Service', deploy.namespace, deploy.api.name, API_CONTAINER],
    ['apps', 'Deployment', deploy.namespace, deploy.worker.name, WORKER_CONTAINER],
  ].map((target) => target.join('/'))
  const named = pins.targets.map(({ group, kind, namespace, name, container }) =>
    [group, kind, namespace, name, container].join('/'),
  )
  return [
    ...named
      .filter((target) => !ours.includes(target))
      .map((target) => `pins.json names ${target}, which is not generated`),
    ...ours
      .filter((target) => !named.includes(target))
      .map((target) => `pins.json does not name ${target}, which is generated`),
  ]
}
