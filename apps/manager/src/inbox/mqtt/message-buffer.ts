const firstPlaces = 1_024;

/**
 * Messages between the socket and our own pace, oldest first: a ring that grows up to a number of
 * messages and a number of bytes, whichever is reached first.
 */
export class MessageBuffer<M extends { readonly payload: Uint8Array }> {
  length = 0;
  private places: (M | undefined)[] = new Array<M | undefined>(firstPlaces);
  private first = 0;
  private bytes = 0;

  constructor(
    private readonly maxMessages: number,
    private readonly maxBytes: number,
  ) {}

  /** False when there is no room: nothing was taken in. */
  offer(message: M): boolean {
    const { byteLength } = message.payload;
    if (this.length >= this.maxMessages || this.bytes + byteLength > this.maxBytes) return false;
    if (this.length === this.places.length) this.grow();
    this.places[(this.first + this.length) & (this.places.length - 1)] = message;
    this.length += 1;
    this.bytes += byteLength;
    return true;
  }

  /** The oldest message leaves. */
  shift(): M | undefined {
    const message = this.places[this.first];
    if (message === undefined) return undefined;
    this.places[this.first] = undefined;
    this.first = (this.first + 1) & (this.places.length - 1);
    this.length -= 1;
    this.bytes -= message.payload.byteLength;
    return message;
  }

  /** At most `most` messages leave, oldest first. */
  take(most: number): M[] {
    const taken: M[] = [];
    for (let message = this.shift(); message !== undefined; message = this.shift()) {
      taken.push(message);
      if (taken.length === most) break;
    }
    return taken;
  }

  /** Lengths are powers of two, so that a place is found without a division. */
  private grow(): void {
    const { length } = this.places;
    const grown = new Array<M | undefined>(length * 2);
    for (let index = 0; index < length; index += 1) {
      grown[index] = this.places[(this.first + index) & (length - 1)];
    }
    this.places = grown;
    this.first = 0;
  }
}
