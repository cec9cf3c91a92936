import { endOf } from './epochs.js';
import type { Report } from './gathered.js';
import { type Html, markup } from './markup.js';
import { kindsOfBy, type KindOfBy } from './slices.js';
import { kindNames } from './text.js';

const width = 960;
const rowHeight = 54;
const barHeight = 36;
const epochHeight = 30;

/** Epochs over time, and below them how many events a slice of time has on whose word, each kind by its own scale. */
export function timelineOf(report: Report): Html {
  const { startMs, widthMs, slices } = report.timeline;
  const spanMs = slices.length * widthMs;
  const x = (atMs: number) => Math.min(width, Math.max(0, ((atMs - startMs) / spanMs) * width));
  const rows = kindsOfBy.filter((kind) => report.byKind[kind] > 0);
  const height = epochHeight + rows.length * rowHeight + 18;
  const says = `Epochs and events from ${report.firstAt} to ${report.lastAt}`;
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${says}">
    ${epochsOf(report, x)}
    ${rows.map((kind, row) => rowOf(report, kind, epochHeight + row * rowHeight))}
    <text x="0" y="${height - 4}">${isoOf(startMs)}</text>
    <text x="${width}" y="${height - 4}" text-anchor="end">
      ${isoOf(startMs + spanMs)}, ${seconds(widthMs)} a bar
    </text>
  </svg>`;
}

function epochsOf(report: Report, x: (atMs: number) => number): Html[] {
  return report.epochs.map((epoch) => {
    const from = x(Date.parse(epoch.at));
    const until = Math.max(from + 2, x(Date.parse(epoch.lastAt)));
    const said = `epoch ${epoch.epoch} on ${epoch.host}, ${epoch.software}: ${endOf(epoch)}`;
    return markup`<g
      ><title>${said}</title
      ><rect class="epoch" x="${round(from)}" y="4" width="${round(until - from)}" height="18" />${
        until - from > 14 ? markup`<text x="${round(from + 4)}" y="17">${epoch.epoch}</text>` : null
      }</g
    >`;
  });
}

function rowOf({ timeline, byKind }: Report, kind: KindOfBy, top: number): Html {
  const { slices, startMs, widthMs } = timeline;
  const most = Math.max(...slices.map((slice) => slice[kind]));
  const step = width / slices.length;
  const bars = slices.flatMap((slice, at) => {
    const count = slice[kind];
    if (count === 0) return [];
    const tall = Math.max(1, (count / most) * barHeight);
    const bottom = top + rowHeight - 4;
    const said = `${count} ${kindNames[kind]} from ${isoOf(startMs + at * widthMs)}`;
    return markup`<rect
      class="${kind}"
      x="${round(at * step)}"
      y="${round(bottom - tall)}"
      width="${round(Math.max(1, step - 1))}"
      height="${round(tall)}"
      ><title>${said}</title></rect
    >`;
  });
  return markup`<g
    ><line
      class="axis"
      x1="0"
      x2="${width}"
      y1="${top + rowHeight - 4}"
      y2="${top + rowHeight - 4}"
    />${bars}
    <text x="0" y="${top + 10}">${byKind[kind]} ${kindNames[kind]}, at most ${most} a bar</text></g
  >`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
