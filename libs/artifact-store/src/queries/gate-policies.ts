import { sha256Hex } from '@torghut/contracts'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'

import { gatePolicies } from '../schema/gate-policies.ts'

/** Keeps a policy's canonical bytes and returns their hash; saving it again changes nothing. */
export async function saveGatePolicy(pool: Pool, bytes: Uint8Array): Promise<string> {
  const policyHash = sha256Hex(bytes)
  await drizzle({ client: pool })
    .insert(gatePolicies)
    .values({ policy_hash: policyHash, bytes: Buffer.from(bytes) })
    .onConflictDoNothing()
  return policyHash
}

export async function findOptionalGatePolicy(pool: Pool, policyHash: string): Promise<Buffer | undefined> {
  const [row] = await drizzle({ client: pool })
    .select()
    .from(gatePolicies)
    .where(eq(gatePolicies.policy_hash, policyHash))
  return row?.bytes
}
