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
