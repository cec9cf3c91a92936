import { followEvents } from '../client/follow-events.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { ManagerError } from '../client/manager-error.js';
import { printable } from '@oakring/narration';
import type { Look } from '../terminal.js';
import { lookOf, showView, type Context } from './context.js';
import type { Meant } from './selection.js';

export const watchOption = ['-w, --watch', 'go on as things change, until stopped'] as const;

export interface WatchOptions {
  readonly watch?: boolean;
}

/** What is shown is drawn again at most so often, and on a terminal at least so often: ages and use change without an event. */
const pauseMs = { least: 250, most: 5_000 };

export interface Page<T> {
  load(): Promise<T>;
  render(answer: T, look: Look): string;
}

/** Shows a page, and with `--watch` draws it again as things change. */
export async function page<T>(
  context: Context,
  { watch, at }: { readonly watch: boolean | undefined; readonly at: string | undefined },
  { load, render }: Page<T>,
): Promise<void> {
  if (watch !== true) {
    return showView(context, at, await load(), (shown) => render(shown, lookOf(context, at)));
  }
  if (at === undefined) return watched(context, { load, render });
  const told = '--watch shows what is now, and --at what was: name one of them.';
  throw new CommandFailure(told, exitCodes.usage);
}

/** Several on one page; whom each text means is settled at first. */
export async function pageOfEach<T>(
  context: Context,
  at: string | undefined,
  texts: readonly string[],
  {
    meant,
    render,
  }: { meant(text: string): Promise<Meant<T>>; render(answer: T, look: Look): string },
): Promise<void> {
  const ids: string[] = [];
  for (const text of texts) ids.push((await meant(text)).id);
  await page(
    context,
    { watch: true, at },
    {
      load: () => Promise.all(ids.map(async (id) => (await meant(id)).answer)),
      render: (shown, look) => shown.map((each) => render(each, look)).join('\n\n'),
    },
  );
}

/**
 * Draws a page now and whenever something happened, by the stream of events. On a terminal in place;
 * elsewhere the lines that were not there before are added. Programs get a document for each change. Ends
 * when nobody reads any more; the manager may be away meanwhile.
 */
async function watched<T>(context: Context, shown: Page<T>): Promise<void> {
  const { client, terminal, ports } = context;
  const draw = drawer(context, shown);
  // What happens while the first page is made is seen again: none is missed.
  const { position } = await client.head();
  draw(await shown.load());
  const news = new News();
  const seenEnough = new AbortController();
  const ended = follow(context, position + 1, { news, seenEnough: seenEnough.signal });
  try {
    while (!news.hasEnded) {
      const change = [news.next(), ended];
      const isInPlace = terminal.outIsTerminal && !context.forPrograms;
      await Promise.race(isInPlace ? [...change, ports.timers.sleep(pauseMs.most)] : change);
      if (news.hasEnded) break;
      await ports.timers.sleep(pauseMs.least, terminal.closed);
      news.seen();
      const answer = await shown.load().catch(unlessAway);
      if (answer !== null) draw(answer);
      await terminal.drained();
    }
  } finally {
    seenEnough.abort();
    await ended;
  }
}

/** Whoever follows the events says that the manager is away, and that it is back. */
export function unlessAway(error: unknown): null {
  const isAway =
    error instanceof ManagerError &&
    (error.kind === 'unreachable' || error.problem?.status === 503);
  if (isAway) return null;
  throw error;
}

/** That something happened, however much. */
class News {
  hasEnded = false;
  private isThere = false;
  private waiting: (() => void) | null = null;

  tell(): void {
    this.isThere = true;
    this.waiting?.();
  }

  end(): void {
    this.hasEnded = true;
    this.tell();
  }

  seen(): void {
    this.isThere = false;
  }

  next(): Promise<void> {
    if (this.isThere) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }
}

async function follow(
  { client, terminal, ports }: Context,
  from: number,
  { news, seenEnough }: { readonly news: News; readonly seenEnough: AbortSignal },
): Promise<void> {
  const following = {
    ports,
    signal: AbortSignal.any([terminal.closed, seenEnough]),
    onAway: (reason: string) => terminal.error(`Waiting for the manager: ${printable(reason)}`),
  };
  try {
    for await (const _event of followEvents(client, { from, follow: true }, following)) news.tell();
  } finally {
    news.end();
  }
}

function drawer<T>(context: Context, { render }: Page<T>): (answer: T) => void {
  const { terminal, forPrograms, output, documents } = context;
  const drawn = (answer: T, look: Look): string => render(printable(answer), look);
  if (terminal.outIsTerminal && !forPrograms) {
    return (answer) => terminal.redraw(drawn(answer, lookOf(context)));
  }
  // An age changes without anything having happened: the time that it is from does not.
  const look = { ...lookOf(context), nowMs: null };
  let before: ReadonlySet<string> = new Set();
  let last = '';
  return (answer) => {
    const text = forPrograms ? documents.line(answer, output) : drawn(answer, look);
    if (text === last) return;
    last = text;
    if (forPrograms) return terminal.out(text);
    const lines = text.split('\n');
    for (const line of lines) if (!before.has(line)) terminal.out(line);
    before = new Set(lines);
  };
}
