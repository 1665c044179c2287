import type { AnswerCheck } from '../signature/signature.ts'

/** Indicators and events no request has to hold: whoever names one has to have read it. */
const SIGNAL_NAMES = [
  'RSI', 'MACD', 'VWAP', 'EMA', 'SMA', 'ATR', 'ADX', 'OBV', 'CCI',
  'Bollinger', 'Ichimoku', 'Fibonacci', 'stochastic', 'Keltner', 'Donchian',
  'earnings', 'dividend', 'insider', 'buyback', 'short interest', 'open interest', 'put/call',
] as const

/** Texts name no indicator or event that does not stand anywhere in the request. */
export function noInventedSignals<Name extends string>(
  ...names: readonly Name[]
): AnswerCheck<Record<Name, string | null>> {
  return {
    id: 'no_invented_signals',
    severity: 'error',
    reads: ['request'],
    find: (output, inputs) => {
      const claimed = SIGNAL_NAMES.filter((signal) => names.some((name) => mentions(output[name] ?? '', signal)))
      if (claimed.length === 0) return null
      const known = JSON.stringify(inputs['request'] ?? null).toLowerCase()
      const invented = claimed.find((signal) => !known.includes(signal.toLowerCase()))
      return invented === undefined ? null : `The request does not speak of ${invented}`
    },
  }
}

function mentions(text: string, signal: string): boolean {
  return new RegExp(`(?<![a-z])${signal}(?![a-z])`, 'i').test(text)
}
