import type { FallbackCause } from '@torghut/contracts'
import type { FaultKind } from '@torghut/jangar-simulator'

export interface Expectation {
  /** The causes a call may end with. */
  causes: readonly FallbackCause[]
  /**
   * `never`: no answer may be read. `reworded`: it may, if it decides the same, in words that lost or
   * gained a piece. `unaltered`: it may, word for word. `whole`: the stream is legal and it has to be.
   */
  answer: 'never' | 'reworded' | 'unaltered' | 'whole'
  /** Whether a call that met the fault once is tried again and should succeed. */
  retried: boolean
}

/** Texts that can stand around or inside an answer end in any of these when they damage it. */
const DAMAGED = ['answer_missing', 'answer_altered', 'answer_ambiguous', 'advice_invalid'] as const

/** Written from what the failure table promises, fault by fault, not from what the code does. */
export const EXPECTATIONS: Readonly<Record<FaultKind, Expectation>> = {
  refused: fails(['gateway_refused', 'gateway_reset'], 'again'),
  reset_before_headers: fails(['gateway_reset'], 'again'),
  not_http: fails(['gateway_protocol']),
  headers_never: fails(['gateway_timeout']),
  headers_late: legal(),
  wrong_content_type: fails(['gateway_protocol']),
  json_error: fails(['gateway_protocol'], 'again'),
  json_answer: fails(['gateway_protocol']),
  echo: fails(['gateway_protocol']),
  error_400_stream: fails(['gateway_http_error']),
  http_429: fails(['gateway_http_error'], 'again'),
  http_429_retry_after: fails(['gateway_http_error'], 'again'),
  http_500: fails(['gateway_http_error'], 'again'),
  http_502: fails(['gateway_http_error'], 'again'),
  http_503: fails(['gateway_http_error'], 'again'),
  http_504: fails(['gateway_http_error'], 'again'),
  stall: fails(['gateway_stalled', 'gateway_timeout']),
  keepalives: fails(['gateway_stalled', 'gateway_timeout']),
  drip: { causes: ['gateway_timeout'], answer: 'unaltered', retried: false },
  tiny_chunks: legal(),
  // Before any byte of the stream a revision without early headers has sent nothing, not even a head.
  cut: fails(['gateway_truncated', 'gateway_reset'], 'again'),
  reset: fails(['gateway_truncated', 'gateway_reset'], 'again'),
  cut_in_character: fails(['gateway_truncated'], 'again'),
  truncated_json: fails(['gateway_protocol'], 'again'),
  body_ends: fails(['gateway_truncated'], 'again'),
  no_done: fails(['gateway_truncated'], 'again'),
  done_without_stop: fails(['gateway_truncated'], 'again'),
  // After the last delta it is no interruption at all, so the whole answer may be read.
  interrupted: { causes: ['answer_missing', 'answer_altered'], answer: 'unaltered', retried: false },
  error_frame: fails(['gateway_error_frame'], 'again'),
  two_error_frames: fails(['gateway_error_frame'], 'again'),
  late_deltas: fails(['gateway_error_frame'], 'again'),
  request_error: fails(['gateway_error_frame']),
  backend_dies: fails(['gateway_error_frame', 'gateway_timeout']),
  tool_output: noisy(),
  search_query: noisy('reworded'),
  limits_notice: noisy(),
  repeated_delta: noisy('reworded'),
  lost_repeat: noisy('reworded'),
  foreign_answer: noisy(),
  second_answer: fails(['answer_ambiguous']),
  foreign_deltas: fails(['gateway_protocol', 'answer_missing']),
  reasoning_draft: legal(),
  long_line: fails(['gateway_protocol']),
  endless: fails(['gateway_protocol']),
  not_utf8: fails(['gateway_protocol'], 'again'),
  gzip_bomb: fails(['gateway_protocol']),
}

function fails(causes: readonly FallbackCause[], again?: 'again'): Expectation {
  return { causes, answer: 'never', retried: again === 'again' }
}

/** Text with a line break cannot hide inside a text of the answer; text without one can. */
function noisy(answer: Expectation['answer'] = 'unaltered'): Expectation {
  return { causes: DAMAGED, answer, retried: false }
}

function legal(): Expectation {
  return { causes: [], answer: 'whole', retried: false }
}
