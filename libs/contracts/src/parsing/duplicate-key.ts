/**
 * Texts and brackets of JSON, and the colon that makes a text a name. Also a text without an end, which no JSON has: it
 * would be looked for anew from each quote in it.
 */
const token = /"[^"\\]*(?:\\.[^"\\]*)*(?:"(\s*:)?)?|[{}[\]]/g;

/**
 * The first name that an object of this JSON has twice, or null. `JSON.parse` takes the last of them
 * in silence, other readers the first. The text is valid JSON.
 */
export function duplicateKeyIn(json: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (const [text, colon] of json.matchAll(token)) {
    if (text === '{') open.push(new Set());
    else if (text === '[') open.push(null);
    else if (text === '}' || text === ']') open.pop();
    else if (colon !== undefined) {
      // `"a"` and `"\u0061"` are one name.
      const name = String(JSON.parse(text.slice(0, -colon.length)));
      const names = open.at(-1);
      if (names?.has(name) === true) return name;
      names?.add(name);
    }
  }
  return null;
}
