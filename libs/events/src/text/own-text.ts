/**
 * The same text, for keeping: a part of a longer one that an engine cuts out keeps all of that in memory,
 * which is up to 1 MB for the name of one stream in a commit.
 */
export function textOfItsOwn(part: string): string {
  return ` ${part}`.slice(1);
}
