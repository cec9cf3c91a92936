import { brokers } from './broker.js';
import { documents } from './documents.js';
import { evidence } from './evidence.js';
import { ledgerFiles } from './ledger-file.js';
import { messages } from './messages.js';
import { requestTargets } from './requests.js';
import type { Target } from '../fuzz.js';

/** Every parser that reads what others write. */
export const targets: readonly Target[] = [
  ...messages,
  ...brokers,
  ...documents,
  ...evidence,
  ...ledgerFiles,
  ...requestTargets,
];
