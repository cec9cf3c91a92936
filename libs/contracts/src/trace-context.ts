/** Longer ones are not looked at. */
const maxLength = 512;
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ours = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * A `traceparent` (W3C Trace Context) as it is kept and handed on: `00-<trace>-<parent>-<00 or 01>`. Null: there
 * is none, or none that may be used, which is no error by that specification. Of a later version what version 00
 * has is taken; of the flags only whether it is sampled.
 */
export function traceparentOf(header: unknown): string | null {
  if (typeof header !== 'string' || header.length > maxLength) return null;
  const [, version = '', trace = '', parent = '', flags = '', more] = form.exec(header) ?? [];
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  const sampled = (Number.parseInt(flags, 16) & 1) === 1 ? '01' : '00';
  const kept = `00-${trace}-${parent}-${sampled}`;
  return isTraceparent(kept) ? kept : null;
}

/** Whether it is one as it is kept. */
export function isTraceparent(text: string): boolean {
  return ours.test(text);
}

/** The trace that one is of, 32 hexadecimal digits: what tools search for. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
