import type { Outlook } from '../client/documents.js';
import { printable } from '@oakring/narration';
import { renderOutlook } from '../render/outlook.js';
import type { Context } from './context.js';
import type { Done } from './several.js';

/** What an order with `--dry-run` ends with. */
export function foreseen(
  { terminal }: Context,
  { answer }: { readonly answer: Outlook },
): Done<Outlook> {
  return { answer, render: () => renderOutlook(printable(answer), terminal.colors) };
}
