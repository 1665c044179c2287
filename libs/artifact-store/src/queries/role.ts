import type { Pool } from 'pg'

/** What the application's role may do beyond its grants; in live both must be false. */
export interface RoleFacts {
  name: string
  isSuperuser: boolean
  ownsTables: boolean
}

/** Owning counts also through membership: whoever may act as the owner can drop a trigger. */
export async function readRole(pool: Pool): Promise<RoleFacts> {
  const { rows } = await pool.query<{ name: string; is_superuser: boolean; owns_tables: boolean }>(`
    SELECT current_user AS name, rolsuper AS is_superuser, EXISTS (
      SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND pg_has_role(current_user, relowner, 'MEMBER')
    ) AS owns_tables
    FROM pg_roles WHERE rolname = current_user`)
  const [role] = rows
  if (role === undefined) throw new TypeError('The current role is not in pg_roles')
  return { name: role.name, isSuperuser: role.is_superuser, ownsTables: role.owns_tables }
}
