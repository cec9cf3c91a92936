import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateEnds } from './certificates.js';

const first = `-----BEGIN CERTIFICATE-----
MIIBdDCCARugAwIBAgIUMxQIhQJyJSZJjf9Dsw1aVN61rw0wCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFZmlyc3QwHhcNMjYxMTI5MTEyOTI2WhcNMjcwMzA5MTEyOTI2
WjAQMQ4wDAYDVQQDDAVmaXJzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLWn
GeVnVTPnMpAthFiNo2CqELGK/saWCF6jnxaeZw0qi/cX4NvcXvdmE4tcvh9Id8ZF
g9sJvR84VJ0plkowpZujUzBRMB0GA1UdDgQWBBR3rvAGsavEU9SR80Unw+RHqqmC
hjAfBgNVHSMEGDAWgBR3rvAGsavEU9SR80Unw+RHqqmChjAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0cAMEQCIHdiWzpFTlHUvIB1+U7RVZEzy0Z9BukXjfH6
XbLNmPcMAiBAjB15WXFVZTA8xwEVBH5ejS6EnQupPhQ4C8rGdWxbDg==
-----END CERTIFICATE-----
`;
const later = `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUEhp1LwF+bPcCJIj9SORFXiPIJ9YwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFbGF0ZXIwHhcNMjYxMTI5MTEyOTI2WhcNMjcwNjE3MTEyOTI2
WjAQMQ4wDAYDVQQDDAVsYXRlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBxW
YR+o4SHmvQnb3b72HxdBc8I8heHCKaYE6QIgE84VuiEkgJjuMHkz0IQOzxuAz00e
N4tZFnZqfyNkvyNbP+ijUzBRMB0GA1UdDgQWBBSJJJNCStXfltsWMfZOEA3YkXfD
YTAfBgNVHSMEGDAWgBSJJJNCStXfltsWMfZOEA3YkXfDYTAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIFYZxIH9jvn69r3fn/9YPHPKt4JY5taCVPWu
7uLAzbNSAiEAhCxJNQc9CWP1fpFExz/xPKwtHSrDABxco2l4YmhQmxc=
-----END CERTIFICATE-----
`;
const ends = {
  first: Date.UTC(2027, 2, 9, 11, 29, 26) / 1_000,
  later: Date.UTC(2027, 5, 17, 11, 29, 26) / 1_000,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-certificates-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('The end of the certificates of a setting', () => {
  it('is that of the first to end, in whichever of its files it is', async () => {
    const paths = [file('cluster.crt', later), file('ca.crt', `some words\n${later}${first}`)];
    const found = await certificateEnds([{ setting: 'MQTT_CERT', paths }]);
    expect(found).toEqual([[ends.first, 'MQTT_CERT']]);
  });

  it('is another once the file has another', async () => {
    const paths = [file('cluster.crt', first)];
    await certificateEnds([{ setting: 'MQTT_CERT', paths }]);
    file('cluster.crt', later);
    const found = await certificateEnds([{ setting: 'MQTT_CERT', paths }]);
    expect(found).toEqual([[ends.later, 'MQTT_CERT']]);
  });

  it('is not said of what cannot be read, nor of what is no certificate', async () => {
    const broken = first.replaceAll('M', '!');
    const paths = [
      join(folder, 'nowhere.crt'),
      file('ca.crt', 'no certificate'),
      file('b', broken),
    ];
    expect(await certificateEnds([{ setting: 'MQTT_CERT', paths }])).toEqual([]);
  });
});
