/** Whoever shows the token that the setting OAKRING_TOKEN names is called so. */
export const settingName = 'token';
/** Whoever asks where no token is asked for is called so. */
export const openName = 'open';

/** Of a token: whom it was given to. Not the two names that no token has. */
export const tokenName = /^(?!(?:token|open)$)[a-z0-9][a-z0-9._-]{0,62}$/;
export const tokenNameExpectation =
  'not a name of 1 to 63 small letters, digits, dots, underscores and dashes, which is neither token nor open';

const tokenText = /oakring_[0-9A-Za-z]{49}/g;

/** A text without the tokens that somebody put where a name belongs. */
export function withoutTokens(text: string): string {
  return text.replace(tokenText, 'oakring_***');
}

/** What a node is called that speaks by its own credential: no token's name has a slash. */
export function nodeCaller(node: string): string {
  return `nodes/${node}`;
}

/** The node that is called so; null: it is none that speaks by its own credential. */
export function nodeIn(by: string): string | null {
  return by.startsWith(nodePrefix) ? by.slice(nodePrefix.length) : null;
}

const nodePrefix = nodeCaller('');

/** Who speaks, as events have it in `by`. */
export function byCaller(name: string): string {
  return name.startsWith(nodePrefix) ? name : `api/${name}`;
}

/** The name in `by`; null: it was nobody who asked over HTTP. */
export function callerIn(by: string): string | null {
  return by.startsWith('api/') ? by.slice('api/'.length) : null;
}

/** When a token ends that stands and falls with the file that it is in: the last day that a date of four digits can say. */
export const endOfTime = '9999-12-31T23:59:59.000Z';
