import type { DeskRuleName } from '@torghut/market-replay/desk-rules'

type Effect = 'approve' | 'adjust' | 'veto'

/** A sentence about more rules than this is a heap of keywords, not a statement. */
const RULES_PER_STATEMENT_MAX = 2

/**
 * The desk rules a text states: a rule counts when its conditions and its effect stand in one
 * sentence and the effect is not negated. Words with the same meaning count alike, so rewording
 * changes nothing; bare lists of words teach nothing.
 */
export function statedRules(instructions: string): DeskRuleName[] {
  const found = statements(instructions).flatMap(rulesOf)
  return concepts.map(({ rule }) => rule).filter((rule) => found.includes(rule))
}

/** Sentences and list items; one that orders several effects is cut at its commas and joining words. */
function statements(text: string): string[] {
  const lines = text
    .toLowerCase()
    .replaceAll('%', ' percent')
    .replace(/\n(?=\s*([-*•]|\d+[.)])\s)|\n\s*\n/g, '. ')
    .replace(/\s+/g, ' ')
  return lines
    .split(/[.;!?](?:\s|$)/)
    .flatMap((sentence) =>
      effectsOf(sentence).length > 1 ? sentence.split(/,|\band\b|\bbut\b|\bor else\b/) : [sentence],
    )
}

function rulesOf(statement: string): DeskRuleName[] {
  const [effect, ...others] = effectsOf(statement)
  if (effect === undefined || others.length > 0) return []
  const rules = concepts
    .filter(
      (concept) =>
        concept.effect === effect && concept.conditions.every((condition) => condition.test(statement)),
    )
    .map(({ rule }) => rule)
  return rules.length > RULES_PER_STATEMENT_MAX ? [] : rules
}

function effectsOf(statement: string): Effect[] {
  const plain = statement.replace(NEGATED_APPROVAL, ' veto ').replace(NEGATED_EFFECT, ' ')
  return (Object.keys(effectWords) as Effect[]).filter((effect) => effectWords[effect].test(plain))
}

/** "Do not approve" is a veto; "never veto" and "need not halve" order nothing. */
const NEGATION = "(?:do not|don't|does not|never|not|no need to|need not|must not|should not|cannot)"
const APPROVING = '(?:approved?|allow(?:ed)?|accept(?:ed)?|permit(?:ted)?)'
const RESTRAINING =
  '(?:veto(?:ed)?|reject(?:ed)?|refused?|declined?|block(?:ed)?|halved?|adjust(?:ed)?|reduced?|cut)'
const NEGATED_APPROVAL = new RegExp(`\\b${NEGATION} (?:be )?${APPROVING}\\b`, 'g')
const NEGATED_EFFECT = new RegExp(`\\b${NEGATION} (?:be |to )?${RESTRAINING}\\b`, 'g')

const effectWords: Readonly<Record<Effect, RegExp>> = {
  approve: anyOf('approv\\w*', 'accept\\w*', 'allow\\w*', 'permit\\w*', 'let (it|them) through'),
  adjust: anyOf(
    'adjust\\w*',
    'halv\\w*',
    'half',
    'reduc\\w* the (size|quantity)',
    'smaller (size|quantity)',
    'cut the (size|quantity)',
  ),
  veto: anyOf(
    'veto\\w*',
    'reject\\w*',
    'refus\\w*',
    'declin\\w*',
    'block\\w*',
    'forbid\\w*',
    'no new (risk|long|short|position|trade|entr)\\w*',
    'stay out',
  ),
}

const VOLATILITY = anyOf('volatil\\w*', 'turbulen\\w*', 'swings')
const LONG = anyOf('longs?', 'buy\\w*')
const SHORT = anyOf('shorts?', 'shorting', 'sell\\w*')
const DOWNTREND = anyOf(
  'down-?\\s?trend\\w*',
  'bear\\w*',
  'falling (trend|market|prices?)',
  'negative trend',
  'trend (is |that is )?(negative|falling|down|below zero)',
)
const UPTREND = anyOf(
  'up-?\\s?trend\\w*',
  'bull\\w*',
  'rising (trend|market|prices?)',
  'positive trend',
  'trend (is |that is )?(positive|rising|up)',
)
const CALM = anyOf('calm', 'quiet', 'low volatility', 'little volatility', '0\\.007')
const PANIC = anyOf('panic\\w*', 'extreme\\w*', 'crisis', 'very high', '0\\.02[0-5]?', '2\\.2\\s?percent')
const RAISED = anyOf('raised', 'elevated', 'stress\\w*', 'high', 'higher', 'moderate\\w*', 'medium', '0\\.012\\d*')

/** What a text has to speak of to state a rule; the rules themselves and their limits belong to the desk. */
const concepts: readonly { rule: DeskRuleName; effect: Effect; conditions: readonly RegExp[] }[] = [
  {
    rule: 'reduces-position',
    effect: 'approve',
    conditions: [
      anyOf(
        'exits?',
        'reduce-only',
        'reduc\\w+ (an |the )?(open |existing )?(position|exposure|holding)',
        'clos\\w+ (an |the )(open )?position',
      ),
    ],
  },
  {
    rule: 'evidence-missing',
    effect: 'veto',
    conditions: [
      anyOf('missing', 'unreadable', 'absent', 'unknown', 'unavailable', 'cannot be read', 'lacks?', 'without'),
      anyOf('rsi', 'volatility', 'side', 'indicators?'),
    ],
  },
  { rule: 'panic-volatility', effect: 'veto', conditions: [VOLATILITY, PANIC] },
  {
    rule: 'chasing-extreme',
    effect: 'veto',
    conditions: [
      anyOf('rsi', 'overbought', 'oversold'),
      anyOf('extreme\\w*', 'overbought', 'oversold', 'chas\\w+', 'stretched', '70', '30'),
    ],
  },
  {
    rule: 'long-into-stressed-downtrend',
    effect: 'veto',
    conditions: [LONG, DOWNTREND, VOLATILITY, RAISED],
  },
  { rule: 'short-against-calm-uptrend', effect: 'veto', conditions: [SHORT, UPTREND, CALM] },
  { rule: 'medium-stress', effect: 'adjust', conditions: [VOLATILITY, RAISED] },
  {
    rule: 'overextended-trend',
    effect: 'adjust',
    conditions: [
      anyOf('mean', 'average', 'trend', 'extended', 'over-?extended'),
      anyOf('far', 'over-?extended', 'extended', 'stretched', 'distance', '0\\.03', '3\\s?percent'),
    ],
  },
  {
    rule: 'ordinary-risk',
    effect: 'approve',
    conditions: [
      anyOf(
        'otherwise',
        'everything else',
        'all (the )?others?',
        'every other',
        'no (desk )?rule',
        'none of (these|the)',
        'ordinary',
      ),
    ],
  },
]

/** Matches a text that holds at least one of these, as whole words. */
function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(`\\b(?:${patterns.join('|')})\\b`)
}
