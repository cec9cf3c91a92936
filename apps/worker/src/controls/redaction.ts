/** What is shorter stands in every other line: it is no secret to whoever tries, and would make all of them unreadable. */
const leastCharacters = 4;
/** Of a value that was cut; less of it says little. */
const leastCutCharacters = 6;

/** A text without the secrets that the instance which said it was given. */
export type Redaction = (text: string) => string;

/**
 * Takes out values where they stand as they are, a line of them, and as part of an address or of JSON; and of a
 * value that was cut off at either end of the text what is left. What a program makes of a secret beside that (its
 * hash, its Base64) nobody here can know.
 */
export function redactionOf(secrets: Readonly<Record<string, string>>): Redaction {
  const forms = Object.entries(secrets).flatMap(([name, value]) =>
    formsOf(value).map((form) => ({ form, mark: `[secret ${name}]` })),
  );
  if (forms.length === 0) return (text) => text;
  // The longest first: one may be a part of another.
  forms.sort((a, b) => b.form.length - a.form.length);
  return (text) => {
    let redacted = text;
    for (const { form, mark } of forms) redacted = redacted.replaceAll(form, () => mark);
    for (const { form, mark } of forms) redacted = withoutEnds(redacted, form, mark);
    return redacted;
  };
}

/**
 * Of an instance whose secrets are not known any more (its worker lost its memory, or the key of it): how it ended is
 * told, and nothing of what it said.
 */
export const withheld: Redaction = (text) => {
  const at = text.indexOf(': ');
  return at < 0 ? text : `${text.slice(0, at)}: (${notTold})`;
};
const notTold = 'what it said is not told, since its worker has lost which secrets it was given';

/** The same of lines that it printed. */
export function redactedLines(redacted: Redaction, lines: readonly string[]): readonly string[] {
  return redacted === withheld ? [] : lines.map(redacted);
}

function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/);
  const all = [value, ...lines].flatMap((each) => [
    each,
    JSON.stringify(each).slice(1, -1),
    encodeURIComponent(each.toWellFormed()),
  ]);
  return [...new Set(all)].filter(({ length }) => length >= leastCharacters);
}

/** A reason or a line may begin or end within a value, as it was cut to be short. */
function withoutEnds(text: string, form: string, mark: string): string {
  const [, body = '', ellipsis = ''] = /^(.*?)(…?)$/s.exec(text) ?? [];
  for (let length = form.length - 1; length >= leastCutCharacters; length -= 1) {
    if (body.endsWith(form.slice(0, length))) return `${body.slice(0, -length)}${mark}${ellipsis}`;
    if (body.startsWith(form.slice(-length))) return `${mark}${body.slice(length)}${ellipsis}`;
  }
  return text;
}
