/**
 * A role's name before a colon of any width, as a message starts once the gateway has flattened the prompt. Group 1 is
 * what stands before the colon, group 2 the colon. No quote can stand between, so JSON's own colons never match.
 */
export const ROLE_PREFIX =
  '((?:system|developer|user|assistant|tool|function)\\s*(?:\\([^()"]{0,64}\\)\\s*)?)([:\\uff1a\\ufe55])'
