/** A setting the transport cannot work with. Raised when the transport is made, never during a call. */
export class JangarSettingsError extends Error {
  override readonly name = 'JangarSettingsError'
  readonly code = 'JANGAR_SETTINGS'
  readonly setting: string

  constructor(setting: string, problem: string) {
    super(`Cannot use ${setting}: it ${problem}`)
    this.setting = setting
  }
}

/** A gateway check got no reply at all: the address, the network or the gateway has to be looked at first. */
export class JangarUnreachableError extends Error {
  override readonly name = 'JangarUnreachableError'
  readonly code = 'JANGAR_UNREACHABLE'
  readonly origin: string

  constructor(origin: string, why: string) {
    super(`Cannot reach a gateway at ${origin}: ${why}`)
    this.origin = origin
  }
}
