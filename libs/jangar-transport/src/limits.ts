/**
 * Everything that is bounded in a call. Sizes in bytes or UTF-16 units as named, times in
 * milliseconds.
 */
export interface TransportLimits {
  /** Longest line of the stream, also the longest joined event, in UTF-16 units. */
  lineLengthMax: number
  /** Longest answer text, in UTF-16 units. */
  contentLengthMax: number
  /** Most body bytes read in one attempt. */
  bodyBytesMax: number
  /** Most bytes read of a body that is not a stream; enough for an error, whatever it is. */
  errorBodyBytesMax: number
  /**
   * How long a TCP or TLS connect may take. A connect begun for an aborted call ends within this
   * time too.
   */
  connectMs: number
  /**
   * How long a stream may go without a data event once its headers are here. Comments are not
   * progress.
   */
  stallMs: number
  /**
   * How long the rest of a body is read once the outcome is known (usage after an error, the end
   * after `[DONE]`).
   */
  drainMs: number
  attemptsMax: number
  /** A retry is pointless with less of the budget left than this. */
  attemptMinMs: number
  /**
   * First pause before a retry; it doubles up to `backOffMaxMs`, and jitter takes up to half of it
   * away.
   */
  backOffMs: number
  backOffMaxMs: number
}

const MIB = 1024 * 1024

/**
 * Why these: a delta is one line whatever its size and 180 KB were seen; keepalives come every five
 * seconds and a model was seen silent for twelve, so a stream counts as dead only after twenty;
 * calls have a budget of 8 to 20 seconds, which leaves room for two quick retries at most.
 */
export const DEFAULT_LIMITS: TransportLimits = {
  lineLengthMax: MIB,
  contentLengthMax: MIB,
  bodyBytesMax: 8 * MIB,
  errorBodyBytesMax: 64 * 1024,
  connectMs: 3_000,
  stallMs: 20_000,
  drainMs: 500,
  attemptsMax: 3,
  attemptMinMs: 1_000,
  backOffMs: 250,
  backOffMaxMs: 2_000,
}
