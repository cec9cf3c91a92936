import { isEventType } from '@oakring/events';
import type { EventLine } from '../../../client/documents.js';
import { createTeller } from '../../../render/narration.js';
import type { Colors } from '../../../terminal.js';
import { Chapter, type ReportLine, type Rest } from './chapter.js';
import { chapterOf, chapters, type ChapterName } from './chapters.js';
import { Epochs, type ReportedEpoch } from './epochs.js';
import { kindOfBy, kindsOfBy, Slices, type KindOfBy, type Slice } from './slices.js';

/** What happened in a range, for people. */
export interface Report {
  readonly from: number;
  readonly to: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly events: number;
  readonly byKind: Readonly<Record<KindOfBy, number>>;
  readonly byType: Readonly<Record<string, number>>;
  readonly epochs: readonly ReportedEpoch[];
  readonly moreEpochs: number;
  readonly timeline: {
    readonly startMs: number;
    readonly widthMs: number;
    readonly slices: readonly Slice[];
  };
  readonly chapters: readonly ReportChapter[];
}

export interface ReportChapter {
  readonly name: ChapterName;
  readonly title: string;
  readonly events: number;
  readonly lines: readonly ReportLine[];
  readonly rest: Rest | null;
}

/** Events that explain what is told later, and are not told themselves. */
const explaining = new Set(['CommandIssued', 'CommandReopened']);

/** Gathers a report from events in order, in memory that does not grow with how many there are. */
export class Gathered {
  private readonly tell: (event: EventLine) => string;
  private readonly parts: ReadonlyMap<ChapterName, Chapter>;
  private readonly epochs: Epochs;
  private readonly slices = new Slices();
  private readonly byType = new Map<string, number>();
  private first: EventLine | null = null;
  private last: EventLine | null = null;
  private events = 0;

  constructor(maxLines: number, colors: Colors) {
    this.tell = createTeller(colors);
    this.epochs = new Epochs(maxLines);
    const names = Object.keys(chapters) as ChapterName[];
    this.parts = new Map(names.map((name) => [name, new Chapter(maxLines)]));
  }

  /** Of before the range: only who leads at its beginning. */
  before(event: EventLine): void {
    this.epochs.take(event, false);
  }

  take(event: EventLine): void {
    this.first ??= event;
    this.last = event;
    this.events += 1;
    this.epochs.take(event, true);
    this.slices.add(Date.parse(event.at), kindOfBy(event.by));
    this.byType.set(event.type, (this.byType.get(event.type) ?? 0) + 1);
    const name = isEventType(event.type) ? chapterOf[event.type] : 'orders';
    if (name !== null) this.parts.get(name)?.add(event, this.tell);
    else if (explaining.has(event.type)) this.tell(event);
  }

  /** Null: nothing happened there. */
  report(): Report | null {
    const { first, last, events, epochs, slices } = this;
    if (first === null || last === null) return null;
    const { startMs, widthMs, list } = slices;
    const sum = (kind: KindOfBy) => list.reduce((total, slice) => total + slice[kind], 0);
    return {
      ...{ from: first.position, to: last.position, firstAt: first.at, lastAt: last.at, events },
      byKind: Object.fromEntries(kindsOfBy.map((kind) => [kind, sum(kind)])) as Slice,
      byType: Object.fromEntries([...this.byType].sort(([, a], [, b]) => b - a)),
      ...{ epochs: epochs.list, moreEpochs: epochs.more },
      timeline: { startMs, widthMs, slices: list },
      chapters: Array.from(this.parts, ([name, { events: count, lines, rest }]) => ({
        ...{ name, title: chapters[name], events: count, lines, rest },
      })),
    };
  }
}
