const headerBytes = 8;
const lengthAt = 4;
const ofStandardError = 2;

export interface ContainerPiece {
  readonly channel: 'out' | 'err';
  readonly bytes: Buffer;
}

/**
 * What a container without a terminal says: each piece has a head that says which stream and how long. As many as
 * came together.
 */
export async function* piecesOf(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly ContainerPiece[]> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    held = held.byteLength === 0 ? chunk : Buffer.concat([held, chunk]);
    const pieces: ContainerPiece[] = [];
    while (held.byteLength >= headerBytes) {
      const end = headerBytes + held.readUInt32BE(lengthAt);
      if (held.byteLength < end) break;
      const channel = held.readUInt8(0) === ofStandardError ? 'err' : 'out';
      pieces.push({ channel, bytes: held.subarray(headerBytes, end) });
      held = held.subarray(end);
    }
    yield pieces;
  }
}
