import { Option, type Command } from 'commander';
import { printable } from '@oakring/narration';
import { renderTop, topOrders, type TopOrder, type TopPage } from '../render/top.js';
import { contextOf, lookOf, show, type Context, type Surroundings } from './context.js';
import { unlessAway } from './watch.js';

interface TopOptions {
  readonly once?: boolean;
  readonly sort: TopOrder;
}

/** As often as workers say what they use: that is no event, so it is asked for. */
const everyMs = 2_000;

export function addTopCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('top')
    .description('what nodes and instances use, live: keys c, m and n sort, q ends')
    .addOption(
      new Option('-s, --sort <by>', 'the greatest first, or by name')
        .choices(topOrders)
        .default('cpu'),
    )
    .option('--once', 'once, as it is anyway where nobody looks at a terminal')
    .addHelpText('after', '\nExamples:\n  oakring top\n  oakring top --once -s memory -o json')
    .action(async ({ once, sort }: TopOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const { terminal, forPrograms } = context;
      if (once !== true && terminal.outIsTerminal && !forPrograms) return await live(context, sort);
      show(context, await pageOf(context), (page) => renderTop(page, sort, lookOf(context)));
    });
}

async function pageOf({ client }: Context): Promise<TopPage> {
  const [nodes, instances] = await Promise.all([client.nodes(), client.instances()]);
  return { nodes: nodes.items, instances: instances.items };
}

/** Until `q`, Ctrl-C, or the terminal is gone. */
async function live(context: Context, first: TopOrder): Promise<void> {
  const { terminal, ports } = context;
  const ending = new AbortController();
  const ended = AbortSignal.any([ending.signal, terminal.closed]);
  let order = first;
  let page = await pageOf(context);
  const draw = (): void => terminal.redraw(renderTop(printable(page), order, lookOf(context)));
  terminal.onKeys((keys) => {
    for (const key of keys) {
      if (key === 'q' || key === '\u0003') return ending.abort();
      const next = orders.get(key);
      if (next === undefined) continue;
      order = next;
      draw();
    }
  }, ended);
  draw();
  while (!ended.aborted) {
    await ports.timers.sleep(everyMs, ended);
    if (ended.aborted) break;
    page = (await pageOf(context).catch(unlessAway)) ?? page;
    draw();
  }
}

const orders: ReadonlyMap<string, TopOrder> = new Map([
  ['c', 'cpu'],
  ['m', 'memory'],
  ['n', 'name'],
]);
