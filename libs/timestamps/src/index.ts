export { questionBytes, readAnswer, type Question } from './exchange.js';
export {
  certificatesOf,
  readTimeStamp,
  type TimeStamp,
  type TrustedCertificates,
} from './time-stamp.js';
