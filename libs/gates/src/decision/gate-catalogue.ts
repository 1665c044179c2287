import { MARKET_CONTEXT_ABOUT } from '../context/market-context.ts'
import { ADVICE_POLICY_ABOUT } from './advice-policy.ts'
import { ADVICE_VETO_ABOUT } from './advice-veto.ts'
import { CONTROLS_ABOUT } from './controls.ts'
import { FAST_PATH_ABOUT } from './fast-path.ts'
import type { GateAbout } from './gate-about.ts'
import { GATE_STATE_ABOUT } from './gate-state.ts'
import { ONLY_TIGHTER_ABOUT } from './only-tighter.ts'
import { ORDER_SHAPE_ABOUT } from './order-shape.ts'
import { PRE_TRADE_GATES } from './pre-trade/pre-trade-gates.ts'
import { PROVED_EXIT_ABOUT } from './reducing-proof.ts'

/** What every gate of a review says about itself, in `GATE_ORDER`. */
export const GATE_CATALOGUE: readonly GateAbout[] = [
  PROVED_EXIT_ABOUT,
  CONTROLS_ABOUT,
  ORDER_SHAPE_ABOUT,
  GATE_STATE_ABOUT,
  MARKET_CONTEXT_ABOUT,
  FAST_PATH_ABOUT,
  ADVICE_VETO_ABOUT,
  ADVICE_POLICY_ABOUT,
  ONLY_TIGHTER_ABOUT,
  ...PRE_TRADE_GATES.map(({ about }) => about),
]
