import { readCheckpoint } from '@oakring/events';
import type { EventLine } from '../../../client/documents.js';
import { printable } from '@oakring/narration';
import { subjectOf } from '../../../render/subject.js';

/** One line for a person: an event, or the first of several that are alike. */
export interface ReportLine {
  /** As `oakring events` shows it: `12/0`. */
  readonly address: string;
  readonly at: string;
  readonly subject: string;
  readonly type: string;
  readonly text: string;
  readonly by: string | null;
  readonly cause: string | null;
  count: number;
  /** The last of those that are alike; null: there is one. */
  until: { readonly address: string; readonly at: string } | null;
}

/** What a part of the report has no line for. */
export interface Rest {
  events: number;
  readonly from: string;
  to: string;
}

/**
 * One part of a report, in bounded memory: so many lines, then a count. Alike is what says the same about
 * the same on the same word, wherever it stands; and what is of one kind in one commit and has one cause.
 */
export class Chapter {
  readonly lines: ReportLine[] = [];
  rest: Rest | null = null;
  events = 0;
  private readonly bySaying = new Map<string, ReportLine>();
  private readonly ofCommit = new Map<string, ReportLine>();
  private readonly about = new Set<string>();
  private commit = 0;

  constructor(private readonly maxLines: number) {}

  add(event: EventLine, tell: (event: EventLine) => string): void {
    this.events += 1;
    if (event.position !== this.commit) this.ofCommit.clear();
    this.commit = event.position;
    const address = `${event.position}/${event.index}`;
    const kind = `${event.type} ${event.by}`;
    const consequence = `${kind} ${event.cause}`;
    const before = this.ofCommit.get(consequence);
    if (before !== undefined) return addAlike(before, address, event.at);
    const about = `${kind} ${event.stream}`;
    const isFull = this.lines.length >= this.maxLines;
    // Of what no line is about no words are made: most of a long range is that.
    if (isFull && !this.about.has(about)) return this.addRest(address);
    const text = tell(event);
    const saying = `${about} ${whatOf(event, text)}`;
    const alike = this.bySaying.get(saying);
    if (alike !== undefined) return addAlike(alike, address, event.at);
    if (isFull) return this.addRest(address);
    const { at, by, cause, type } = printable(event);
    const subject = printable(subjectOf(event));
    const line = { address, at, subject, type, text, by, cause, count: 1, until: null };
    this.lines.push(line);
    this.bySaying.set(saying, line);
    this.ofCommit.set(consequence, line);
    this.about.add(about);
  }

  private addRest(address: string): void {
    this.rest ??= { events: 0, from: address, to: address };
    this.rest.events += 1;
    this.rest.to = address;
  }
}

function addAlike(line: ReportLine, address: string, at: string): void {
  line.count += 1;
  line.until = { address, at };
}

/** What makes two events of a kind alike: what they say; of what a manager does every minute, for whom. */
function whatOf({ type, data }: EventLine, text: string): string {
  switch (type) {
    case 'CheckpointSigned': {
      const read = readCheckpoint(String(data['note']));
      return read.status === 'checkpoint' ? read.checkpoint.fingerprint : text;
    }
    case 'LedgerSealed':
      return String(data['fingerprint']);
    case 'TelemetryTruncated':
      return '';
    default:
      return text;
  }
}
