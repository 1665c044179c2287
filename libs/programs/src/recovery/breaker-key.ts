/** The breaker of a gateway with one model: another model behind the same gateway may well be up. */
export function gatewayBreakerKey(origin: string, model: string): string {
  return `gateway ${origin} ${model}`
}

/** The breaker of one artifact, so that a bad candidate cannot stop the incumbent. */
export function artifactBreakerKey(artifactHash: string): string {
  return `artifact ${artifactHash}`
}

/** The breaker of one node of an artifact, within one process: a node nobody gets a usable answer from is not asked. */
export function nodeBreakerKey(artifactHash: string, nodeId: string): string {
  return `node ${artifactHash} ${nodeId}`
}
