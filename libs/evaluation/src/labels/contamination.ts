/**
 * True when the model may have read about a decision while it was trained: made on or before the last day its knowledge
 * covers. An unknown cut-off covers everything: a check that cannot run is no pass.
 */
export function isContaminated(decidedAt: string, knowledgeCutoff: string | null): boolean {
  return knowledgeCutoff === null || decidedAt.slice(0, 10) <= knowledgeCutoff
}
