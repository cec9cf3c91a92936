export { TestCertificates } from './test-certificates.js';
