import { createHash } from 'node:crypto'

import { estimateUsage } from '../gateway/usage.ts'
import type { PromptMessage } from './model/read-records.ts'
import { findOptionalWorldModel } from './world-models.ts'
import type { CallRole } from './world-models.ts'

/** What one key may spend on worlds, task and author calls together; null is no limit. */
export interface Budget {
  calls: number | null
  tokens: number | null
}

export interface Spent {
  calls: number
  characters: number
  /** Estimated from lengths, as the gateway's usage is. */
  tokens: number
}

export interface Account extends Record<CallRole, Spent> {
  /** Twelve digits of the key's hash; the key itself is kept nowhere. */
  key: string
  refused: number
}

export interface WorldLedger {
  /** Books a call before its answer leaves; false when the budget does not hold it, and nothing is booked. */
  charge(
    authorization: string | undefined,
    call: { model: string; messages: readonly PromptMessage[]; content: string },
  ): boolean
  describe(): { budget: Budget; accounts: Account[] }
}

/** Keys with an account of their own; all further ones share one. */
const ACCOUNTS_MAX = 1_000

/** Counts what is spent on worlds, key by key, and stops exactly at the budget. Other models cost nothing. */
export function createWorldLedger(budget: Budget): WorldLedger {
  const accounts = new Map<string, Account>()

  function accountOf(authorization: string | undefined): Account {
    const hash = createHash('sha256')
      .update(authorization ?? '')
      .digest('hex')
      .slice(0, 12)
    const key = accounts.has(hash) || accounts.size < ACCOUNTS_MAX ? hash : 'others'
    const account = accounts.get(key) ?? { key, task: nothing(), author: nothing(), refused: 0 }
    accounts.set(key, account)
    return account
  }

  return {
    charge(authorization, { model, messages, content }) {
      const role = findOptionalWorldModel(model)?.role
      if (role === undefined) return true
      const account = accountOf(authorization)
      const tokens = estimateUsage(messages, content).total_tokens
      const calls = account.task.calls + account.author.calls + 1
      const total = account.task.tokens + account.author.tokens + tokens
      if (calls > (budget.calls ?? Infinity) || total > (budget.tokens ?? Infinity)) {
        account.refused += 1
        return false
      }
      const characters = messages.reduce((sum, message) => sum + message.content.length, content.length)
      add(account[role], { calls: 1, characters, tokens })
      return true
    },
    describe: () => ({ budget, accounts: [...accounts.values()] }),
  }
}

function nothing(): Spent {
  return { calls: 0, characters: 0, tokens: 0 }
}

function add(spent: Spent, more: Spent): void {
  spent.calls += more.calls
  spent.characters += more.characters
  spent.tokens += more.tokens
}
