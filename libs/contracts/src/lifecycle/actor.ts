import { text } from '../scalars.ts'

/** Who did it: the subject of an API key, a local identity, or the name of the controller that acted by itself. */
export const Actor = text(128)

/** Why, in the words of whoever did it; kept in the audit trail. */
export const Reason = text(500)
