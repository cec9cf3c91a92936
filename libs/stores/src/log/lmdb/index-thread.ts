// A thread that reads an index of streams while the commits are verified. Loads little: it starts in 50 ms.
import { parentPort, workerData } from 'node:worker_threads';
import { pagesOf } from '../../lmdb/page-reader.js';
import type { IndexToRead } from './read-beside.js';
import { readIndex } from './stream-index.js';

// What started it says what to read, in this form.
const { file, meta, tree } = workerData as IndexToRead;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- That is of windows.
parentPort?.postMessage(readIndex(pagesOf(file, meta), tree));
