import type { CountedShare } from '@torghut/contracts'

import type { Risk } from '../inputs/risks.ts'
import type { JudgedAt } from './instant.ts'
import type { VerifiedPromotion } from './verify-promotion.ts'

/** The facts of a pull request that moves the pin. */
export interface PinStory {
  title: string
  /** What was done and why, before the facts. */
  opening: readonly string[]
  pinned: { hash: string; revision: string }
  previous: { hash: string; revision: string }
  image: string
  /** Null for the seed. */
  promotion: VerifiedPromotion | null
  risks: readonly Risk[]
  /** What to do to take it back, one step each. */
  undo: readonly string[]
  judged: JudgedAt
}

/** The text of the pull request, in Markdown. Same story, same bytes. */
export function pullRequestText(story: PinStory): string {
  const { title, opening, pinned, previous, image, promotion, risks, undo, judged } = story
  const lines = [
    `# ${title}`,
    '',
    ...opening,
    '',
    '| | |',
    '| --- | --- |',
    row('artifact', code(pinned.hash)),
    row('revision', code(pinned.revision)),
    row('before', `${code(previous.hash)}, revision ${code(previous.revision)}`),
    row('image', code(image)),
    ...(promotion === null ? [] : promotionRows(promotion)),
    ...(judged.isChosen ? [row('judged as of', `${judged.at.toISOString()}, given by hand, not by the clock`)] : []),
    '',
    ...(promotion === null
      ? ['The seed is uncompiled: nobody evaluated, approved or promoted it. It serves in paper only.', '']
      : evaluationLines(promotion)),
    '## Unresolved risks',
    '',
    ...(risks.length === 0 ? ['None is registered in config/risks.yaml.'] : risks.map(riskLine)),
    '',
    '## How to undo it',
    '',
    ...undo.map((step, index) => `${index + 1}. ${step}`),
  ]
  return `${lines.join('\n')}\n`
}

function promotionRows({ parts, bundle }: VerifiedPromotion): string[] {
  const { artifact, approval, promotion, evalReport } = parts
  return [
    row('program', `${cell(artifact.program_name)}, signature ${cell(artifact.signature_version)}, model ${cell(artifact.model.name)}`),
    row('promoted for', `${promotion.target}, at ${promotion.promoted_at} by ${cell(promotion.promoted_by)}`),
    row('approved by', `${cell(approval.subject)}: ${cell(approval.reason)} (key ${code(approval.key_id)}, signature verified)`),
    row('evaluation', `${code(promotion.eval_hash)}, at ${evalReport.evaluated_at}`),
    row('compile', code(promotion.compile_hash)),
    row('data set', code(evalReport.dataset_hash)),
    row('evidence', code(bundle.manifest_hash)),
  ]
}

function evaluationLines({ parts: { evalReport } }: VerifiedPromotion): string[] {
  const shares = Object.entries(evalReport.scores).map(([name, share]) => shareRow(name, share))
  const { latency_p95_ms: p95, contaminated_rows: contaminated } = evalReport
  return [
    '## Evaluation',
    '',
    '| score | counted | one-sided 95 % bound |',
    '| --- | --- | --- |',
    ...shares,
    '',
    `${evalReport.outcomes.length} of ${evalReport.outcomes.length} gates passed, ${evalReport.gate_bypasses} bypassed; p95 latency ${p95 === null ? 'not measured' : `${p95} ms`}; ` +
      `${contaminated} rows the model may have read about.`,
    '',
  ]
}

function shareRow(name: string, { hits, rows, bound }: CountedShare): string {
  return `| ${name.replaceAll('_', ' ')} | ${hits} of ${rows} | ${bound === null ? 'nothing counted' : bound} |`
}

function riskLine({ id, title, owner, severity, status, mitigation }: Risk): string {
  return `- ${id} (${severity}, ${status}, ${owner}): ${title}. ${mitigation}.`
}

function row(name: string, value: string): string {
  return `| ${name} | ${value} |`
}

function code(text: string): string {
  return `\`${text}\``
}

/** Words of others in a table: no cell ends early, no line breaks, no mark-up of theirs. */
function cell(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').replace(/[\\|<>`*_[\]]/g, '\\$&')
}
