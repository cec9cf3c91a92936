/**
 * The page of a worker: static, and without anything of others. What it shows it asks for (`/status`), and writes
 * as text alone, never as markup: names and reasons are what jobs made of them.
 */
export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Oakring worker</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/status.css">
    <script src="/status.js" defer></script>
  </head>
  <body>
    <header>
      <h1>Oakring worker <span id="node"></span></h1>
      <p id="fresh" role="status">asking …</p>
    </header>
    <form id="login" hidden>
      <label>This worker asks for its token (credentials/page.token in its data folder, or OAKRING_TOKEN):
        <input id="token" type="password" autocomplete="off"></label>
      <button>Show</button>
    </form>
    <main id="shown" hidden>
      <table><caption>This worker</caption><tbody id="facts"></tbody></table>
      <table>
        <caption>Instances</caption>
        <thead><tr><th>job<th>#<th>status<th>health<th>runtime<th>generation<th>for<th>CPU<th>memory<th>ports<th>reason</tr></thead>
        <tbody id="instances"></tbody>
      </table>
      <table>
        <caption>What jobs may ask of this machine, by its owner</caption>
        <tbody id="allowances"></tbody>
      </table>
      <table>
        <caption>Orders that were not carried out</caption>
        <thead><tr><th>at<th>order<th>instance<th>why</tr></thead>
        <tbody id="orders"></tbody>
      </table>
    </main>
    <footer>In a terminal: <code>curl <span id="address"></span>/status</code></footer>
    <noscript>The figures are asked for by a script; /status has them as text.</noscript>
  </body>
</html>
`;

export const style = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 76rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: baseline; justify-content: space-between; }
h1 { font-size: 1.3rem; margin: 0; }
table { border-collapse: collapse; width: 100%; margin: 1.2rem 0; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-top: 1px solid #8885; overflow-wrap: anywhere; }
th { font-weight: 500; opacity: .75; white-space: nowrap; }
td { font-variant-numeric: tabular-nums; }
#instances td:not(:first-child, :last-child) { white-space: nowrap; }
.bad { color: #c62828; font-weight: 600; }
.good { color: #2e7d32; }
.quiet { opacity: .65; }
@media (prefers-color-scheme: dark) { .bad { color: #ff8a80; } .good { color: #9ccc65; } }
`;

/** Asks every two seconds while somebody looks, and says so where nobody answers. */
export const script = `'use strict';
const everyMs = 2000;
const at = (id) => document.getElementById(id);
let token = '';

function cell(text, kind) {
  const td = document.createElement('td');
  td.textContent = text;
  if (kind) td.className = kind;
  return td;
}
function row(...cells) {
  const tr = document.createElement('tr');
  tr.append(...cells);
  return tr;
}
function named(name, text, kind) {
  const th = document.createElement('th');
  th.scope = 'row';
  th.textContent = name;
  return row(th, cell(text, kind));
}
function fill(id, rows, columns, nothing) {
  const none = () => {
    const td = cell(nothing, 'quiet');
    td.colSpan = columns;
    return [row(td)];
  };
  at(id).replaceChildren(...(rows.length > 0 ? rows : none()));
}
const seconds = (ms) => {
  const s = Math.round(ms / 1000);
  if (s < 120) return s + ' s';
  return s < 7200 ? Math.round(s / 60) + ' min' : Math.round(s / 3600) + ' h';
};
const kinds = { failed: 'bad', unhealthy: 'bad', running: 'good', healthy: 'good', completed: 'quiet' };

function show(status) {
  const { disk, capacity } = status;
  at('node').textContent = status.node;
  document.title = status.node + ' · Oakring worker';
  const manager = status.refusedBecause !== null ? 'refuses this worker: ' + status.refusedBecause
    : status.isRegistered ? 'registered, epoch ' + status.epoch : 'has not accepted this worker yet';
  const free = disk.freeMiB === null ? 'nobody can say what is free' : disk.freeMiB + ' MiB free';
  const counts = {};
  for (const { status: is } of status.instances) counts[is] = (counts[is] ?? 0) + 1;
  at('facts').replaceChildren(
    named('name', status.name + ', start ' + status.incarnation + ', oakring ' + status.version),
    named('broker', (status.isConnected ? 'connected to ' : 'no connection to ') + status.broker, status.isConnected ? 'good' : 'bad'),
    named('credential', status.credential, status.credential.startsWith('NOT') ? 'bad' : ''),
    named('manager', manager, status.isRegistered ? 'good' : 'bad'),
    named('ledger', status.ledger ?? 'not known'),
    named('newest grant', status.grantAgeMs === null ? 'none' : seconds(status.grantAgeMs) + ' ago'),
    named('disk', free + ', ' + disk.leastMiB + ' must be' + (disk.isFull ? ': it starts nothing new' : ''), disk.isFull ? 'bad' : ''),
    named('offers', capacity.cpuMillis + ' thousandths of a core, ' + capacity.memoryMiB + ' MiB'),
    named('runs', status.technologies.join(', ')),
    named('can', status.features.join(' ') || '-'),
    named('instances', Object.entries(counts).map(([is, count]) => count + ' ' + is).join(', ') || 'none'),
    named('not told yet', status.unsent === 0 ? 'nothing' : status.unsent + ' entries', status.unsent === 0 ? '' : 'bad'),
  );
  fill('instances', status.instances.map((each) => row(
    cell(each.name === null || each.name === each.job ? each.job : each.name + ' (' + each.job + ')'),
    cell(each.instance),
    cell(each.status, kinds[each.status]),
    cell(each.health ?? '-', kinds[each.health]),
    cell(each.technology),
    cell(each.generation),
    cell(each.runningMs === null ? '-' : seconds(each.runningMs)),
    cell(each.used === null ? '-' : (each.used.cpuMillis / 1000).toFixed(3) + ' cores'),
    cell(each.used === null ? '-' : each.used.memoryMiB.toFixed(1) + ' MiB'),
    cell(each.ports.join(' ') || '-'),
    cell(each.reason ?? ''),
  )), 11, 'none');
  at('allowances').replaceChildren(...status.allowances.map(({ what, allowed, setting }) => named(
    what,
    allowed + (setting === null ? '' : ' (' + setting + ')'),
    allowed === 'no' ? 'quiet' : '',
  )));
  fill('orders', status.refusedOrders.toReversed().map((order) => row(
    cell(order.at),
    cell(order.command),
    cell(order.job + '/' + order.instance + ', generation ' + order.generation),
    cell(order.outcome + ': ' + order.reason),
  )), 4, 'none');
}

async function look() {
  const headers = { accept: 'application/json', ...(token === '' ? {} : { authorization: 'Bearer ' + token }) };
  try {
    const answer = await fetch('/status', { headers });
    at('login').hidden = answer.status !== 401;
    if (!answer.ok) throw new Error('it answers ' + answer.status);
    const status = await answer.json();
    show(status);
    at('shown').hidden = false;
    at('fresh').textContent = 'as of ' + status.at;
    at('fresh').className = 'quiet';
  } catch (error) {
    at('fresh').textContent = 'What is shown is old: ' + error.message;
    at('fresh').className = 'bad';
  }
}

at('address').textContent = location.origin;
at('login').addEventListener('submit', (event) => {
  event.preventDefault();
  token = at('token').value;
  void look();
});
async function goOn() {
  if (!document.hidden) await look();
  setTimeout(goOn, everyMs);
}
void goOn();
`;
