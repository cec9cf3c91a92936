/**
 * The first `most` characters of a text, never half of one. What is returned is well-formed Unicode:
 * an unpaired surrogate, which the ledger cannot hold, becomes U+FFFD.
 */
export function cutText(text: string, most: number): string {
  const halves = isHigh(text.charCodeAt(most - 1)) && isLow(text.charCodeAt(most));
  return text.slice(0, halves ? most - 1 : most).toWellFormed();
}

/** The last `most` characters, as `cutText` cuts. */
export function endOfText(text: string, most: number): string {
  const from = Math.max(0, text.length - most);
  const halves = isLow(text.charCodeAt(from)) && isHigh(text.charCodeAt(from - 1));
  return text.slice(halves ? from + 1 : from).toWellFormed();
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
