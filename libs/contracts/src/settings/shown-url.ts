/**
 * An address as it may be printed, answered or stored: without user and password, and without its
 * query, in which drivers take passwords too. Everything up to the last `@` goes, so that a password
 * with a character that should have been encoded does not show in part.
 */
export function shownUrl(url: string): string {
  return withoutCredentials(url).replace(/[?#][^]*/, '');
}

/** A sentence, of a driver for example, with the credentials of the addresses in it taken out. */
export function withoutCredentials(text: string): string {
  return text.replace(/\S+/g, (word) => {
    const [begin, end] = [word.indexOf('//'), word.lastIndexOf('@')];
    return begin === -1 || end < begin ? word : `${word.slice(0, begin)}//***${word.slice(end)}`;
  });
}

/** What must not stand in an address that is told to others; null when there is nothing of it. */
export function secretPartOf(url: string): string | null {
  const { username, password, search, hash } = new URL(url);
  if (username !== '' || password !== '') return 'a user or password';
  return search === '' && hash === '' ? null : 'a query';
}
