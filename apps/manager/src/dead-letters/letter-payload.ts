/** What is kept of a payload. */
export const maxKeptBytes = 4_096;

const tokenMember = /("token"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}\]\s]+)/g;

/**
 * The first 4 KiB of a payload as text: bytes that are not UTF-8 are shown as U+FFFD, a character
 * that the limit cuts through is left out, and a node's token is never kept.
 */
export function keptPayload(payload: Uint8Array): string {
  const cut = payload.byteLength > maxKeptBytes;
  // Streaming, the decoder holds an unfinished character back instead of replacing it.
  const text = new TextDecoder().decode(payload.subarray(0, maxKeptBytes), { stream: cut });
  return text.includes('"token"') ? text.replace(tokenMember, '$1"***"') : text;
}
