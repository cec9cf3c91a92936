/** What a packet may carry by its type (MQTT 3.1.1 §2.2.1); a PUBLISH is limited by whoever watches. */
const connect = 1;
const publish = 3;
const subscribe = 8;
const unsubscribe = 10;
/** Client id, credentials and a last will. */
const maxConnectBytes = 8_192;
/** As many filters as one connection may have, each of the protocol's longest. */
const maxFilterBytes = 16_384;
/** Acknowledgements have two bytes, PINGREQ and DISCONNECT none. */
const maxOtherBytes = 16;
const maxLengthBytes = 4;
const awaitsType = -1;

/**
 * Watches the fixed headers of a stream of MQTT packets (MQTT 3.1.1 §2.2): one byte of type, then the
 * remaining length in one to four bytes of seven bits, least significant first. The first packet must
 * be a CONNECT.
 */
export class PacketGuard {
  /** What has come of a packet that is not complete; 0 between two packets. */
  unfinishedBytes = 0;
  private bodyBytesLeft = 0;
  private remainingBytes = 0;
  private lengthBytesRead = awaitsType;
  private limit = 0;
  private isFirst = true;

  constructor(private readonly maxPublishBytes: number) {}

  /**
   * Takes chunks as they arrive and answers false from the moment a packet announces more than it may
   * have, before its body has come: nothing is ever gathered for it.
   */
  accepts(chunk: Uint8Array): boolean {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.bodyBytesLeft > 0) {
        const skipped = Math.min(this.bodyBytesLeft, chunk.length - offset);
        this.bodyBytesLeft -= skipped;
        this.unfinishedBytes = this.bodyBytesLeft === 0 ? 0 : this.unfinishedBytes + skipped;
        offset += skipped;
        continue;
      }
      if (!this.acceptsHeaderByte(chunk[offset] ?? 0)) return false;
      offset += 1;
    }
    return true;
  }

  private acceptsHeaderByte(byte: number): boolean {
    this.unfinishedBytes += 1;
    if (this.lengthBytesRead === awaitsType) {
      this.lengthBytesRead = 0;
      this.remainingBytes = 0;
      this.limit = this.limitOf(byte >>> 4);
      return this.limit >= 0;
    }
    this.remainingBytes += (byte & 0x7f) * 128 ** this.lengthBytesRead;
    this.lengthBytesRead += 1;
    if (this.remainingBytes > this.limit) return false;
    if ((byte & 0x80) !== 0) return this.lengthBytesRead < maxLengthBytes;
    this.bodyBytesLeft = this.remainingBytes;
    this.lengthBytesRead = awaitsType;
    if (this.bodyBytesLeft === 0) this.unfinishedBytes = 0;
    return true;
  }

  /** Negative: a packet of this type may not come now. */
  private limitOf(type: number): number {
    const wasFirst = this.isFirst;
    this.isFirst = false;
    if (wasFirst) return type === connect ? maxConnectBytes : -1;
    if (type === publish) return this.maxPublishBytes;
    return type === subscribe || type === unsubscribe ? maxFilterBytes : maxOtherBytes;
  }
}
