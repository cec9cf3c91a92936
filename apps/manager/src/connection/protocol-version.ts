/** A CONNACK's word for it, of a broker that speaks 3.1.1 only, and of one that speaks 5. */
const refusals: ReadonlySet<unknown> = new Set([1, 132]);

/**
 * Which MQTT the next connection asks for. 5 where the broker may speak it: only that says that nobody
 * listens for a message. 3.1.1 where it was refused, and once after a broker has closed without a word.
 */
export class ProtocolVersion {
  private isRefused = false;
  private isDoubtful = false;

  next(mayBeFive: boolean): 4 | 5 {
    return mayBeFive && !this.isRefused && !this.isDoubtful ? 5 : 4;
  }

  /** What a connection ended with. */
  failed({ code }: Error & { readonly code?: unknown }): void {
    if (refusals.has(code)) this.isRefused = true;
  }

  /** A connection of this version has ended. `isSilent`: before a CONNACK, and with no error that says why. */
  ended(version: 4 | 5, isSilent: boolean): void {
    this.isDoubtful = version === 5 && isSilent;
  }
}
