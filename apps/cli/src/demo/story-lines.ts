import type { EventLine } from '../client/documents.js';
import { createTeller } from '../render/narration.js';
import { subjectColumn } from '../render/subject.js';
import type { Colors } from '../terminal.js';

/** Left to `oakring events`: true, and more than a first look needs. */
const untold: ReadonlySet<string> = new Set([
  'CatalogueChanged',
  'CheckpointSigned',
  'CheckpointStamped',
  'CheckpointCosigned',
  'ClusterFounded',
  'EpochOpened',
  'CommandReceived',
  'KeyPresented',
  'LedgerSealed',
  'RequestAnswered',
  'TelemetryTruncated',
]);

/** What the demo says about an event: nothing, a line, or a line for each placement. */
export function createStoryTeller(colors: Colors): (event: EventLine) => readonly string[] {
  const tell = createTeller(colors);
  return (event) => {
    if (untold.has(event.type)) return [];
    const subject = subjectColumn(event, colors);
    return partsOf(event).map((part) => `  ${subject}  ${tell(part)}`);
  };
}

/** A decision about several instances reads better as one line each. */
function partsOf(event: EventLine): readonly EventLine[] {
  const { placements } = event.data;
  if (event.type !== 'InstancesPlaced' || !Array.isArray(placements)) return [event];
  return placements.map((placement: unknown) => ({
    ...event,
    data: { ...event.data, placements: [placement] },
  }));
}
