// Holds the folder that is named as argument until it is killed.
import { lockFolder } from '../../src/folder-lock.js';

const [folder = ''] = process.argv.slice(2);
await lockFolder(folder, { pid: process.pid, what: 'a test' });
process.stdout.write('held\n');
// The lock does not keep a process alive: reading from a pipe that nobody closes does.
process.on('SIGTERM', () => process.exit(0));
setInterval(() => undefined, 60_000);
