export { folderUnusable, prepareFolder, preparePrivateFolder, reasonOf } from './folder.js';
export { holderOf, lockFolder, type FolderLock } from './folder-lock.js';
export type { Holder, HolderAnswer } from './lock-holder.js';
export { isNearlyFull, roomOn, type Room } from './room-on.js';
export { takeEnvironment } from './secrets.js';
export { softwareVersion } from './software-version.js';
export { isLoopbackAddress, refuseOpenListener, servedAt, type Listener } from './open-listener.js';
export {
  authorityFile,
  certificateFiles,
  certificateNames,
  plainTls,
  readServed,
  type CertificateFiles,
  type ServedCertificates,
  type TlsSettings,
} from './certificates/certificate-files.js';
export { certificatesIn, type KnownCertificate } from './certificates/read-certificates.js';
export { Trust, type TrustOptions } from './certificates/trust.js';
export { examineCertificates } from './examination/examine-certificates.js';
export { examineClock, judgeClock } from './examination/examine-clock.js';
export { examineFolder, nearestFolder } from './examination/examine-folder.js';
export { examineMachine } from './examination/examine-machine.js';
export { examinePort, type ListeningPlace } from './examination/examine-port.js';
export {
  badFinding,
  findingLevels,
  shownBytes,
  unseenFindings,
  type Finding,
  type FindingLevel,
} from './examination/finding.js';
export {
  credentialsFolder,
  keepAddress,
  keepTokens,
  keptToken,
  localAddress,
  localToken,
  pageToken,
  type LocalRole,
} from './local-credentials.js';
export { ownFile } from './own-file.js';
export { openBox, sealBox } from './sealed-box.js';
export { newSealingKey, openValue, sealingKeyBytes, sealValue } from './sealed-value.js';
export { hashOfToken, isToken, looksLikeToken, newToken } from './token-text.js';
