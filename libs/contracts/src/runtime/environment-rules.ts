import type { RawEnvironment } from './environment.ts'

/** Settings that contradict each other or would let risk through, one line each. Empty when the process may start. */
export function environmentContradictions(raw: RawEnvironment): string[] {
  return rules.filter((rule) => rule.broken(raw)).map((rule) => rule.line)
}

/** Every line `environmentContradictions` can say, in its order; the reference page is written from it. */
export function contradictionLines(): string[] {
  return rules.map((rule) => rule.line)
}

const live = (raw: RawEnvironment) => raw.TRADING_MODE === 'live'

const FAIL_MODES = ['LLM_ABSTAIN_FAIL_MODE', 'LLM_ESCALATE_FAIL_MODE', 'LLM_QUALITY_FAIL_MODE'] as const

const rules: { broken: (raw: RawEnvironment) => boolean; line: string }[] = [
  ...FAIL_MODES.map((variable) => ({
    broken: (raw: RawEnvironment) => live(raw) && raw[variable] === 'pass_through',
    line: `${variable}=pass_through would let unreviewed risk through in live: set it to veto`,
  })),
  {
    broken: (raw) => raw.LLM_MAX_QTY_MULTIPLIER > 1,
    line: 'LLM_MAX_QTY_MULTIPLIER above 1 would let advice grow an order: set it to 1 or less',
  },
  {
    broken: (raw) => raw.LLM_MIN_QTY_MULTIPLIER > raw.LLM_MAX_QTY_MULTIPLIER,
    line: 'LLM_MIN_QTY_MULTIPLIER is above LLM_MAX_QTY_MULTIPLIER: no adjustment could satisfy both',
  },
  {
    broken: (raw) => live(raw) && raw.TRADING_MARKET_CONTEXT_REQUIRED === false,
    line: 'TRADING_MARKET_CONTEXT_REQUIRED=false is not possible in live: market context is required there',
  },
  {
    broken: (raw) => live(raw) && raw.TRADING_MARKET_CONTEXT_FAIL_MODE === 'shadow_only',
    line: 'TRADING_MARKET_CONTEXT_FAIL_MODE=shadow_only is not possible in live: set it to fail_closed',
  },
  {
    broken: (raw) => live(raw) && raw.REPLAY_CLOCK !== undefined,
    line: 'REPLAY_CLOCK is for replays in paper mode: remove it',
  },
  {
    broken: (raw) => !isLoopback(raw.HOST) && raw.TORGHUT_API_KEYS_FILE === undefined,
    line: 'HOST is not a loopback address: set TORGHUT_API_KEYS_FILE, or bind to 127.0.0.1',
  },
  {
    broken: (raw) => raw.TORGHUT_STORAGE === 'persistent' && raw.TORGHUT_DATA_DIR === undefined,
    line: 'TORGHUT_STORAGE=persistent needs TORGHUT_DATA_DIR: name the folder that outlives the process',
  },
]

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
