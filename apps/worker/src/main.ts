import { systemPorts } from '@oakring/ports';
import { readWorkerOptions } from './config/worker-options.js';
import { startWorker } from './start-worker.js';

const worker = await startWorker(readWorkerOptions(process.env), systemPorts(), (kind, text) =>
  console.log(`${kind}: ${text}`),
);
// The process lives as long as its link: nothing else holds it.
const alive = setInterval(() => {}, 2 ** 30);
process.once('SIGTERM', () => {
  clearInterval(alive);
  void worker.stop();
});
