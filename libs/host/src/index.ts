export { folderUnusable, prepareFolder, reasonOf } from './folder.js';
export { lockFolder, type FolderLock } from './folder-lock.js';
export type { Holder } from './lock-holder.js';
export { takeEnvironment } from './secrets.js';
export { isLoopbackAddress, refuseOpenListener, type Listener } from './open-listener.js';
