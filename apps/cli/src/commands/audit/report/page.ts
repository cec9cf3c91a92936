import { sha256 } from '@oakring/crypto';
import { counted } from '../../../render/measures.js';
import { originOf } from '../../../render/narration.js';
import type { ReportLine } from './chapter.js';
import { endOf, type ReportedEpoch } from './epochs.js';
import type { Report, ReportChapter } from './gathered.js';
import { Html, markup } from './markup.js';
import { style } from './style.js';
import { alikeOf, restOf, sumOf, typesOf } from './text.js';
import { timelineOf } from './timeline.js';
import type { Verdict } from './verdict.js';

/** Nothing is loaded and nothing runs: the one style is named by its hash. */
const policy = `default-src 'none'; style-src 'sha256-${Buffer.from(sha256(style), 'hex').toString('base64')}'; base-uri 'none'; form-action 'none'`;

/** A report as one page that needs nothing else. `bundle`: name of the file beside it that proves it. */
export function pageOf(report: Report, verdict: Verdict, bundle: string | null): string {
  const title = `What happened: positions ${report.from}–${report.to}`;
  const proof =
    bundle === null
      ? markup`<p>No bundle lies beside this page.</p>`
      : markup`<p>
          The commits themselves, with all that proves them:
          <a href="${encodeURIComponent(bundle)}">${bundle}</a>. Anybody checks it without a server:
          <code>oakring audit verify ${bundle}</code>
        </p>`;
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>${new Html(style)}</style>
      </head>
      <body>
        <h1>${title}</h1>
        <p class="dim">
          ${report.firstAt} to ${report.lastAt}, by the leaders’ clocks. ${sumOf(report)}.
        </p>
        <div class="verdict ${verdict.standing ?? verdict.status}">
          ${verdict.lines.map((line) => markup`<p>${line}</p>`)}${proof}
        </div>
        ${timelineOf(report)} ${report.chapters.map((chapter) => sectionOf(chapter, report))}
        <h2>All events</h2>
        <p class="dim">${typesOf(report)}</p>
      </body>
    </html> `;
  return page.text;
}

function sectionOf(chapter: ReportChapter, { epochs, moreEpochs }: Report): Html {
  const { name, title, events, lines, rest } = chapter;
  const leaders = name === 'leaders' ? epochs.map(epochItem) : [];
  if (events + leaders.length === 0) return markup``;
  const more =
    name === 'leaders' && moreEpochs > 0 ? `… and ${counted(moreEpochs, 'epoch')} more` : null;
  return markup`<section>
    <h2>
      ${title} <small>${events + leaders.length + (name === 'leaders' ? moreEpochs : 0)}</small>
    </h2>
    <ol>
      ${leaders}${lines.map(item)}
    </ol>
    ${more === null ? null : markup`<p class="dim">${more}</p>`}${rest === null ? null : markup`<p class="dim">${restOf(rest)}</p>`}
  </section> `;
}

function epochItem(epoch: ReportedEpoch): Html {
  const { address, at, host, pid, software } = epoch;
  return markup`<li id="${idOf(address)}">
    ${placeOf(address, at)} <b>epoch ${epoch.epoch}</b> process ${pid} on ${host} (${software})<span
      class="who"
      >${endOf(epoch)}</span
    >
  </li> `;
}

function item(line: ReportLine): Html {
  const { address, at, subject, text } = line;
  const alike = alikeOf(line);
  return markup`<li id="${idOf(address)}">
    ${placeOf(address, at)} <b>${subject}</b> ${text}<span class="who"
      >${originOf(line)}${alike === '' ? null : markup` <span class="times">${alike}</span>`}</span
    >
  </li> `;
}

function placeOf(address: string, at: string): Html {
  return markup`<span class="at"
    ><a href="#${idOf(address)}">${address}</a> <time datetime="${at}">${at}</time></span
  >`;
}

/** As a cause names it, so that a reader's search finds both. */
function idOf(address: string): string {
  return address.replace('/', '-');
}
