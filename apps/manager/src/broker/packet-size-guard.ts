/**
 * Watches the fixed headers of a stream of MQTT packets (MQTT 3.1.1 §2.2): one byte of type, then the
 * remaining length in one to four bytes of seven bits, least significant first.
 * The result takes chunks as they arrive and answers false from the moment a packet announces more
 * than `maxRemainingBytes`, before its body has come: nothing is ever gathered for it.
 */
export function packetSizeGuard(maxRemainingBytes: number): (chunk: Uint8Array) => boolean {
  const awaitsType = -1;
  let bodyBytesLeft = 0;
  let remainingBytes = 0;
  let lengthBytesRead = awaitsType;

  return (chunk) => {
    let offset = 0;
    while (offset < chunk.length) {
      if (bodyBytesLeft > 0) {
        const skipped = Math.min(bodyBytesLeft, chunk.length - offset);
        bodyBytesLeft -= skipped;
        offset += skipped;
        continue;
      }
      const byte = chunk[offset] ?? 0;
      offset += 1;
      if (lengthBytesRead === awaitsType) {
        lengthBytesRead = 0;
        remainingBytes = 0;
        continue;
      }
      remainingBytes += (byte & 0x7f) * 128 ** lengthBytesRead;
      lengthBytesRead += 1;
      if (remainingBytes > maxRemainingBytes) return false;
      if ((byte & 0x80) === 0) {
        bodyBytesLeft = remainingBytes;
        lengthBytesRead = awaitsType;
      } else if (lengthBytesRead === maxLengthBytes) {
        return false;
      }
    }
    return true;
  };
}

const maxLengthBytes = 4;
