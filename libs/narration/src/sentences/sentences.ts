import type { EventType } from '@oakring/events';
import { accessSentences } from './access.js';
import { clusterSentences } from './cluster.js';
import { commandSentences } from './commands.js';
import { jobSentences } from './jobs.js';
import { nodeSentences } from './nodes.js';
import { secretSentences } from './secrets.js';
import type { Sentences } from './sentence.js';

export type { Sentence, Telling } from './sentence.js';

export const sentences: Sentences<EventType> = {
  ...clusterSentences,
  ...accessSentences,
  ...secretSentences,
  ...nodeSentences,
  ...jobSentences,
  ...commandSentences,
};
